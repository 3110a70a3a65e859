import { setTimeout as sleep } from 'node:timers/promises';
import { sameName } from '../app/project/same-name.ts';
import { usage } from '../app/usage.ts';
import { Cancelled } from '../engine/road.ts';
import type { Id } from '../records/facts.ts';
import { isTrouble, Trouble } from '../trouble.ts';
import type { Words } from '../words/words.ts';
import type { Context } from './command.ts';
import { EXIT, type ExitCode } from './exit.ts';
import type { OptionName } from './options.ts';
import { printable } from './progress.ts';
import { organisationOf } from './project/chosen.ts';
import { cockpitWords } from './project/cockpit-words.ts';
import { type Desk, openDesk, WAVE_ACTS, type WaveAct, type WaveDetail } from './project/desk.ts';
import { stagesTable } from './status.ts';

export const takes: readonly OptionName[] = [
  ...(['organisation', 'server', 'token', 'wait', 'last', 'allow-hosts'] as const),
];
export const files = 2;
export const argument = '[start|pause|resume|pass|check WAVE]';

/** Lists the waves of an organisation, or does something with one. */
export async function run(context: Context): Promise<ExitCode> {
  const { options } = context;
  const act = actOf(context);
  const desk = await openDesk(context);
  try {
    const { id } = await organisationOf(desk, options);
    if (act === null) return await list(context, desk, id);
    const wave = await waveOf(desk, id, options.files[1]!);
    const askedMs = Date.now();
    await doIt(context, desk, id, wave, act);
    const moves = act !== 'pause' && desk.move !== null;
    if (moves && options.wait) return await waitFor(context, desk, id, wave, act, askedMs);
    if (moves) context.note(context.words().say('project.to-be-served'));
    return EXIT.complete;
  } finally {
    await desk.close();
  }
}

/** Null: the list is wanted. */
function actOf({ options }: Context): WaveAct | null {
  const [first, name] = options.files;
  if (options.last && first !== 'pass') throw usage('last-without-pass', '--last');
  if (first === undefined) return null;
  const act = WAVE_ACTS.find((one) => one === first);
  if (act === undefined) throw usage('bad-act', first.slice(0, 40));
  if (name === undefined) throw usage('no-wave', `malleposte wave ${act}`);
  return act;
}

async function list(context: Context, desk: Desk, organisation: Id): Promise<ExitCode> {
  const { stages } = await desk.road(organisation);
  const words = context.words();
  if (context.options.json) for (const stage of stages) context.json({ event: 'wave', ...stage });
  else context.print(stages.length === 0 ? words.say('project.waves-none') : stagesTable(stages, words));
  return EXIT.complete;
}

async function waveOf(desk: Desk, organisation: Id, name: string): Promise<WaveDetail> {
  const found = (await desk.waves(organisation)).find((wave) => sameName(wave.name, name));
  if (found === undefined) throw usage('unknown-wave', name);
  return desk.wave(organisation, found.id);
}

async function doIt(
  context: Context,
  desk: Desk,
  organisation: Id,
  wave: WaveDetail,
  act: WaveAct,
): Promise<void> {
  const words = context.words();
  try {
    await desk.act(organisation, wave, act, context.options.last ?? false);
  } catch (error) {
    if (act === 'start' && wave.mayStart.length > 0) context.note(hindrances(wave, words));
    throw told(error, words);
  }
  if (context.options.json) context.json({ event: 'done', wave: wave.name, act });
  else context.print(printable(words.say(`project.done.${act}`, { wave: wave.name })));
}

/** Everything that stands in the way of a start, not the first alone. */
function hindrances({ mayStart }: WaveDetail, { say, language }: Words): string {
  const cockpit = cockpitWords(language);
  const gates = mayStart.map(({ code, gate }) =>
    gate === null ? (cockpit(`waves.refused.${code}`) ?? code) : (cockpit(`waves.gate.${gate}`) ?? gate),
  );
  return say('project.not-open', { gates: gates.join(' · ') });
}

/** A refusal of the rules of waves has a code; a server has said its own sentence. */
function told(error: unknown, { language }: Words): unknown {
  if (!isTrouble(error, 'refused') || error.tried !== 'write-record') return error;
  const [code = '', gate = ''] = (error.answer ?? '').split(':');
  const cockpit = cockpitWords(language);
  const answer = cockpit(`waves.refused.${code}`, { gate: cockpit(`waves.gate.${gate}`) ?? gate });
  return new Trouble('refused', {
    ...{ tried: error.tried, on: error.on, answer: answer ?? code, cause: error },
  });
}

const LOOK_MS = 500;
/** A server that does not answer is asked again and again by the check itself; what is known by then is told. */
const CHECK_MAX_MS = 10 * 60_000;

/** Moves here until everybody of the wave has arrived, or waits for a person; of a check, until each account has answered. */
async function waitFor(
  context: Context,
  desk: Desk,
  organisation: Id,
  { id }: WaveDetail,
  act: WaveAct,
  askedMs: number,
): Promise<ExitCode> {
  const { signal, words } = context;
  await desk.move!.start();
  const latest = performance.now() + CHECK_MAX_MS;
  let told = '';
  for (;;) {
    if (signal.aborted) throw new Cancelled('cancelled');
    const wave = await desk.wave(organisation, id);
    const line = progressOf(wave, words());
    if (act !== 'check' && line !== told) context.note(line);
    told = line;
    const over =
      act === 'check'
        ? performance.now() > latest || (await desk.move!.checked(organisation, id, askedMs))
        : isOver(wave);
    if (over) return end(context, act === 'check' ? await desk.wave(organisation, id) : wave, act);
    await sleep(LOOK_MS);
  }
}

function progressOf({ name, stage }: WaveDetail, { say, figures }: Words): string {
  const done = figures.number(stage.proven + stage.withFindings);
  return printable(say('project.waiting', { wave: name, done, of: figures.number(stage.people) }));
}

function isOver({ stage, state }: WaveDetail): boolean {
  const { proven, withFindings, failed, people } = stage;
  return state === 'moved' || proven + withFindings + failed >= people;
}

function end(context: Context, wave: WaveDetail, act: WaveAct): ExitCode {
  const { words, options } = context;
  const { say, figures } = words();
  const { proven, withFindings, failed } = wave.stage;
  if (act === 'check') {
    const wanting = wave.gates.filter(
      ({ code, state }) => /^(accounts-reachable|target-exists)$/.test(code) && state !== 'met',
    );
    const lacking = wanting.flatMap((gate) => gate.lacking);
    const cockpit = cockpitWords(words().language);
    for (const { name, account, because } of lacking)
      context.note(printable(`${name}: ${account ?? ''} ${cockpit(`waves.lack.${because}`) ?? because}`));
    return lacking.length === 0 ? EXIT.complete : EXIT.exceptions;
  }
  if (options.json)
    context.json({ event: 'waited', wave: wave.name, proven, findings: withFindings, failed });
  else {
    const [done, findings, wrong] = [proven, withFindings, failed].map((n) => figures.number(n));
    const values = { wave: wave.name, proven: done!, findings: findings!, failed: wrong! };
    context.print(printable(say('project.waited', values)));
  }
  if (failed > 0) return EXIT.failed;
  return withFindings > 0 ? EXIT.exceptions : EXIT.complete;
}
