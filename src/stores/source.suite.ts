import assert from 'node:assert/strict';
import { REBUILD_NOTES } from '../mail/rebuild-note.ts';
import type { Change, Entry, Folder } from './entry.ts';
import { readerLaws } from './reader.suite.ts';
import type { Source } from './source.ts';
import {
  collect,
  compareEntries,
  findFolder,
  folderAt,
  type Law,
  type Laws,
  law,
  letter,
  letters,
  mainPath,
  marksKnown,
  type ReaderStand,
  readKeys,
  registerLaws,
  type Skip,
  sameBytes,
  seeded,
} from './stand.suite.ts';

/** A source with a fresh mailbox, and the hands of the test on it. */
export interface SourceStand extends Omit<ReaderStand, 'reader'> {
  source: Source;
  /** Every key of the folder becomes another (UIDVALIDITY). */
  renumber?(path: readonly string[]): Promise<void>;
  /** Seeds the run of random changes. */
  randomSeed?: number;
}

type Stand = SourceStand & ReaderStand;

/** Registers a test for each law of `Source`. Each gets a stand of its own. */
export function sourceSuite(options: {
  name: string;
  make: () => Promise<SourceStand>;
  skip?: readonly Skip[];
}): void {
  registerLaws(options.name, sourceLaws, options.make, options.skip ?? []);
}

