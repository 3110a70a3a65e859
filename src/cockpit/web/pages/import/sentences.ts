import type { PageWords } from '../../words/words.tsx';
import type { ImportRow, Reason } from './file.ts';

type Words = Pick<PageWords, 'say' | 'sayIfKnown'>;

export function reasonSentence({ code, value, other }: Reason, { sayIfKnown }: Words): string {
  return sayIfKnown(`prepared.reason.${code}`, code, { value: value ?? '', other: other ?? '' });
}

export function columnName(column: string, { sayIfKnown }: Words): string {
  return sayIfKnown(`prepared.column.${column}`, column);
}

const SECRET: readonly string[] = ['password', 'targetPassword'];

/** `Site : Lyon → Nice`; of a password, that it is new. */
export function changeSentence({ field, from, to }: ImportRow['changes'][number], words: Words): string {
  const told = { field: columnName(field, words), from: from ?? '', to: to ?? '' };
  if (SECRET.includes(field)) return words.say('prepared.change.secret', told);
  if (from === null) return words.say('prepared.change.set', told);
  return words.say(to === null ? 'prepared.change.emptied' : 'prepared.change.changed', told);
}
