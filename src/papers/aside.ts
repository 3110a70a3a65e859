import type { Aside } from '../stores/source.ts';
import type { Words } from '../words/words.ts';

/** Its path, with how many lie in it where that is known. */
export function asidePath({ path, items }: Pick<Aside, 'path' | 'items'>, { say, figures }: Words): string {
  return items === undefined
    ? path
    : say('aside.with-items', { count: items, n: figures.number(items), path });
}