const ownLaws: Laws<Stand> = {
  'the traits are true': law([], async (stand) => {
    const { traits, name } = stand.source;
    assert.ok(Number.isInteger(traits.lanes) && traits.lanes >= 1);
    assert.ok(traits.bytes === 'original' || traits.bytes === 'rebuilt');
    assert.ok(name.length > 0);
    const { folder } = await seeded(stand, [letter(1, { marks: ['\\Seen'] })]);
    const [entry] = await collect(stand.source.entries(folder));
    const [read] = await readKeys(stand.source, folder, [entry!.key]);
    if (!traits.marks) assert.deepEqual([entry!.marks, read!.marks], [[], null]);
  }),

  'what was lost or made up is told of rebuilt messages only, each once, the same each time': law(
    [],
    async (stand) => {
      const { source } = stand;
      const { folder } = await seeded(stand, letters(5));
      const keys = (await collect(source.entries(folder))).map((entry) => entry.key);
      const told = (await readKeys(source, folder, keys)).map(({ notes }) => notes);
      for (const notes of told) {
        if (notes === undefined) continue;
        assert.equal(source.traits.bytes, 'rebuilt');
        assert.ok(notes.length > 0 && notes.length === new Set(notes).size);
        for (const note of notes) assert.ok(REBUILD_NOTES.includes(note), note);
      }
      const again = (await readKeys(source, folder, keys)).map(({ notes }) => notes);
      assert.deepEqual(again, told);
    },
  ),

  'changes from nothing tells every message, then a checkpoint': law([], async (stand) => {
    const { folder, wanted } = await seeded(stand, letters(25));
    const changes = await collect(stand.source.changes(folder, null));
    lastIsCheckpoint(changes);
    for (const change of changes) assert.ok(change.is === 'entry' || change.is === 'checkpoint');
    await compareEntries(stand.source, folder, entriesOf(changes), wanted);
    assert.deepEqual(byKey(entriesOf(changes)), byKey(await collect(stand.source.entries(folder))));
  }),

  'an empty folder has changes: a checkpoint': law([], async (stand) => {
    await stand.seed(mainPath(stand), []);
    const folder = await findFolder(stand.source, mainPath(stand));
    if (folder) assert.deepEqual(kinds(await collect(stand.source.changes(folder, null))), ['checkpoint']);
  }),

  'with nothing new only the checkpoint is told': law([], async (stand) => {
    const { folder } = await seeded(stand, letters(8));
    let checkpoint = lastIsCheckpoint(await collect(stand.source.changes(folder, null)));
    for (let round = 0; round < 3; round += 1) {
      const changes = await collect(
        stand.source.changes(await folderAt(stand.source, folder.path), checkpoint),
      );
      assert.deepEqual(kinds(changes), ['checkpoint']);
      checkpoint = lastIsCheckpoint(changes);
    }
    if (stand.again) {
      const other = (await stand.again()) as Source;
      const changes = await collect(other.changes(await folderAt(other, folder.path), checkpoint));
      await other.close();
      assert.deepEqual(kinds(changes), ['checkpoint']);
    }
  }),

  'a state equal to the last checkpoint means nothing to tell': law([], async (stand) => {
    const { folder } = await seeded(stand, letters(5));
    const [first, second] = (await collect(stand.source.entries(folder))).map((entry) => entry.key);
    await mustDiffer(stand, folder, () => stand.seed(folder.path, [letter(90)]));
    if (stand.flag && marksKnown(stand.source))
      await mustDiffer(stand, folder, () => stand.flag!(folder.path, first!, ['\\Flagged']));
    if (stand.expunge) await mustDiffer(stand, folder, () => stand.expunge!(folder.path, second!));
    if (stand.renumber) await mustDiffer(stand, folder, () => stand.renumber!(folder.path));
  }),

  'an appended message is told alone': law([], async (stand) => {
    const since = await checkpointAfter(stand, letters(6));
    const { folder, wanted } = await seeded(stand, [letter(77, { marks: ['\\Seen'] }), letter(78)]);
    const changes = await collect(stand.source.changes(folder, since));
    assert.deepEqual(kinds(changes), ['entry', 'entry', 'checkpoint']);
    await compareEntries(stand.source, folder, entriesOf(changes), wanted);
  }),

  'a mark is told alone, with all marks': law(['flag'], async (stand) => {
    const since = await checkpointAfter(stand, [letter(1, { marks: ['\\Seen'] }), letter(2), letter(3)]);
    const folder = await folderAt(stand.source, mainPath(stand));
    const before = await collect(stand.source.entries(folder));
    const [first] = before.map((entry) => entry.key);
    await stand.flag!(folder.path, first!, ['\\Answered', '\\Seen']);
    const changes = await collect(stand.source.changes(await folderAt(stand.source, folder.path), since));
    if (!marksKnown(stand.source)) return assert.deepEqual(kinds(changes), ['checkpoint']);
    assert.deepEqual(changes.slice(0, -1), [{ is: 'marks', key: first, marks: ['\\Answered', '\\Seen'] }]);
    const since2 = lastIsCheckpoint(changes);
    await stand.flag!(folder.path, first!, []);
    const more = await collect(stand.source.changes(await folderAt(stand.source, folder.path), since2));
    assert.deepEqual(more.slice(0, -1), [{ is: 'marks', key: first, marks: [] }]);
  }),

  'a removed message is told as gone, alone': law(['expunge'], async (stand) => {
    const since = await checkpointAfter(stand, letters(6));
    const folder = await folderAt(stand.source, mainPath(stand));
    const keys = (await collect(stand.source.entries(folder))).map((entry) => entry.key);
    await stand.expunge!(folder.path, keys[1]!);
    await stand.expunge!(folder.path, keys[4]!);
    const changes = await collect(stand.source.changes(await folderAt(stand.source, folder.path), since));
    lastIsCheckpoint(changes);
    assert.deepEqual(
      changes
        .slice(0, -1)
        .map((change) => change.is === 'gone' && change.key)
        .sort(),
      [keys[1], keys[4]].sort(),
    );
  }),

  'renumbering is a reset, then everything': law(['renumber'], async (stand) => {
    const since = await checkpointAfter(stand, letters(6));
    const before = await folderAt(stand.source, mainPath(stand));
    const old = (await collect(stand.source.entries(before))).map((entry) => entry.key);
    await stand.renumber!(before.path);
    const folder = await folderAt(stand.source, before.path);
    const changes = await collect(stand.source.changes(folder, since));
    await resetThenAll(stand.source, folder, changes, 6);
    const keys = entriesOf(changes).map((entry) => entry.key);
    assert.ok(
      keys.every((key) => !old.includes(key)),
      'the keys told before are void',
    );
    for await (const answer of stand.source.read(folder, old, neverHold()))
      assert.equal(answer.is === 'unread' && answer.trouble.kind, 'missing', 'an old key names nothing');
  }),

  'a checkpoint that is not understood is a reset, never a guess': law([], async (stand) => {
    const since = await checkpointAfter(stand, letters(4));
    const folder = await folderAt(stand.source, mainPath(stand));
    for (const strange of ['', 'nonsense', '0', '{}', `${since}9999`, `x${since}`, 'é'.repeat(2000)])
      await resetThenAll(stand.source, folder, await collect(stand.source.changes(folder, strange)), 4);
  }),

  'from every checkpoint told the rest is told, nothing twice': law([], async (stand) => {
    const { folder, wanted } = await seeded(stand, letters(500));
    const changes = await collect(stand.source.changes(folder, null));
    lastIsCheckpoint(changes);
    const all = entriesOf(changes).map((entry) => entry.key);
    assert.equal(new Set(all).size, wanted.length);
    for (const [at, change] of changes.entries()) {
      if (change.is !== 'checkpoint') continue;
      const told = entriesOf(changes.slice(0, at)).map((entry) => entry.key);
      const rest = entriesOf(await collect(stand.source.changes(folder, change.checkpoint)));
      assert.deepEqual([...told, ...rest.map((entry) => entry.key)].sort(), [...all].sort());
    }
  }),

  'changes broken off and begun again forget nothing': law([], async (stand) => {
    const { folder } = await seeded(stand, letters(30));
    for (const stopAt of [1, 7, 29]) {
      let n = 0;
      for await (const _change of stand.source.changes(folder, null)) if (++n === stopAt) break;
    }
    assert.equal(entriesOf(await collect(stand.source.changes(folder, null))).length, 30);
  }),

  'what changes while changes are told is told then or next time, once': law([], async (stand) => {
    const { folder } = await seeded(stand, letters(20));
    const told = new Map<string, Entry>();
    let since: string | null = null;
    for await (const change of stand.source.changes(folder, null)) {
      if (change.is === 'entry' && told.size === 5) await stand.seed(folder.path, letters(3, 60));
      since = follow(told, change) ?? since;
    }
    const now = await folderAt(stand.source, folder.path);
    for await (const change of stand.source.changes(now, since)) follow(told, change);
    assert.deepEqual(byKey([...told.values()]), byKey(await collect(stand.source.entries(now))));
    assert.equal(told.size, 23);
  }),

  'told twice never, forgotten never, whatever happens': law([], async (stand) => {
    const random = randomFrom(stand.randomSeed ?? 20_261_124);
    const { folder } = await seeded(stand, letters(10));
    const told = new Map<string, Entry>();
    let since: string | null = null;
    for (let round = 0; round < 8; round += 1) {
      if (round > 0) await somethingHappens(stand, folder, random, round);
      const now = await folderAt(stand.source, folder.path);
      for await (const change of stand.source.changes(now, since)) since = follow(told, change) ?? since;
      assert.deepEqual(
        byKey([...told.values()]),
        byKey(await collect(stand.source.entries(now))),
        `round ${round}`,
      );
    }
  }),
};

