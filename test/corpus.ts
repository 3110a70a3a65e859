/** Real odd messages, where they are at hand: MALLEPOSTE_CORPUS, or `../shared/corpus` beside the repository. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

export interface NamedMessage {
  name: string;
  bytes: Uint8Array;
}

/** Which files of which folder are messages; the others are licences, expected results, mailboxes. */
const MESSAGES: readonly { folder: string; take: RegExp }[] = [
  { folder: 'mail-parser', take: /\.eml$/ },
  { folder: 'mime4j', take: /\.msg$/ },
  { folder: 'ruby-mail', take: /(\.eml|sample_output_multipart)$/ },
  { folder: 'got-your-back', take: /\.eml$/ },
];

/** Null where there is none. */
export function corpusDir(): string | null {
  const named = process.env.MALLEPOSTE_CORPUS;
  const dir = named ?? join(import.meta.dirname, '..', '..', 'shared', 'corpus');
  return existsSync(dir) ? dir : null;
}

/** All of them, sorted by name (`folder/file`); empty without a corpus. */
export function corpusMessages(): NamedMessage[] {
  const dir = corpusDir();
  if (dir === null) return [];
  return MESSAGES.flatMap(({ folder, take }) =>
    filesBelow(join(dir, folder))
      .filter((path) => take.test(basename(path)))
      .map((path) => ({ name: path.slice(dir.length + 1), bytes: readFileSync(path) })),
  ).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function filesBelow(dir: string): string[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
