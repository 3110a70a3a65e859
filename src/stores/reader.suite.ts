import assert from 'node:assert/strict';
import type { Entry, Folder } from './entry.ts';
import type { Reader } from './source.ts';
import {
  collect,
  compareEntries,
  DAY_MS,
  expected,
  FOLDER_PATHS,
  findFolder,
  folderAt,
  gather,
  keysOf,
  type Laws,
  law,
  letter,
  letters,
  mainPath,
  marksKnown,
  oddMessages,
  otherPath,
  type ReaderStand,
  readKeys,
  SOME_DAY,
  sameBytes,
  seeded,
  type TallyHold,
  tallyHold,
  troubleOf,
} from './stand.suite.ts';

/** The laws of `Reader` (see `source.ts`), each named by what must hold. */
export const readerLaws: Laws<ReaderStand> = {
  'reading leaves no trace': law([], async (stand) => {
    const { reader } = stand;
    const { folder } = await seeded(stand, letters(5));
    const before = await collect(reader.entries(folder));
    await readKeys(reader, folder, [...before.map((entry) => entry.key)].reverse());
    assert.deepEqual(await collect(reader.entries(folder)), before);
    const { state } = await folderAt(reader, folder.path);
    // Null is no promise: a store of files makes one as soon as they are old enough.
    if (folder.state !== null) assert.equal(state, folder.state, 'the state is what it was');
    if (!stand.again) return;
    const other = await stand.again();
    try {
      assert.deepEqual(await collect(other.entries(await folderAt(other, folder.path))), before);
    } finally {
      await other.close();
    }
  }),

  'read answers each key asked for exactly once': law([], async (stand) => {
    const { folder, wanted } = await seeded(stand, letters(60));
    const keys = await keysOf(stand.reader, folder);
    for (const asked of [keys, [...keys].reverse(), keys.filter((_, n) => n % 3 === 1), keys.slice(7, 8), []])
      assert.equal((await readKeys(stand.reader, folder, asked)).length, asked.length);
    const read = await readKeys(stand.reader, folder, keys);
    sameBytes(
      read.map((each) => each.bytes),
      wanted.map((each) => each.bytes),
    );
  }),

  'a key that was never told is unread and missing': law([], async (stand) => {
    const { folder } = await seeded(stand, letters(3));
    const keys = await keysOf(stand.reader, folder);
    const answers = await collect(stand.reader.read(folder, [keys[0]!, 'never told', keys[2]!], tallyHold()));
    assert.equal(answers.length, 3);
    const unread = answers.filter((answer) => answer.is === 'unread');
    assert.deepEqual(
      unread.map(({ key, trouble }) => [key, trouble.kind]),
      [['never told', 'missing']],
    );
  }),

  'a message that vanished between listing and reading is unread and missing': law(
    ['expunge'],
    async (stand) => {
      const { folder } = await seeded(stand, letters(6));
      const keys = await keysOf(stand.reader, folder);
      await stand.expunge!(folder.path, keys[2]!);
      await stand.expunge!(folder.path, keys[5]!);
      const answers = await collect(stand.reader.read(folder, keys, tallyHold()));
      assert.deepEqual(answers.map((answer) => answer.key).sort(), [...keys].sort());
      for (const answer of answers)
        if (answer.key === keys[2] || answer.key === keys[5])
          assert.equal(answer.is === 'unread' && answer.trouble.kind, 'missing');
        else assert.equal(answer.is, 'received');
    },
  ),

  'a body is whole or it is not given': law(['cutBody'], async (stand) => {
    const { reader } = stand;
    const { folder, wanted } = await seeded(
      stand,
      [1, 2, 3, 4, 5, 6].map((n) => letter(n, { pad: 400 })),
    );
    const keys = await keysOf(reader, folder);
    await stand.cutBody!(folder.path, keys[3]!);
    const hold = tallyHold();
    const got: Buffer[] = [];
    const trouble = await troubleOf(async () => {
      for await (const answer of reader.read(folder, keys, hold)) {
        assert.equal(answer.is, 'received', 'a cut is no verdict on a message');
        if (answer.is !== 'received') continue;
        got.push(gather(answer.body));
        answer.body.release();
      }
    });
    const whole = new Set(wanted.map((message) => Buffer.from(message.bytes).toString('latin1')));
    for (const bytes of got) assert.ok(whole.has(bytes.toString('latin1')), 'what is given is whole');
    if (trouble) assert.equal(trouble.kind, 'lost');
    else assert.equal(got.length, keys.length, 'without a Trouble every key is answered');
    nothingKept(hold);
    assert.equal((await readKeys(reader, await folderAt(reader, folder.path), keys)).length, keys.length);
  }),

  'the bytes are the store’s own, to the byte': law([], async (stand) => {
    const odd = Object.values(oddMessages());
    const { folder, wanted } = await seeded(
      stand,
      odd.map((bytes, n) => letter(n, { bytes })),
    );
    const read = await readKeys(stand.reader, folder, await keysOf(stand.reader, folder));
    sameBytes(
      read.map((each) => each.bytes),
      wanted.map((each) => each.bytes),
    );
  }),

  'the inbox is INBOX, handles are unique, paths are as made': law([], async (stand) => {
    await seeded(stand, letters(2));
    await seeded(stand, letters(3, 10), otherPath(stand));
    const folders = await stand.reader.folders();
    assert.equal(new Set(folders.map((folder) => folder.handle)).size, folders.length);
    assert.equal(new Set(folders.map((folder) => JSON.stringify(folder.path))).size, folders.length);
    for (const folder of folders) {
      assert.ok(folder.path.length > 0 && folder.path.every((segment) => segment.length > 0));
      if (folder.path.length === 1 && folder.path[0]!.toUpperCase() === 'INBOX')
        assert.deepEqual([folder.path[0], folder.role], ['INBOX', 'inbox']);
      assert.equal(folder.role === null, folder.roleBy === null, 'a role is known by something');
      if (folder.messages === null || !folder.selectable) continue;
      assert.equal((await keysOf(stand.reader, folder)).length, folder.messages);
    }
  }),

  'folder names of every kind are listed and read': law([], async (stand) => {
    const paths = FOLDER_PATHS.filter((path) => stand.holdsPath?.(path) ?? true);
    for (const [n, path] of paths.entries()) await stand.seed(path, [letter(n)]);
    for (const [n, path] of paths.entries()) {
      const folder = await folderAt(stand.reader, path);
      const [read] = await readKeys(stand.reader, folder, await keysOf(stand.reader, folder));
      assert.ok(Buffer.from(expected(stand, letter(n))!.bytes).equals(read!.bytes), JSON.stringify(path));
    }
  }),

  'entries tells every message once, keys unique': law([], async (stand) => {
    const { folder, wanted } = await seeded(stand, letters(20));
    const entries = await collect(stand.reader.entries(folder));
    assert.equal(new Set(entries.map((entry) => entry.key)).size, wanted.length);
    assert.equal(entries.length, wanted.length);
    for (const { size } of entries) assert.ok(Number.isSafeInteger(size) && size >= 0);
    await compareEntries(stand.reader, folder, entries, wanted);
  }),

  'an empty folder tells nothing': law([], async (stand) => {
    await stand.seed(mainPath(stand), []);
    const folder = await findFolder(stand.reader, mainPath(stand));
    if (folder) assert.deepEqual(await collect(stand.reader.entries(folder)), []);
  }),

  'marks are told as IMAP spells them, sorted, never \\Recent': law([], async (stand) => {
    const marks = [[], ['\\Seen'], ['\\Flagged', '\\Seen'], ['\\Answered'], ['\\Draft'], ['\\Deleted']];
    const keywords = [['$Forwarded'], ['$Label1', '\\Seen'], ['A-faire']];
    const { folder, wanted } = await seeded(
      stand,
      [...marks, ...keywords].map((each, n) => letter(n, { marks: each })),
    );
    const entries = await collect(stand.reader.entries(folder));
    for (const entry of entries) {
      assert.deepEqual(entry.marks, [...entry.marks].sort());
      assert.ok(!entry.marks.includes('\\Recent'));
      if (!marksKnown(stand.reader)) assert.deepEqual(entry.marks, []);
    }
    await compareEntries(stand.reader, folder, entries, wanted);
  }),

  'dates are told in whole seconds, from 1970-01-02 to 2037-12-31': law([], async (stand) => {
    const dates = [DAY_MS, Date.UTC(1999, 11, 31, 23, 59, 59), Date.UTC(2012, 1, 29, 0, 0, 0), SOME_DAY];
    dates.push(
      Date.UTC(2016, 2, 27, 1, 30),
      Date.UTC(2016, 9, 30, 0, 30),
      Date.UTC(2037, 11, 31, 23, 59, 59),
    );
    const { folder, wanted } = await seeded(
      stand,
      dates.map((receivedAt, n) => letter(n, { receivedAt })),
    );
    const entries = await collect(stand.reader.entries(folder));
    for (const { receivedAt } of entries) assert.ok(receivedAt === null || receivedAt % 1000 === 0);
    await compareEntries(stand.reader, folder, entries, wanted);
  }),

  'a key names its message for good': law([], async (stand) => {
    const { folder } = await seeded(stand, letters(6));
    const byKey = await bytesByKey(stand.reader, folder);
    await stand.seed(folder.path, letters(4, 50));
    const later = await bytesByKey(stand.reader, await folderAt(stand.reader, folder.path));
    for (const [key, bytes] of byKey) assert.equal(later.get(key), bytes);
    if (!stand.again) return;
    const other = await stand.again();
    try {
      assert.deepEqual(await bytesByKey(other, await folderAt(other, folder.path)), later);
    } finally {
      await other.close();
    }
  }),

  'entries since a position tells what came at or after it': law([], async (stand) => {
    const { folder } = await seeded(stand, letters(4));
    const before = new Set(await keysOf(stand.reader, folder));
    await stand.seed(folder.path, letters(3, 20));
    const now = await folderAt(stand.reader, folder.path);
    const since = (await collect(stand.reader.entries(now, folder.position))).map((entry) => entry.key);
    const all = await keysOf(stand.reader, now);
    const fresh = all.filter((key) => !before.has(key));
    assert.equal(fresh.length, 3);
    if (folder.position === null) assert.deepEqual(since.sort(), all.sort());
    else assert.deepEqual(since.sort(), fresh.sort());
    assert.deepEqual((await collect(stand.reader.entries(now, null))).length, all.length);
    if (now.position !== null) assert.deepEqual(await collect(stand.reader.entries(now, now.position)), []);
  }),

  'any method may be called while others run': law([], async (stand) => {
    const { reader } = stand;
    const first = await seeded(stand, letters(30));
    const second = await seeded(stand, letters(30, 100), otherPath(stand));
    const keys = await keysOf(reader, first.folder);
    const otherKeys = await keysOf(reader, second.folder);
    const runs = [1, 2, 3].flatMap((n) => [
      readKeys(reader, first.folder, keys.slice(n)).then((read) =>
        assert.equal(read.length, keys.length - n),
      ),
      readKeys(reader, second.folder, otherKeys).then((read) => assert.equal(read.length, otherKeys.length)),
      collect(reader.entries(first.folder)).then((list) => assert.equal(list.length, keys.length)),
      reader.folders().then((list) => assert.ok(list.length > 0)),
    ]);
    await Promise.all(runs);
  }),

  'a reading inside a listing does not wait for ever': law([], async (stand) => {
    const first = await seeded(stand, letters(30));
    const second = await seeded(stand, letters(30, 100), otherPath(stand));
    await nested(stand.reader, first.folder, second.folder);
  }),

  'only Trouble is thrown, and without secrets': law([], async (stand) => {
    await seeded(stand, letters(1));
    const real = await folderAt(stand.reader, mainPath(stand));
    const folder: Folder = { ...real, path: ['No such folder'], handle: 'No such folder', position: null };
    const listing = await troubleOf(() => collect(stand.reader.entries(folder)));
    assert.ok(listing, 'a folder that is not there is a Trouble');
    const reading = await troubleOf(async () => {
      for await (const answer of stand.reader.read(folder, ['1.1'], tallyHold()))
        assert.equal(answer.is, 'unread');
    });
    for (const text of [stand.reader.name, String(listing), String(reading), reading?.stack ?? '']) {
      assert.ok(text.length >= 0);
      if (stand.secret !== undefined) assert.ok(!text.includes(stand.secret), 'a secret is seen');
    }
    assert.equal((await readKeys(stand.reader, real, await keysOf(stand.reader, real))).length, 1);
  }),

  'every wait ends': law(['stall'], async (stand) => {
    const { folder } = await seeded(stand, letters(2));
    const keys = await keysOf(stand.reader, folder);
    await stand.stall!();
    const troubles = await Promise.all([
      troubleOf(() => collect(stand.reader.read(folder, keys, tallyHold()))),
      troubleOf(() => stand.reader.folders()),
    ]);
    for (const trouble of troubles) assert.equal(trouble?.kind, 'lost');
    await stand.reader.close();
  }),

  'ending an iteration early frees what it held, and the store stays usable': law([], async (stand) => {
    const { reader } = stand;
    const { folder } = await seeded(stand, letters(40));
    const keys = await keysOf(reader, folder);
    const open = stand.open?.();
    const hold = tallyHold();
    for (let round = 0; round < 12; round += 1) {
      for await (const _entry of reader.entries(folder)) break;
      let n = 0;
      for await (const answer of reader.read(folder, keys, hold)) {
        if (answer.is === 'received') answer.body.release();
        if (n++ === round) break;
      }
    }
    nothingKept(hold);
    assert.equal((await readKeys(reader, folder, keys)).length, keys.length);
    if (open !== undefined) assert.ok(stand.open!() <= open + 1, 'nothing more is open than before');
  }),

  'after close nothing is left open; twice is once': law([], async (stand) => {
    const { folder } = await seeded(stand, letters(10));
    const keys = await keysOf(stand.reader, folder);
    const hold = tallyHold();
    const running = troubleOf(async () => {
      for await (const answer of stand.reader.read(folder, keys, hold)) {
        if (answer.is === 'received') answer.body.release();
        await stand.reader.close();
      }
    });
    const trouble = await running;
    assert.ok(trouble === null || trouble.kind === 'lost', 'closing ends what runs, as lost or in full');
    await Promise.all([stand.reader.close(), stand.reader.close()]);
    await stand.reader.close();
    nothingKept(hold);
    if (stand.open) assert.equal(stand.open(), 0);
  }),
};

async function bytesByKey(reader: Reader, folder: Folder): Promise<Map<string, string>> {
  const read = await readKeys(reader, folder, await keysOf(reader, folder));
  return new Map(read.map(({ key, bytes }): [string, string] => [key, bytes.toString('latin1')]).sort());
}

/** Readings inside a listing, on two folders: a store with one connection must buffer one of them. */
async function nested(reader: Reader, first: Folder, second: Folder): Promise<void> {
  let seen = 0;
  for await (const entry of reader.entries(first)) {
    const list: Entry[] = seen < 3 ? await collect(reader.entries(second)) : [];
    if (list[0]) await readKeys(reader, second, [list[0].key]);
    await readKeys(reader, first, [entry.key]);
    seen += 1;
    if (seen === 6) break;
  }
  assert.equal(seen, 6);
}

function nothingKept(hold: TallyHold): void {
  assert.equal(hold.finished + hold.aborted, hold.begun, 'every sink is ended or aborted');
  assert.equal(hold.released, hold.finished, 'bodies that were read ahead and not given are released');
}
