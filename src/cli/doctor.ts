import { type Check, runDoctor } from '../app/doctor.ts';
import type { Words } from '../words/words.ts';
import type { Context } from './command.ts';
import { EXIT, type ExitCode, exitOfTrouble } from './exit.ts';
import type { OptionName } from './options.ts';
import { troubleSentence } from './sentences.ts';

export const takes: readonly OptionName[] = ['from', 'to'];
export const files = 0;

/** The exit code is that of the first thing that is not well. */
export async function run(context: Context): Promise<ExitCode> {
  const { options, person } = context;
  const { from, to, data, json } = options;
  let exit: ExitCode = EXIT.complete;
  for await (const check of runDoctor({ from, to, data, person })) {
    if (check.state === 'bad' && exit === EXIT.complete) {
      exit = 'trouble' in check ? exitOfTrouble(check.trouble) : EXIT.unreachable;
    }
    if (json) context.json({ event: 'check', ...plain(check) });
    else context.print(`${mark(check)} ${checkSentence(check, context.words())}`);
  }
  if (!json)
    context.print(context.words().say(exit === EXIT.complete ? 'doctor.verdict-ok' : 'doctor.verdict-bad'));
  return exit;
}

function plain(check: Check): Record<string, unknown> {
  if (!('trouble' in check)) return { ...check };
  const { kind, tried, on, answer } = check.trouble;
  return { state: check.state, trouble: { kind, tried, on, answer: answer ?? null } };
}

function mark({ state }: Check): string {
  return { ok: '✓', warn: '!', bad: '✗' }[state];
}

export function checkSentence(check: Check, words: Words): string {
  if ('trouble' in check) return troubleSentence(check.trouble, words);
  const { say, figures } = words;
  const { says, values } = check;
  const shown: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(values)) if (value !== null) shown[name] = value;
  if (typeof values.free === 'number') shown.free = figures.bytes(values.free);
  if (typeof values.now === 'number') shown.now = figures.moment(values.now);
  if (typeof values.folders === 'number') shown.folders = figures.number(values.folders);
  if (says === 'target') shown.quota = quotaText(values, words);
  if (typeof values.folders === 'number') shown.count = values.folders;
  return say(`doctor.${says}`, shown);
}

function quotaText(values: Record<string, string | number | null>, { say, figures }: Words): string {
  const { used, limit } = values;
  if (typeof used !== 'number' || typeof limit !== 'number') return say('doctor.target-unknown');
  return say('doctor.target-room', { used: figures.bytes(used), limit: figures.bytes(limit) });
}
