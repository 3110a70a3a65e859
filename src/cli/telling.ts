import type { Event } from '../engine/event.ts';
import type { Context } from './command.ts';
import { openProgress, type Progress } from './progress.ts';

/** How a run tells what goes on: JSON lines on standard output, or progress on standard error. */
export interface Telling {
  tell(event: Event): void;
  /** How often each altered class was told. */
  classes: Record<string, number>;
  /** The last word of a cancelled run, when the engine had one. */
  cancelled: (Event & { event: 'cancelled' }) | null;
  end(): void;
}

export function openTelling(context: Context): Telling {
  const progress = context.options.json ? null : progressOn(context);
  if (progress) context.divertNotes(progress.line);
  const telling: Telling = {
    classes: {},
    cancelled: null,
    tell(event) {
      if (event.event === 'altered') {
        for (const name of event.classes) telling.classes[name] = (telling.classes[name] ?? 0) + 1;
      }
      if (event.event === 'cancelled') telling.cancelled = event;
      if (progress) progress.tell(event);
      else context.json(event);
    },
    end() {
      progress?.end();
      context.divertNotes(null);
    },
  };
  return telling;
}

function progressOn(context: Context): Progress {
  const { stderr } = process;
  return openProgress({
    words: context.words(),
    columns: () => (stderr.isTTY ? (stderr.columns ?? 80) : null),
    write: (text) => void stderr.write(text),
    now: () => performance.now(),
  });
}

/** After Ctrl-C: nothing is lost, and how to go on. */
export function tellCancelled(context: Context, telling: Telling, argv: readonly string[]): void {
  const { say, figures } = context.words();
  const { cancelled } = telling;
  const text = cancelled
    ? say('progress.cancelled', {
        count: cancelled.of,
        done: figures.number(cancelled.done),
        of: figures.number(cancelled.of),
      })
    : say('progress.cancelled-early');
  context.note(`${text}\n  malleposte ${argv.map(withoutPassword).map(quoted).join(' ')}`);
}

/** A password in an address is not said again. */
function withoutPassword(arg: string): string {
  return arg.replace(/^((?:--\w+=)?(?:imap|pop3)s?:\/\/[^:/?@]*):.*@/is, '$1:…@');
}

function quoted(arg: string): string {
  return /^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`;
}
