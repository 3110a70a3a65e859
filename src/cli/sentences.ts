import type { Warning } from '../app/secret.ts';
import { isUsage } from '../app/usage.ts';
import type { Event } from '../engine/event.ts';
import type { Trouble } from '../trouble.ts';
import type { Words } from '../words/words.ts';

/** What was tried, on what, what came back, what to do. */
export function troubleSentence(trouble: Trouble, words: Words): string {
  const { say, sayIfKnown } = words;
  if (isUsage(trouble)) {
    const why = sayIfKnown(`usage.${trouble.answer}`, trouble.answer ?? '');
    return say('usage.sentence', { on: trouble.on, why });
  }
  const advice = sayIfKnown(
    `trouble.adviceAt.${trouble.tried}.${trouble.kind}`,
    say(`trouble.advice.${trouble.kind}`),
  );
  return say('trouble.sentence', { attempt: attempt(trouble, words), came: came(trouble, words), advice });
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

function attempt({ tried, on }: Told, { say }: Words): string {
  return say(`trouble.attempt.${tried}`, { on });
}

function came({ kind, answer }: Told, { say }: Words): string {
  const text = say(`trouble.came.${kind}`);
  return answer ? say('trouble.answer', { came: text, answer: answer.replace(/[.\s]+$/, '') }) : text;
}
