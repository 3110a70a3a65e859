import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RebuildNote } from '../mail/rebuild-note.ts';
import { Trouble } from '../trouble.ts';
import type { Change, Entry } from './entry.ts';
import type { MemoryMailbox } from './memory/mailbox.ts';
import { memorySourceStand } from './memory/stand.suite.ts';
import { sourceLaws, sourceSuite } from './source.suite.ts';
import type { Received, Source, SourceTraits, Unread } from './source.ts';

const noStall = { law: 'every wait ends', because: 'memory has no other side that could fall silent' };

sourceSuite({ name: 'memory as a source', make: memorySourceStand, skip: [noStall] });
sourceSuite({
  name: 'memory as a source without marks, states, positions',
  make: () =>
    memorySourceStand({ behaviour: { tellsMarks: false, tellsState: false, tellsPosition: false } }),
  skip: [noStall],
});

type Fault = (source: Source, mailbox: MemoryMailbox) => Partial<Source>;
type Answer = Received<unknown> | Unread;

/** For each law a source that breaks it, and nothing else that matters to it. */
const faults: Record<string, Fault[]> = {
  'reading leaves no trace': [
    (source, mailbox) => ({
      async *read(folder, keys, hold) {
        for await (const answer of source.read(folder, keys, hold)) {
          mailbox.flag(folder.path, answer.key, ['\\Seen']);
          yield answer;
        }
      },
    }),
  ],
  'read answers each key asked for exactly once': [
    (source) => reading(source, (answers) => answers.slice(1)),
    (source) => reading(source, (answers) => [...answers, ...answers.slice(0, 1)]),
  ],
  'a key that was never told is unread and missing': [
    (source) => reading(source, (answers) => answers.filter((answer) => answer.is === 'received')),
  ],
  'a message that vanished between listing and reading is unread and missing': [
    (source) => reading(source, (answers) => answers.filter((answer) => answer.is === 'received')),
    (source) =>
      reading(source, (answers) =>
        answers.map((answer) =>
          answer.is === 'received'
            ? answer
            : { ...answer, trouble: new Trouble('refused', { tried: 'read-message', on: 'x' }) },
        ),
      ),
  ],
  'a body is whole or it is not given': [
    (source) => ({
      read: (folder, keys, hold) =>
        source.read(folder, keys, { begin: (hint) => ({ ...hold.begin(hint), abort: () => {} }) }),
    }),
    (source) => ({
      async *read(folder, keys, hold) {
        try {
          yield* source.read(folder, keys, hold);
        } catch {
          // What came before the cut passes for everything.
        }
      },
    }),
  ],
  'the bytes are the store’s own, to the byte': [
    (source) => ({
      read: (folder, keys, hold) =>
        source.read(folder, keys, {
          begin(hint) {
            const sink = hold.begin(hint);
            return { ...sink, write: (piece) => sink.write(piece.map((byte) => (byte === 0 ? 32 : byte))) };
          },
        }),
    }),
  ],
  'the inbox is INBOX, handles are unique, paths are as made': [
    (source) => ({
      folders: async () => (await source.folders()).map((each) => ({ ...each, handle: 'same' })),
    }),
    (source) => ({
      folders: async () => (await source.folders()).map((each) => ({ ...each, roleBy: null })),
    }),
    (source) => ({
      folders: async () => (await source.folders()).map((each) => ({ ...each, messages: 99 })),
    }),
  ],
  'folder names of every kind are listed and read': [
    (source) => ({
      folders: async () =>
        (await source.folders()).map((each) => ({ ...each, path: each.path.join('/').split('/') })),
    }),
  ],
  'entries tells every message once, keys unique': [
    (source) => listing(source, (entries) => entries.slice(1)),
    (source) => listing(source, (entries) => [...entries, ...entries.slice(0, 1)]),
  ],
  'an empty folder tells nothing': [
    (source) =>
      listing(source, (entries) => [...entries, { key: '1.9', marks: [], receivedAt: null, size: 1 }]),
  ],
  'marks are told as IMAP spells them, sorted, never \\Recent': [
    (source) =>
      listing(source, (list) => list.map((each) => ({ ...each, marks: [...each.marks, '\\Recent'] }))),
    (source) =>
      listing(source, (list) =>
        list.map((each) => ({ ...each, marks: each.marks.map((mark) => mark.toLowerCase()) })),
      ),
    (source) =>
      listing(source, (list) => list.map((each) => ({ ...each, marks: [...each.marks].reverse() }))),
  ],
  'dates are told in whole seconds, from 1970-01-02 to 2037-12-31': [
    (source) =>
      listing(source, (list) => list.map((each) => ({ ...each, receivedAt: each.receivedAt! + 3_600_000 }))),
    (source) =>
      listing(source, (list) => list.map((each) => ({ ...each, receivedAt: each.receivedAt! + 1 }))),
  ],
  'a key names its message for good': [
    // The number in the listing instead of a key: what comes before shifts it.
    (source) => ({
      async *entries(folder) {
        const entries = await all(source.entries(folder));
        for (const [n, entry] of entries.entries()) yield { ...entry, key: String(entries.length - n) };
      },
      async *read(folder, keys, hold) {
        const real = (await all(source.entries(folder))).map((entry) => entry.key);
        for (const key of keys)
          for await (const answer of source.read(folder, [real.at(-Number(key))!], hold))
            yield { ...answer, key };
      },
    }),
  ],
  'entries since a position tells what came at or after it': [
    (source) => ({ entries: (folder) => source.entries(folder, null) }),
    (source) => ({
      async *entries(folder, since) {
        const entries = await all(source.entries(folder, since));
        yield* since == null ? entries : entries.slice(1);
      },
    }),
  ],
  'any method may be called while others run': [
    (source) => {
      let busy = false;
      return {
        async *entries(folder, since) {
          if (busy) throw new Error('one at a time');
          busy = true;
          await new Promise(setImmediate);
          yield* source.entries(folder, since);
          busy = false;
        },
      };
    },
  ],
  'a reading inside a listing does not wait for ever': [
    (source) => {
      let busy = false;
      return {
        async *entries(folder, since) {
          if (busy) throw new Trouble('lost', { tried: 'converse', on: 'x' });
          busy = true;
          try {
            yield* source.entries(folder, since);
          } finally {
            busy = false;
          }
        },
      };
    },
  ],
  'only Trouble is thrown, and without secrets': [
    (source) => ({
      async *entries(folder) {
        if (folder.handle === 'No such folder') throw new TypeError('undefined is not a folder');
        yield* source.entries(folder);
      },
    }),
    (source) => ({
      async *entries(folder) {
        if (folder.handle !== 'No such folder') yield* source.entries(folder);
      },
    }),
    () => ({ name: 'imap://marie:s3cret@mail.example/' }),
  ],
  'ending an iteration early frees what it held, and the store stays usable': [
    // Reads ahead and lets go of nothing.
    (source) => reading(source, (answers) => answers),
  ],
  'after close nothing is left open; twice is once': [
    () => ({ close: async () => {} }),
    (source) => {
      let closed = false;
      return {
        async close() {
          if (closed) throw new Error('closed already');
          closed = true;
          await source.close();
        },
      };
    },
  ],
  'the traits are true': [
    (source) => ({ traits: { ...source.traits, lanes: 0 } }),
    (source) => ({ traits: { ...source.traits, marks: false } }),
  ],
  'what was lost or made up is told of rebuilt messages only, each once, the same each time': [
    (source) => noting(source, () => ['body-lost'], 'original'),
    (source) => noting(source, () => ['body-lost', 'body-lost']),
    (source) => noting(source, () => ['mood-lost' as RebuildNote]),
    (source) => noting(source, () => []),
    (source) => {
      let reads = 0;
      return noting(source, () => [++reads % 2 ? 'body-lost' : 'date-made']);
    },
  ],
  'changes from nothing tells every message, then a checkpoint': [
    (source) => telling(source, (changes) => changes.slice(1)),
    (source) => telling(source, (changes) => changes.slice(0, -1)),
    (source) => telling(source, (changes) => [...changes].reverse()),
  ],
  'an empty folder has changes: a checkpoint': [(source) => telling(source, () => [])],
  'with nothing new only the checkpoint is told': [
    (source) => ({ changes: (folder) => source.changes(folder, null) }),
  ],
  'a state equal to the last checkpoint means nothing to tell': [
    // The state knows of new messages only, not of marks and removals.
    (source, mailbox) => ({
      async folders() {
        const state = (path: readonly string[]) => String(mailbox.messages(path).at(-1)?.key);
        return (await source.folders()).map((each) => ({ ...each, state: state(each.path) }));
      },
      async *changes(folder, since) {
        for await (const change of source.changes(folder, since))
          yield change.is === 'checkpoint'
            ? { is: 'checkpoint', checkpoint: String(mailbox.messages(folder.path).at(-1)?.key) }
            : change;
      },
    }),
  ],
  'an appended message is told alone': [
    (source) => telling(source, (changes, since) => (since === null ? changes : changes.slice(1))),
    (source) => ({ changes: (folder) => source.changes(folder, null) }),
  ],
  'a mark is told alone, with all marks': [
    (source) => telling(source, (changes) => changes.filter((change) => change.is !== 'marks')),
    (source) =>
      telling(source, (changes) =>
        changes.map((change) =>
          change.is === 'marks' ? { ...change, marks: change.marks.slice(0, 1) } : change,
        ),
      ),
  ],
  'a removed message is told as gone, alone': [
    (source) => telling(source, (changes) => changes.filter((change) => change.is !== 'gone')),
  ],
  'renumbering is a reset, then everything': [
    (source) => telling(source, (changes) => changes.filter((change) => change.is !== 'reset')),
    (source) =>
      telling(source, (changes) => (changes[0]?.is === 'reset' ? [changes[0], changes.at(-1)!] : changes)),
  ],
  'a checkpoint that is not understood is a reset, never a guess': [
    (source) => telling(source, (changes) => changes.filter((change) => change.is !== 'reset')),
    (source) => telling(source, (changes) => (changes[0]?.is === 'reset' ? changes.slice(-1) : changes)),
  ],
  'from every checkpoint told the rest is told, nothing twice': [
    // Says "told up to here" before it has told.
    (source) =>
      telling(source, (changes, since) => (since === null ? [changes.at(-1)!, ...changes] : changes)),
  ],
  'changes broken off and begun again forget nothing': [
    (source) => {
      const told = new Set<string>();
      return {
        async *changes(folder, since) {
          for await (const change of source.changes(folder, since)) {
            if (change.is === 'entry' && told.has(change.entry.key)) continue;
            if (change.is === 'entry') told.add(change.entry.key);
            yield change;
          }
        },
      };
    },
  ],
  'what changes while changes are told is told then or next time, once': [
    // Takes the checkpoint at the end although it listed at the beginning.
    (source) => ({
      async *changes(folder, since) {
        for await (const change of source.changes(folder, since))
          if (change.is !== 'checkpoint') yield change;
        yield (await all(source.changes(folder, since))).at(-1)!;
      },
    }),
  ],
  'told twice never, forgotten never, whatever happens': [
    (source) => telling(source, (changes) => changes.filter((change) => change.is !== 'gone')),
    (source) => telling(source, (changes) => changes.filter((change) => change.is !== 'marks')),
    (source) =>
      telling(source, (changes) =>
        changes.flatMap((change): Change[] => (change.is === 'entry' ? [change, change] : [change])),
      ),
  ],
};

