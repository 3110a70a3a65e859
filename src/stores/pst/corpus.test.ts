import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { hash } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { corpusDir } from '../../../test/corpus.ts';
import { tellAll } from '../../formats/pst/archive.fixture.ts';
import { Archive } from '../../formats/pst/index.ts';
import { parseDate } from '../../mail/date.ts';
import { decodeWords } from '../../mail/encoded-word.ts';
import { valuesOf } from '../../mail/header.ts';
import { type Part, partsOf } from '../../mail/mime.ts';
import { memoryHold } from '../holds/memory.ts';
import { gather, keysOf } from '../stand.suite.ts';
import { openPstSource } from './source.ts';

/** Files that Outlook wrote; those of MALLEPOSTE_PST_DIR beside the corpus. */
const FILES = [corpusDir(), process.env.MALLEPOSTE_PST_DIR ?? null].flatMap((dir) =>
  dir === null ? [] : filesBelow(dir).filter((file) => /\.(?:pst|ost)$/i.test(file)),
);
const READPST_MS = 60_000;

function filesBelow(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

interface Letter {
  subject: string;
  /** Seconds since 1970. */
  date: number | null;
  /** Digests of what is attached, messages left out. */
  attachments: string[];
}

function letterOf(bytes: Buffer): Letter {
  const date = valuesOf(bytes, 'date')[0];
  return {
    subject: decodeWords(valuesOf(bytes, 'subject')[0] ?? '').trim(),
    date: date === undefined ? null : parseDate(date),
    attachments: filesIn(partsOf(bytes)).sort(),
  };
}

function filesIn(part: Part): string[] {
  if (part.is === 'file' && part.digest !== null) return MADE.test(part.type) ? [] : [part.digest];
  return part.is === 'message' ? [] : part.parts.flatMap(filesIn);
}

/** Made by whoever renders the message: a body that is nothing but RTF, a meeting as iCalendar. */
const MADE = /\b(?:rtf|calendar|ics)$/;

async function readAll(file: string): Promise<{ letters: Letter[]; digests: string[]; others: number }> {
  const source = openPstSource({ path: file, name: `pst:${path.basename(file)}` });
  try {
    const letters: Letter[] = [];
    const digests: string[] = [];
    for (const folder of await source.folders())
      for await (const answer of source.read(folder, await keysOf(source, folder), memoryHold())) {
        if (answer.is === 'unread') throw answer.trouble;
        const bytes = gather(answer.body);
        letters.push(letterOf(bytes));
        digests.push(hash('sha256', bytes));
      }
    return { letters, digests, others: source.aside!().length };
  } finally {
    await source.close();
  }
}

/** How many items the file holds, whatever they are. */
function itemsIn(file: string): number {
  const fd = openSync(file, 'r');
  try {
    const archive = Archive.open({
      size: fstatSync(fd).size,
      readAt: (into, position) => readSync(fd, into, 0, into.length, position),
    });
    const { folders, lost } = tellAll(archive);
    assert.deepEqual([archive.damages, lost], [[], []]);
    return folders.reduce((sum, { messages }) => sum + messages.length, 0);
  } finally {
    closeSync(fd);
  }
}

/** What readpst makes of the file: its messages, and how many files it wrote. */
function byReadpst(file: string): { letters: Letter[]; files: number } | null {
  const dir = mkdtempSync(path.join(tmpdir(), 'readpst-'));
  try {
    const options = ['-j', '0', '-e', '-b', '-D', '-q', '-o', dir, file];
    const { status } = spawnSync('readpst', options, { timeout: READPST_MS, stdio: 'ignore' });
    if (status !== 0) return null;
    const files = filesBelow(dir);
    const letters = files.filter((each) => each.endsWith('.eml')).map((each) => letterOf(readFileSync(each)));
    return { letters, files: files.length };
  } finally {
    rmSync(dir, { recursive: true });
  }
}

const sorted = (letters: readonly Letter[]): string[] => letters.map((each) => JSON.stringify(each)).sort();
const readpst = spawnSync('readpst', ['-V'], { stdio: 'ignore' }).status === 0;

describe('files of Outlook', { skip: FILES.length === 0 && 'no corpus here' }, () => {
  for (const file of FILES)
    describe(path.basename(file), () => {
      test('every item is a message or named', async () => {
        const { letters, others } = await readAll(file);
        assert.equal(letters.length + others, itemsIn(file));
      });

      test('a message is the same to the byte, every time', async () => {
        assert.deepEqual((await readAll(file)).digests, (await readAll(file)).digests);
      });

      test('readpst tells the same messages', { skip: !readpst && 'no readpst here' }, async (t) => {
        const other = byReadpst(file);
        if (other === null) return t.skip('readpst gave up on this file');
        // Where no date of sending is known, readpst tells none, and we that of delivery.
        const undated = new Set(
          other.letters.filter(({ date }) => date === null).map(({ subject }) => subject),
        );
        const { letters } = await readAll(file);
        const ours = letters.map((each) => (undated.has(each.subject) ? { ...each, date: null } : each));
        assert.deepEqual(sorted(ours), sorted(other.letters));
        // What is no mail it writes in files of its own, some of it not at all.
        assert.ok(other.files <= itemsIn(file), `${other.files} files of readpst`);
      });
    });
});
