import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Trouble } from '../trouble.ts';
import type { Entry, Folder } from './entry.ts';
import type { Body, Hold } from './hold.ts';
import { memoryHold } from './holds/memory.ts';
import type { Reader, Received, Source } from './source.ts';

/**
 * What the suites of all stores share. A law is a plain function over a stand: throw when broken. So a suite can be
 * proved by stands that break one law each.
 */

export interface SeedMessage {
  bytes: Uint8Array;
  marks: readonly string[];
  /** Milliseconds since 1970, whole seconds; null: the store knows none. */
  receivedAt: number | null;
}

/**
 * A store with a fresh mailbox, and the hands of the test on it. A hook left undefined skips the laws that need it.
 */
export interface ReaderStand {
  reader: Reader;
  /** Adds messages in this order as another program would; makes the folder. */
  seed(path: readonly string[], messages: readonly SeedMessage[]): Promise<void>;
  /** Takes everything down; the reader may be closed already. */
  close(): Promise<void>;
  /** The folder most laws work in, empty at first. Default `['INBOX']`. */
  main?: readonly string[];
  /** Whether the store can have such a folder. Default: any. */
  holdsPath?(path: readonly string[]): boolean;
  /** What this store is known to keep of a seeded message; null: cannot be seeded. Default: all of it. */
  expected?(message: SeedMessage): SeedMessage | null;
  /** Another connection to the same mailbox. */
  again?(): Promise<Reader>;
  expunge?(path: readonly string[], key: string): Promise<void>;
  /** Gives a message these marks (all of them) as another program would. */
  flag?(path: readonly string[], key: string, marks: readonly string[]): Promise<void>;
  /** The next reading of this message is cut, once, in the middle of its bytes. */
  cutBody?(path: readonly string[], key: string): void | Promise<void>;
  /** From now on the other side says nothing any more. */
  stall?(): void | Promise<void>;
  /** Connections or files open now. */
  open?(): number;
  /** Must not be seen in any name or error. */
  secret?: string;
}

export interface Law<S> {
  needs: readonly (keyof S)[];
  run(stand: S): Promise<void>;
}

export type Laws<S> = Readonly<Record<string, Law<S>>>;

export function law<S>(needs: readonly (keyof S)[], run: (stand: S) => Promise<void>): Law<S> {
  return { needs, run };
}

export interface Skip {
  law: string;
  because: string;
}

const LAW_MS = 60_000;

/** Registers one test for each law. */
export function registerLaws<S extends { close(): Promise<void> }>(
  name: string,
  laws: Laws<S>,
  make: () => Promise<S>,
  skip: readonly Skip[],
): void {
  for (const each of skip)
    if (!(each.law in laws)) throw new Error(`${name}: there is no law "${each.law}" to skip`);
  describe(name, () => {
    for (const [title, { needs, run }] of Object.entries(laws)) {
      const because = skip.find((each) => each.law === title)?.because;
      test(title, { skip: because ?? false, timeout: LAW_MS }, async (t) => {
        const stand = await make();
        try {
          const lacks = needs.filter((hook) => stand[hook] === undefined);
          if (lacks.length > 0) t.skip(`this stand has no ${lacks.join(', ')}`);
          else await run(stand);
        } finally {
          await stand.close();
        }
      });
    }
  });
}

export const DAY_MS = 86_400_000;
export const SOME_DAY = Date.UTC(2019, 4, 17, 9, 30, 12);

/** A small, ordinary, unmistakable message. */
export function letter(n: number, change: Partial<SeedMessage> & { pad?: number } = {}): SeedMessage {
  const text =
    `From: Élodie <elodie@example.org>\r\nSubject: lettre ${n}\r\nMessage-ID: <${n}@example.org>\r\n` +
    `Date: Fri, 17 May 2019 09:30:12 +0000\r\n\r\nLettre numéro ${n}.\r\n${'Bien à vous.\r\n'.repeat(change.pad ?? n % 7)}`;
  return {
    bytes: change.bytes ?? Buffer.from(text),
    marks: change.marks ?? [],
    receivedAt: change.receivedAt ?? SOME_DAY + n * 1000,
  };
}

export function letters(count: number, from = 1): SeedMessage[] {
  return Array.from({ length: count }, (_, n) => letter(from + n));
}

