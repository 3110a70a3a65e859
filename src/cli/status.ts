import type { Words } from '../words/words.ts';
import type { Context } from './command.ts';
import { EXIT, type ExitCode } from './exit.ts';
import type { OptionName } from './options.ts';
import { printable } from './progress.ts';
import { organisationOf } from './project/chosen.ts';
import { openDesk, type Road } from './project/desk.ts';
import { table } from './table.ts';

export const takes: readonly OptionName[] = ['organisation', 'server', 'token'];
export const files = 0;

/** Where an organisation stands; without `--organisation`, all of them. */
export async function run(context: Context): Promise<ExitCode> {
  const { options } = context;
  const desk = await openDesk(context);
  try {
    const all =
      options.organisation === undefined ? await desk.organisations() : [await organisationOf(desk, options)];
    for (const [at, { id }] of all.entries()) {
      const road = await desk.road(id);
      if (options.json) context.json({ event: 'road', ...road });
      else context.print(`${at > 0 ? '\n' : ''}${roadText(road, context.words())}`);
    }
    return EXIT.complete;
  } finally {
    await desk.close();
  }
}

/** One line, the waves as a table, and what moves now. */
export function roadText(road: Road, { say, figures }: Words): string {
  const counted = (count: number) => ({ count, n: figures.number(count) });
  const { organisation, people, sites, proven, missing, stages, running } = road;
  const head = say('project.road', {
    name: organisation.name,
    people: say('project.people', counted(people)),
    sites: say('project.sites', counted(sites)),
    proven: figures.number(proven),
    missing: missing === null ? say('project.missing-unknown') : say('project.missing', counted(missing)),
  });
  const moves = running.map(({ name, done, waiting, bytesPerSecond }) =>
    say('project.move', {
      ...{ name, done: figures.number(done), of: figures.number(done + waiting) },
      rate: figures.rate(bytesPerSecond),
    }),
  );
  const parts = [
    printable(head),
    stages.length === 0 ? say('project.waves-none') : stagesTable(stages, { say, figures }),
  ];
  if (moves.length > 0) parts.push(say('project.moving'), ...moves.map((line) => `  ${printable(line)}`));
  return parts.join('\n');
}

const COLUMNS = ['wave', 'state', 'people', 'proven', 'findings', 'failed', 'share'] as const;

export function stagesTable(
  stages: Road['stages'],
  { say, figures }: Pick<Words, 'say' | 'figures'>,
): string {
  const rows = stages.map((stage) => [
    printable(stage.pilot ? say('project.pilot', { name: stage.name }) : stage.name),
    say(`project.state.${stage.state}`),
    ...[stage.people, stage.proven, stage.withFindings, stage.failed].map((n) => figures.number(n)),
    figures.percent(stage.share),
  ]);
  return table([COLUMNS.map((column) => say(`project.column.${column}`)), ...rows], new Set([2, 3, 4, 5, 6]));
}