/** All laws of `Source`, those of `Reader` among them. */
export const sourceLaws: Laws<SourceStand> = {
  ...(Object.fromEntries(
    Object.entries({ ...readerLaws, ...ownLaws }).map(([title, each]) => [title, onSource(each)]),
  ) as Laws<SourceStand>),
};

function onSource(each: Law<Stand> | Law<ReaderStand>): Law<SourceStand> {
  const { needs, run } = each as Law<Stand>;
  return {
    needs: needs.filter((hook) => hook !== 'reader') as (keyof SourceStand)[],
    run: (stand) => run({ ...stand, reader: stand.source }),
  };
}

/** Takes a change into what was told; throws when it contradicts. Answers a checkpoint. */
function follow(told: Map<string, Entry>, change: Change): string | null {
  if (change.is === 'reset') told.clear();
  else if (change.is === 'entry') {
    assert.ok(!told.has(change.entry.key), `${change.entry.key} is told once`);
    told.set(change.entry.key, change.entry);
  } else if (change.is === 'gone') assert.ok(told.delete(change.key), `${change.key} was told before`);
  else if (change.is === 'marks') {
    const entry = told.get(change.key);
    assert.ok(entry, `${change.key} was told before`);
    assert.notDeepEqual(change.marks, entry.marks, 'marks are told when they changed');
    told.set(change.key, { ...entry, marks: change.marks });
  } else return change.checkpoint;
  return null;
}

