import type { Attempt, Trouble } from '../trouble.ts';
import type { Words } from '../words/words.ts';
import { deniedBecause } from './denied.ts';
import { isUsage } from './usage.ts';

/** A `Trouble`, or what an event or a record keeps of one. */
export type Told = Pick<Trouble, 'kind' | 'tried' | 'on'> & { answer?: string | null | undefined };

/** Says what to do; without: for somebody who runs commands. */
export type Advice = (trouble: Told, words: Words) => string;

/** What was tried, on what, what came back, what to do. */
export function troubleSentence(trouble: Told, words: Words, advice: Advice = commandAdvice): string {
  const { say } = words;
  if (isUsage(trouble)) {
    const why = words.sayIfKnown(`usage.${trouble.answer}`, trouble.answer ?? '');
    return say('usage.sentence', { on: trouble.on, why });
  }
  const values = {
    attempt: attempted(trouble, words),
    came: cameBack(trouble, words),
    advice: advice(trouble, words),
  };
  return say('trouble.sentence', values);
}

/** Tried on the disk of this machine: no server and no mailbox has to do with what came of it. */
const OWN_DISK: ReadonlySet<Attempt> = new Set(['write-file', 'open-ledger', 'write-ledger']);

/** What the system of this machine answers: the files of an account lie here, and no server has denied anything. */
const DENIED_BY_SYSTEM = /^E(?:ACCES|PERM|ROFS): /;

function commandAdvice({ kind, tried, answer }: Told, { say, sayIfKnown }: Words): string {
  const general = say(`trouble.advice.${kind}`);
  const here = OWN_DISK.has(tried) ? sayIfKnown(`trouble.disk.advice.${kind}`, general) : general;
  // What an OAuth server refuses has a name (RFC 6749 §5.2): the answer begins with it.
  const code = kind === 'denied' ? /^[a-z_]+(?=:|$)/.exec(answer ?? '')?.[0] : undefined;
  if (DENIED_BY_SYSTEM.test(answer ?? '') && kind === 'denied' && !OWN_DISK.has(tried))
    return say('trouble.adviceAt.read-file.denied');
  const at = sayIfKnown(`trouble.adviceAt.${tried}.${kind}`, here);
  if (code !== undefined) return sayIfKnown(`trouble.adviceAt.${tried}.${code}`, at);
  const because = kind === 'denied' ? deniedBecause(answer ?? '') : null;
  return because === null ? at : say(`trouble.adviceAt.sign-in.${because}`);
}

/** `sign in at imaps://a@h/`. */
export function attempted({ tried, on }: Told, { say }: Words): string {
  return say(`trouble.attempt.${tried}`, { on });
}

/** `entry was denied (“…”)`. */
export function cameBack({ kind, tried, answer }: Told, { say, sayIfKnown }: Words): string {
  const general = say(`trouble.came.${kind}`);
  const text = OWN_DISK.has(tried) ? sayIfKnown(`trouble.disk.came.${kind}`, general) : general;
  return answer ? say('trouble.answer', { came: text, answer: answer.replace(/[.\s]+$/, '') }) : text;
}
