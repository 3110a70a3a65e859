import { asidePath } from '../papers/aside.ts';
import type { Aside } from '../stores/source.ts';
import type { Words } from '../words/words.ts';
import { moreAside, printable, TOLD_MAX } from './progress.ts';

/** What lies beside the mail and is not taken, with its heading; empty when there is nothing. */
export function asideText(aside: readonly Aside[], words: Words): string {
  const { say } = words;
  if (aside.length === 0) return '';
  const lines = aside
    .slice(0, TOLD_MAX)
    .map((one) =>
      say('aside.item', { path: asidePath(one, words), because: say(`aside.because.${one.because}`) }),
    );
  if (aside.length > TOLD_MAX) lines.push(moreAside(aside.length - TOLD_MAX, words));
  return [say('aside.head'), ...lines.map((line) => `  ${printable(line)}`)].join('\n');
}