/** Messages that stores stumble over. */
export function oddMessages(): Record<string, Uint8Array> {
  const head = 'From: a@example.org\r\nSubject: odd\r\n';
  return {
    'no header': Buffer.from('Just words.\r\nAnd more.\r\n'),
    'no body': Buffer.from(`${head}\r\n`),
    'no final line end': Buffer.from(`${head}\r\nno end`),
    'bare LF': Buffer.from('From: a@example.org\nSubject: odd\n\nbare\n'),
    'mixed line ends': Buffer.from(`${head}\r\none\ntwo\r\nthree\n`),
    'lone CR': Buffer.from(`${head}\r\none\rtwo\r\n`),
    NUL: Buffer.from(`${head}\r\na\0b\r\n`),
    '8-bit header': Buffer.from(
      'From: Andr\xe9 <a@example.org>\r\nSubject: \xe9t\xe9\r\n\r\nx\r\n',
      'latin1',
    ),
    'line of 20,000 bytes': Buffer.from(`${head}\r\n${'x'.repeat(20_000)}\r\n`),
    'From at line starts': Buffer.from(
      `${head}\r\nFrom here\r\n\r\nFrom there on\r\n>From quoted\r\n>>From twice\r\n`,
    ),
    'looks like a mailbox': Buffer.from(
      `${head}\r\n\r\nFrom a@example.org Fri May 17 09:30:12 2019\r\n\r\nx\r\n`,
    ),
    'IMAP syntax': Buffer.from(`${head}\r\n)\r\nA1 OK done\r\n* BYE\r\n{10}\r\n+ go on\r\n`),
    'dots alone': Buffer.from(`${head}\r\n.\r\n..\r\n.x\r\n`),
    'many empty lines at the end': Buffer.from(`${head}\r\nx\r\n\r\n\r\n\r\n`),
    'every byte': Buffer.concat([
      Buffer.from(`${head}\r\n`),
      Buffer.from(Array.from({ length: 256 }, (_, n) => n).filter((n) => n !== 0 && n !== 10 && n !== 13)),
      Buffer.from('\r\n'),
    ]),
    'half a megabyte': Buffer.from(`${head}\r\n${'Une ligne de lettre.\r\n'.repeat(24_000)}`),
  };
}

export const FOLDER_PATHS: readonly (readonly string[])[] = [
  ['Éléments envoyés'],
  ['Boîte d’envoi', 'Été 2019'],
  ['A & B'],
  ['slash/inside'],
  ['dot.inside', 'and.again'],
  ['back\\slash "quoted"'],
  ['percent % star *'],
  ['emoji 📬🇫🇷'],
  ['1', '2', '3', '4', '5'],
  ['日本語', 'العربية'],
  [' space around '],
  ['~tilde', '#hash'],
  ['x'.repeat(200)],
  ['é'.repeat(100)],
];

/** Counts what is done with its sinks, to see that nothing is kept. */
export interface TallyHold extends Hold<Body> {
  begun: number;
  finished: number;
  aborted: number;
  released: number;
}

export function tallyHold(): TallyHold {
  const inner = memoryHold();
  const tally: TallyHold = {
    ...{ begun: 0, finished: 0, aborted: 0, released: 0 },
    begin(hint) {
      tally.begun += 1;
      const sink = inner.begin(hint);
      let over = false;
      function once(): void {
        assert.ok(!over, 'a sink is ended or aborted once');
        over = true;
      }
      return {
        write(piece) {
          assert.ok(!over, 'nothing is written after the end');
          sink.write(piece);
        },
        end() {
          once();
          tally.finished += 1;
          let held = true;
          const release = (): void => {
            if (held) tally.released += 1;
            held = false;
          };
          return { ...sink.end(), release };
        },
        abort() {
          once();
          tally.aborted += 1;
          sink.abort();
        },
      };
    },
  };
  return tally;
}

/** False for a source that knows no marks (POP3). */
export function marksKnown(reader: Reader): boolean {
  const { traits } = reader as Partial<Source>;
  return traits?.marks !== false;
}

export function mainPath(stand: ReaderStand): readonly string[] {
  return stand.main ?? ['INBOX'];
}

/** A second folder where the store can have one, else the main one. */
export function otherPath(stand: ReaderStand): readonly string[] {
  const other = ['Archives'];
  return (stand.holdsPath?.(other) ?? true) ? other : mainPath(stand);
}

export function expected(stand: ReaderStand, message: SeedMessage): SeedMessage | null {
  return stand.expected ? stand.expected(message) : message;
}

/** Seeds and answers the folder and what should lie there. */
export async function seeded(
  stand: ReaderStand,
  messages: readonly SeedMessage[],
  path = mainPath(stand),
): Promise<{ folder: Folder; wanted: SeedMessage[] }> {
  const possible = messages.filter((message) => expected(stand, message) !== null);
  await stand.seed(path, possible);
  const wanted = possible.map((message) => expected(stand, message)!);
  return { folder: await folderAt(stand.reader, path), wanted };
}

