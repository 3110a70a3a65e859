import { writeCsv } from '../../formats/table/index.ts';
import { headingOf } from '../../prepared/index.ts';
import type { Language } from '../../words/words.ts';
import { owner } from './people.ts';
import type { Actor } from './stage.ts';

/** The prepared file of the sample organisation, as its IT manager would have filled it in. */
export function preparedFile(actors: readonly Actor[], language: Language): Uint8Array<ArrayBuffer> {
  const most = Math.max(...actors.map(({ from }) => from.length));
  const numbers = Array.from({ length: most }, (_, n) => n + 1);
  const named = (['givenName', 'familyName', 'address', 'site', 'wave'] as const).map((field) =>
    headingOf(field, language),
  );
  const accounts = numbers.flatMap((n) => [
    headingOf('account', language, n),
    headingOf('password', language, n),
  ]);
  const headings = [
    ...named,
    ...accounts,
    headingOf('target', language),
    headingOf('targetPassword', language),
  ];
  const rows = actors.map(({ colleague, from, to }) => {
    const { first, last, site } = colleague;
    const cells = numbers.flatMap((n) => [from[n - 1]?.address ?? '', from[n - 1]?.password ?? '']);
    // A wave is a site here, as most often.
    return [first, last, owner(colleague).address, site, site, ...cells, to.address, to.password ?? ''];
  });
  return new Uint8Array(writeCsv([headings, ...rows]));
}
