import type { Warning } from '../app/secret.ts';
import { attempted, cameBack } from '../app/sentences.ts';
import type { Event } from '../engine/event.ts';
import type { Words } from '../words/words.ts';

export { troubleSentence } from '../app/sentences.ts';

/** A Trouble that the run itself gets over. */
export function passingTrouble(event: Event & { event: 'trouble' }, words: Words): string {
  const values = { attempt: attempted(event, words), came: cameBack(event, words) };
  if (event.inMs === null) return words.say('trouble.going', values);
  return words.say('trouble.waiting', { ...values, wait: words.figures.span(event.inMs / 1000) });
}

export function warningSentence(warning: Warning, { say }: Words): string {
  return say('warn.line', { text: say(`warn.${warning.code}`, { on: warning.on }) });
}