for (const title of Object.keys(sourceLaws))
  test(`planted faults: ${title}`, { skip: title === noStall.law ? noStall.because : false }, async () => {
    const list = faults[title] ?? [];
    assert.ok(list.length > 0, 'each law is proved by a fault');
    for (const [n, fault] of list.entries()) {
      const stand = await memorySourceStand({
        around: (source, mailbox) => ({ ...source, ...fault(source, mailbox) }),
      });
      const broken = await sourceLaws[title]!.run({ ...stand, secret: 's3cret' }).then(
        () => null,
        (error: unknown) => error,
      );
      assert.ok(broken, `fault ${n} of "${title}" is seen`);
    }
  });

async function all<T>(things: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const thing of things) list.push(thing);
  return list;
}

function listing(source: Source, alter: (entries: Entry[]) => Entry[]): Partial<Source> {
  return {
    async *entries(folder, since) {
      yield* alter(await all(source.entries(folder, since)));
    },
  };
}

function reading(source: Source, alter: (answers: Answer[]) => Answer[]): Partial<Source> {
  return {
    async *read(folder, keys, hold) {
      yield* alter(await all(source.read(folder, keys, hold))) as Awaited<ReturnType<typeof all<never>>>;
    },
  };
}

/** A source that notes this of every message of each reading. */
function noting(
  source: Source,
  notes: () => RebuildNote[],
  bytes: SourceTraits['bytes'] = 'rebuilt',
): Partial<Source> {
  const told = reading(source, (answers) => {
    const now = notes();
    return answers.map((answer) => (answer.is === 'unread' ? answer : { ...answer, notes: now }));
  });
  return { traits: { ...source.traits, bytes }, ...told };
}

function telling(
  source: Source,
  alter: (changes: Change[], since: string | null) => Change[],
): Partial<Source> {
  return {
    async *changes(folder, since) {
      yield* alter(await all(source.changes(folder, since)), since);
    },
  };
}