export async function folderAt(reader: Reader, path: readonly string[]): Promise<Folder> {
  const folder = await findFolder(reader, path);
  assert.ok(folder, `folder ${JSON.stringify(path)} is listed`);
  return folder;
}

export async function findFolder(reader: Reader, path: readonly string[]): Promise<Folder | undefined> {
  const wanted = JSON.stringify(path);
  return (await reader.folders()).find((each) => JSON.stringify(each.path) === wanted);
}

export async function collect<T>(things: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const thing of things) list.push(thing);
  return list;
}

export interface Read {
  key: string;
  bytes: Buffer;
  marks: readonly string[] | null;
  receivedAt: number | null;
  notes?: Received<never>['notes'];
}

/** Reads keys, all of which must be there, and answers them in the order asked for. */
export async function readKeys(reader: Reader, folder: Folder, keys: readonly string[]): Promise<Read[]> {
  const found = new Map<string, Read>();
  for await (const answer of reader.read(folder, keys, memoryHold())) {
    assert.ok(!found.has(answer.key), `${answer.key} is answered once`);
    if (answer.is === 'unread') throw answer.trouble;
    const { key, marks, receivedAt, body, notes } = answer;
    found.set(key, { key, bytes: gather(body), marks, receivedAt, ...(notes && { notes }) });
  }
  return keys.map((key) => {
    const read = found.get(key);
    assert.ok(read, `${key} is answered`);
    return read;
  });
}

export async function keysOf(reader: Reader, folder: Folder): Promise<string[]> {
  return (await collect(reader.entries(folder))).map((entry) => entry.key);
}

export function gather(body: Body): Buffer {
  const pieces: Buffer[] = [];
  for (const piece of body.chunks()) pieces.push(Buffer.from(piece));
  const bytes = Buffer.concat(pieces);
  assert.equal(bytes.length, body.size);
  return bytes;
}

/** The same messages, in any order, each as often; says which differ. */
export function sameBytes(actual: readonly Uint8Array[], wanted: readonly Uint8Array[]): void {
  const text = (list: readonly Uint8Array[]): string[] =>
    list.map((bytes) => Buffer.from(bytes).toString('latin1')).sort();
  const [left, right] = [text(actual), text(wanted)];
  for (let n = 0; n < Math.max(left.length, right.length); n += 1)
    if (left[n] !== right[n])
      assert.fail(
        `messages differ (${left.length} here, ${right.length} wanted): ${show(left[n])} against ${show(right[n])}`,
      );
}

function show(text: string | undefined): string {
  return text === undefined ? 'none' : JSON.stringify(text.length > 300 ? `${text.slice(0, 300)}…` : text);
}

export async function troubleOf(act: () => Promise<unknown>): Promise<Trouble | null> {
  try {
    await act();
    return null;
  } catch (error) {
    assert.ok(error instanceof Trouble, `only Trouble is thrown, not ${error}`);
    return error;
  }
}

/** Matches entries to what was seeded by their bytes and compares marks, dates. */
export async function compareEntries(
  reader: Reader,
  folder: Folder,
  entries: readonly Entry[],
  wanted: readonly SeedMessage[],
): Promise<void> {
  const read = await readKeys(
    reader,
    folder,
    entries.map((entry) => entry.key),
  );
  sameBytes(
    read.map((each) => each.bytes),
    wanted.map((each) => each.bytes),
  );
  const line = (bytes: Uint8Array, marks: readonly string[], receivedAt: number | null): string =>
    JSON.stringify({
      text: Buffer.from(bytes).toString('latin1').slice(0, 200),
      marks: marksKnown(reader) ? [...marks].sort() : [],
      receivedAt: receivedAt === null ? null : new Date(receivedAt).toISOString(),
    });
  assert.deepEqual(
    entries.map((entry, n) => line(read[n]!.bytes, entry.marks, entry.receivedAt)).sort(),
    wanted.map((message) => line(message.bytes, message.marks, message.receivedAt)).sort(),
  );
  for (const [n, entry] of entries.entries()) {
    const { marks, receivedAt } = read[n]!;
    if (marks !== null) assert.deepEqual([...marks].sort(), entry.marks, 'marks read are the marks listed');
    if (receivedAt !== null) assert.equal(receivedAt, entry.receivedAt, 'the date read is the date listed');
  }
}
