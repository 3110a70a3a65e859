import { runMove } from '../app/move.ts';
import { Cancelled } from '../engine/road.ts';
import { accountsOf, settling } from './accounts.ts';
import type { Context } from './command.ts';
import { type ExitCode, exitOfMove } from './exit.ts';
import type { OptionName } from './options.ts';
import { openTelling, tellCancelled } from './telling.ts';

export const takes: readonly OptionName[] = ['from', 'to', 'dry-run', 'settle-seconds'];
export const files = 0;

export async function run(context: Context): Promise<ExitCode> {
  const { options, signal, person } = context;
  const { from, to } = accountsOf(options);
  const telling = openTelling(context);
  const { data, dryRun } = options;
  const { tell } = telling;
  try {
    const summary = await runMove({
      from,
      to,
      data,
      signal,
      person,
      tell,
      options: { dryRun, ...settling(options) },
    });
    telling.end();
    if (!options.json) {
      const { moveReport } = await import('./report.ts');
      context.print(moveReport(summary, telling.classes, dryRun, context.words()));
    }
    if (summary.missing > 0 && !dryRun) context.note(context.words().say('summary.again'));
    return exitOfMove(summary, dryRun);
  } catch (error) {
    telling.end();
    if (error instanceof Cancelled) tellCancelled(context, telling, process.argv.slice(2));
    throw error;
  }
}