async function somethingHappens(
  stand: Stand,
  folder: Folder,
  random: (below: number) => number,
  round: number,
): Promise<void> {
  for (let n = random(4); n >= 0; n -= 1) {
    const entries = await collect(stand.source.entries(await folderAt(stand.source, folder.path)));
    const entry = entries[random(entries.length)];
    const act = random(4);
    if (act === 0 && stand.flag && entry && marksKnown(stand.source))
      await stand.flag(folder.path, entry.key, random(2) ? ['\\Flagged', '\\Seen'] : ['\\Answered']);
    else if (act === 1 && stand.expunge && entry && entries.length > 3)
      await stand.expunge(folder.path, entry.key);
    else if (act === 2 && stand.renumber && random(4) === 0) await stand.renumber(folder.path);
    else await stand.seed(folder.path, [letter(1000 + round * 10 + n)]);
  }
}

/** The same seed, the same numbers (xorshift32). */
function randomFrom(seed: number): (below: number) => number {
  let state = seed | 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % Math.max(1, below);
  };
}

async function checkpointAfter(stand: Stand, messages: Parameters<Stand['seed']>[1]): Promise<string> {
  const { folder } = await seeded(stand, messages);
  return lastIsCheckpoint(await collect(stand.source.changes(folder, null)));
}

/** The checkpoint before an act is no longer the state after it. */
async function mustDiffer(stand: Stand, folder: Folder, act: () => Promise<void>): Promise<void> {
  const checkpoint = lastIsCheckpoint(await collect(stand.source.changes(folder, null)));
  await act();
  const { state } = await folderAt(stand.source, folder.path);
  if (state !== null) assert.notEqual(state, checkpoint, 'a state after a change is another');
}

async function resetThenAll(source: Source, folder: Folder, changes: Change[], count: number): Promise<void> {
  lastIsCheckpoint(changes);
  assert.equal(changes[0]?.is, 'reset', 'a reset comes first');
  for (const change of changes.slice(1)) assert.ok(change.is === 'entry' || change.is === 'checkpoint');
  const entries = entriesOf(changes);
  assert.equal(entries.length, count);
  const keys = entries.map((entry) => entry.key);
  const all = await readKeys(source, folder, keys);
  const again = await readKeys(
    source,
    folder,
    (await collect(source.entries(folder))).map((entry) => entry.key),
  );
  sameBytes(
    all.map((each) => each.bytes),
    again.map((each) => each.bytes),
  );
}

function lastIsCheckpoint(changes: readonly Change[]): string {
  const last = changes.at(-1);
  assert.ok(last?.is === 'checkpoint', 'the last thing told is a checkpoint');
  return last.checkpoint;
}

function entriesOf(changes: readonly Change[]): Entry[] {
  return changes.flatMap((change) => (change.is === 'entry' ? [change.entry] : []));
}

function kinds(changes: readonly Change[]): string[] {
  return changes.map((change) => change.is);
}

function byKey(entries: readonly Entry[]): Entry[] {
  return [...entries].sort((a, b) => (a.key < b.key ? -1 : 1));
}

function neverHold(): Parameters<Source['read']>[2] {
  return {
    begin() {
      throw new assert.AssertionError({ message: 'nothing is to be read' });
    },
  };
}
