import { readdirSync, utimesSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openBelow } from '../open-below.fixture.ts';
import { sourceSuite } from '../source.suite.ts';
import { collect, folderAt, type SeedMessage } from '../stand.suite.ts';
import { openTakeoutSource } from './source.ts';
import { type Letter, placeTakeout, type Shape } from './takeout.fixture.ts';

interface Seeded extends Letter {
  path: readonly string[];
}

/** The hands of the test make the export anew, as asking Google for another one would. */
const STANDS: { shape: Shape; keeping?: true }[] = [
  ...(['zip', 'stored zip', 'zips', 'directory', 'mbox'] as const).map((shape) => ({ shape })),
  { shape: 'zip', keeping: true },
  { shape: 'zips', keeping: true },
];

for (const { shape, keeping = false } of STANDS)
  sourceSuite({
    name: `takeout source, ${shape}${keeping ? ', with an index and messages put aside' : ''}`,
    make: async () => {
      const root = await mkdtemp(path.join(tmpdir(), 'takeout-suite-'));
      const beside = await mkdtemp(path.join(tmpdir(), 'takeout-kept-'));
      const more = keeping ? { index: beside, scratch: beside } : {};
      let letters: Seeded[] = [];
      let id = 1_628_424_719_502_045_299n;
      // Old enough to be trusted, and never twice the same.
      let time = 1_700_000_000;
      const place = () => {
        const file = placeTakeout(root, shape, letters);
        time += 2;
        for (const each of readdirSync(root, { recursive: true, withFileTypes: true }))
          if (each.isFile()) utimesSync(path.join(each.parentPath, each.name), time, time);
        return file;
      };
      const file = place();
      const source = openTakeoutSource({ path: file, name: `takeout:${file}`, ...more });
      const again = () => openTakeoutSource({ path: file, name: `takeout:${file}`, ...more });
      return {
        source,
        again: async () => again(),
        async seed(folder, messages) {
          for (const { bytes, marks, receivedAt } of messages) {
            id += 7n;
            const labels = labelsFor(folder, marks);
            letters.push({ id, labels, bytes, receivedAt: receivedAt ?? 0, path: folder });
          }
          place();
        },
        expected: (message) => ({ ...message, bytes: ended(message), marks: kept(message.marks) }),
        holdsPath: (folder) => folder.every((name) => !name.includes('/') && name.trim() === name),
        async expunge(folder, key) {
          const other = again();
          const entries = await collect(other.entries(await folderAt(other, folder)));
          await other.close();
          const n = entries.findIndex((entry) => entry.key === key);
          const gone = letters.filter((letter) => letter.path.join('/') === folder.join('/'))[n];
          letters = letters.filter((letter) => letter !== gone);
          place();
        },
        open: openBelow(root),
        async close() {
          await source.close();
          await rm(root, { recursive: true });
          await rm(beside, { recursive: true });
        },
      };
    },
  });

function labelsFor(folder: readonly string[], marks: readonly string[]): string[] {
  const place = folder[0] === 'INBOX' && folder.length === 1 ? 'Inbox' : folder.join('/');
  const labels = [place, marks.includes('\\Seen') ? 'Opened' : 'Unread'];
  if (marks.includes('\\Flagged')) labels.push('Starred');
  return [...labels, ...marks.filter((mark) => !mark.startsWith('\\')).map((mark) => `IMAP_${mark}`)];
}

/** Takeout tells neither answered nor deleted; a draft lies among the drafts. */
function kept(marks: readonly string[]): string[] {
  return marks.filter((mark) => !/^\\(?:Answered|Deleted|Draft)$/.test(mark));
}

function ended({ bytes }: SeedMessage): Buffer {
  const text = Buffer.from(bytes);
  return text.at(-1) === 10 ? text : Buffer.concat([text, Buffer.from('\r\n')]);
}
