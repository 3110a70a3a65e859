import { deniedBecause } from '../../../app/denied.ts';
import { type Told, troubleSentence } from '../../../app/sentences.ts';
import type { Language } from '../../../words/words.ts';
import { doorOf } from './doors.ts';
import { reachOf } from './reach.ts';
import { type DoorWords, doorWords } from './words.ts';

/** A Trouble as a person in the cockpit reads it: no word of commands. */
export function cockpitSentence(
  trouble: Told & { retryAfterMs?: number | undefined },
  language: Language,
): string {
  const words = doorWords(language);
  const answer = trouble.answer ?? undefined;
  return (
    doorSentence({ ...trouble, answer }, words) ??
    reachSentence({ ...trouble, answer }, words) ??
    refusalSentence(trouble, words) ??
    troubleSentence(trouble, words.all, (told) => advice(told, words))
  );
}

type Answered = Omit<Told, 'answer'> & { answer: string | undefined; retryAfterMs?: number | undefined };

function doorSentence(trouble: Answered, words: DoorWords): string | null {
  const known = doorOf(trouble);
  if (known === null) return null;
  return words.say(`door.${known.code}`, {
    detail: known.detail,
    wait: waitSaid(trouble.retryAfterMs ?? 1000, words),
  });
}

/** Rounded up: who comes back after that is not too early. */
function waitSaid(ms: number, { say }: DoorWords): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  if (seconds < 60) return say('wait.second', { count: seconds })!;
  return say('wait.minute', { count: Math.ceil(seconds / 60) })!;
}

function reachSentence(trouble: Answered, { say }: DoorWords): string | null {
  const known = reachOf(trouble);
  return known === null ? null : say(`reach.${known.is}`, { ...known });
}

/** What the records, the rules of waves and this server itself refuse has a code, some with a gate behind a colon. */
function refusalSentence({ tried, answer }: Told, { say }: DoorWords): string | null {
  if (!OWN.has(tried) || !answer) return null;
  const [code = '', gate = ''] = answer.split(':');
  const named = { gate: say(`waves.gate.${gate}`) ?? gate };
  return (
    say(`refusal.${code}`) ??
    say(`waves.refused.${code}`, named) ??
    say(`waves.tick-refused.${code.replace(/^gate-/, '')}`) ??
    say(`waves.hours-wrong.${code.replace(/^hours-/, '')}`)
  );
}

/** Attempts at what is ours, never at a mail server. */
const OWN: ReadonlySet<string> = new Set(['write-record', 'read-record', 'read-address', 'read-secret']);

function advice({ kind, answer }: Told, { say }: DoorWords): string {
  const because = kind === 'denied' ? deniedBecause(answer ?? '') : null;
  return (because === null ? null : say(`adviceAt.${because}`)) ?? say(`advice.${kind}`)!;
}
