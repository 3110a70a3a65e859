import type { Warning } from '../app/secret.ts';
import { isUsage } from '../app/usage.ts';
import type { Event } from '../engine/event.ts';
import type { Attempt, Trouble } from '../trouble.ts';
import type { Words } from '../words/words.ts';
import { deniedBecause } from './denied.ts';

/** What was tried, on what, what came back, what to do. */
export function troubleSentence(trouble: Trouble, words: Words): string {
  const { say } = words;
  if (isUsage(trouble)) {
    const why = words.sayIfKnown(`usage.${trouble.answer}`, trouble.answer ?? '');
    return say('usage.sentence', { on: trouble.on, why });
  }
  const values = {
    attempt: attempt(trouble, words),
    came: came(trouble, words),
    advice: advice(trouble, words),
  };
  return say('trouble.sentence', values);
}

/** A Trouble that the run itself gets over. */
export function passingTrouble(event: Event & { event: 'trouble' }, words: Words): string {
  const values = { attempt: attempt(event, words), came: came(event, words) };
  if (event.inMs === null) return words.say('trouble.going', values);
  return words.say('trouble.waiting', { ...values, wait: words.figures.span(event.inMs / 1000) });
}

export function warningSentence(warning: Warning, { say }: Words): string {
  return say('warn.line', { text: say(`warn.${warning.code}`, { on: warning.on }) });
}

type Told = Pick<Trouble, 'kind' | 'tried' | 'on'> & { answer?: string | null | undefined };

/** Tried on the disk of this machine: no server and no mailbox has to do with what came of it. */
const OWN_DISK: ReadonlySet<Attempt> = new Set(['write-file', 'open-ledger', 'write-ledger']);

/** What the system of this machine answers: the files of an account lie here, and no server has denied anything. */
const DENIED_BY_SYSTEM = /^E(?:ACCES|PERM|ROFS): /;

function advice({ kind, tried, answer }: Told, { say, sayIfKnown }: Words): string {
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

function attempt({ tried, on }: Told, { say }: Words): string {
  return say(`trouble.attempt.${tried}`, { on });
}

function came({ kind, tried, answer }: Told, { say, sayIfKnown }: Words): string {
  const general = say(`trouble.came.${kind}`);
  const text = OWN_DISK.has(tried) ? sayIfKnown(`trouble.disk.came.${kind}`, general) : general;
  return answer ? say('trouble.answer', { came: text, answer: answer.replace(/[.\s]+$/, '') }) : text;
}
