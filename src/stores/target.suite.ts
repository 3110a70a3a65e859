import assert from 'node:assert/strict';
import {
  comparePlace,
  kept,
  latin1,
  parcels,
  piecemeal,
  putAll,
  putAndCompare,
  putInto,
  readPlace,
  wanted,
} from './put.suite.ts';
import { readerLaws } from './reader.suite.ts';
import {
  collect,
  DAY_MS,
  FOLDER_PATHS,
  findFolder,
  folderAt,
  keysOf,
  type Law,
  type Laws,
  law,
  letter,
  letters,
  mainPath,
  oddMessages,
  otherPath,
  type ReaderStand,
  readKeys,
  registerLaws,
  type SeedMessage,
  type Skip,
  SOME_DAY,
  sameBytes,
  troubleOf,
} from './stand.suite.ts';
import type { Landed, Place, Refused, Target } from './target.ts';

/** A target with a fresh mailbox, and the hands of the test on it. */
export interface TargetStand extends Omit<ReaderStand, 'reader' | 'seed'> {
  target: Target;
  /** Default: through the target itself. */
  seed?: ReaderStand['seed'];
  /** A message that the target says no to. */
  refused?: SeedMessage;
  /** A folder that the target says no to. */
  refusedPath?: readonly string[];
  /** From now on the mailbox is over quota. */
  fill?(): void | Promise<void>;
  makeRoom?(): void | Promise<void>;
  /** The next put is cut somewhere before its last answer; what was sent may have landed or not. */
  cutPut?(): void | Promise<void>;
}

type Stand = TargetStand & ReaderStand;

/** Registers a test for each law of `Target`. Each gets a stand of its own. */
export function targetSuite(options: {
  name: string;
  make: () => Promise<TargetStand>;
  skip?: readonly Skip[];
}): void {
  registerLaws(options.name, targetLaws, options.make, options.skip ?? []);
}

const ownLaws: Laws<Stand> = {
  'prepare twice is once': law([], async (stand) => {
    const { target } = stand;
    const path = otherPath(stand);
    const first = await target.prepare(path, null, false);
    const again = await Promise.all([
      target.prepare(path, null, false),
      target.prepare(path, null, true),
      target.prepare(path, null, false),
    ]);
    for (const place of again) assert.deepEqual([place.path, place.handle], [path, first.handle]);
    assert.equal((await target.folders()).filter((folder) => folder.handle === first.handle).length, 1);
  }),

  'prepare answers the folder that is there, whoever made it': law([], async (stand) => {
    const path = otherPath(stand);
    await stand.seed(path, letters(3));
    const there = await folderAt(stand.target, path);
    const place = await stand.target.prepare(path, null, false);
    assert.equal(place.handle, there.handle);
    assert.equal((await keysOf(stand.target, place)).length, 3);
    const inbox = await stand.target.prepare(['INBOX'], 'inbox', true);
    assert.deepEqual([inbox.path, inbox.role], [['INBOX'], 'inbox']);
  }),

  'missing parents are made': law([], async (stand) => {
    for (const path of [
      ['Clients', 'Dupont', '2019'],
      ['Clients', 'Dupont'],
    ]) {
      const place = await stand.target.prepare(path, null, false);
      await putAndCompare(stand, place, letters(2, path.length * 10));
    }
  }),

  'folders of every name can be made': law([], async (stand) => {
    for (const [n, path] of FOLDER_PATHS.entries()) {
      if (stand.holdsPath?.(path) ?? true) {
        const place = await stand.target.prepare(path, null, false);
        assert.deepEqual(place.path, path);
        assert.equal((await folderAt(stand.target, path)).handle, place.handle);
        await putAndCompare(stand, place, [letter(n)]);
      } else assert.ok(await troubleOf(() => stand.target.prepare(path, null, false)), 'said, not swallowed');
    }
  }),

  'a folder that is refused is a Trouble refused': law(['refusedPath'], async (stand) => {
    const trouble = await troubleOf(() => stand.target.prepare(stand.refusedPath!, null, false));
    assert.equal(trouble?.kind, 'refused');
    assert.equal(await findFolder(stand.target, stand.refusedPath!), undefined);
  }),

  'a folder is subscribed when asked': law([], async (stand) => {
    const place = await stand.target.prepare(otherPath(stand), null, true);
    assert.ok((await folderAt(stand.target, place.path)).subscribed);
  }),

  'what is put is read back under the key that was told': law([], async (stand) => {
    const place = await stand.target.prepare(mainPath(stand), null, false);
    const marks = [
      [],
      ['\\Seen'],
      ['\\Answered', '\\Flagged', '\\Seen'],
      ['\\Draft'],
      ['$Forwarded', 'Projet7'],
    ];
    const dates = [SOME_DAY, DAY_MS, Date.UTC(1999, 11, 31, 23, 59, 59), Date.UTC(2016, 9, 30, 0, 30)];
    const list = letters(20).map((each, n) => ({
      ...each,
      marks: kept(place, marks[n % marks.length]!),
      receivedAt: dates[n % dates.length]!,
    }));
    await putAndCompare(stand, place, list);
  }),

  'each step is answered once, under its own key': law([], async (stand) => {
    const place = await stand.target.prepare(mainPath(stand), null, false);
    const list = letters(300);
    const steps = list.map((_, n) => 5_000_000 - n * 7);
    const answers = await putAll(stand.target, place, parcels(list, steps));
    assert.deepEqual(answers.map((answer) => answer.step).sort(), [...steps].sort());
    assert.ok(answers.every((answer) => answer.is === 'landed'));
    if (!stand.target.traits.tellsKey) return;
    const byStep = new Map(answers.map((answer) => [answer.step, answer.is === 'landed' ? answer.key! : '']));
    const read = await readKeys(
      stand.target,
      place,
      steps.map((step) => byStep.get(step)!),
    );
    for (const [n, each] of read.entries())
      assert.ok(each.bytes.equals(wanted(stand, list[n]!).bytes), `step ${n}`);
  }),

  'a key is told where the traits say so, and only there': law([], async (stand) => {
    const place = await stand.target.prepare(mainPath(stand), null, false);
    const answers = await putAll(stand.target, place, parcels(letters(4)));
    for (const answer of answers)
      assert.equal(answer.is === 'landed' && answer.key !== null, stand.target.traits.tellsKey);
  }),

  'marks that a place keeps are kept': law([], async (stand) => {
    const place = await stand.target.prepare(mainPath(stand), null, false);
    const named =
      place.keeps === 'any' ? ['\\Answered', '\\Deleted', '\\Draft', '\\Flagged', '\\Seen'] : place.keeps;
    const extra = place.keeps === 'any' ? ['$MDNSent', 'NonJunk', 'Un.Mot-Clef_1'] : [];
    const list = [...named, ...extra].map((mark, n) => letter(n, { marks: [mark] }));
    await putAndCompare(stand, place, list);
  }),

  'a message without a date gets the target’s own now': law([], async (stand) => {
    const place = await stand.target.prepare(mainPath(stand), null, false);
    await putAll(
      stand.target,
      place,
      parcels([letter(1, { receivedAt: undefined })]).map((each) => ({ ...each, receivedAt: null })),
    );
    const [entry] = await collect(stand.target.entries(place));
    if (entry!.receivedAt !== null) assert.ok(Math.abs(entry!.receivedAt - Date.now()) < DAY_MS);
  }),

  'genuine twins both land': law([], async (stand) => {
    const place = await stand.target.prepare(mainPath(stand), null, false);
    const twin = letter(1);
    await putAndCompare(stand, place, [twin, twin, letter(2), twin]);
  }),

  'bodies may come from memory or in pieces that are used again': law([], async (stand) => {
    const place = await stand.target.prepare(mainPath(stand), null, false);
    const list = [letter(1), letter(2, { pad: 3000 }), letter(3), letter(4, { pad: 60_000 })];
    const inPieces = parcels(list).map((each) => ({ ...each, body: piecemeal(each.body, 1000) }));
    const answers = await putAll(stand.target, place, inPieces);
    assert.ok(answers.every((answer) => answer.is === 'landed'));
    await comparePlace(stand, place, list);
  }),

  'odd messages arrive as known, or are refused in words': law([], async (stand) => {
    const place = await stand.target.prepare(mainPath(stand), null, false);
    const list = Object.values(oddMessages()).map((bytes, n) => letter(n, { bytes }));
    const answers = await putAll(stand.target, place, parcels(list));
    assert.equal(answers.length, list.length);
    const landed = list.filter((_, n) => answers.find((answer) => answer.step === n)?.is === 'landed');
    const taken = list.filter((message) => !stand.expected || stand.expected(message) !== null);
    sameBytes(
      landed.map((message) => message.bytes),
      taken.map((message) => message.bytes),
    );
    for (const answer of answers)
      if (answer.is === 'refused') assert.ok(answer.trouble.answer ?? answer.trouble.message);
    await comparePlace(stand, place, taken);
  }),

  'a refusal of one message does not harm the others': law(['refused'], async (stand) => {
    const place = await stand.target.prepare(mainPath(stand), null, false);
    const good = letters(5);
    const list = [good[0]!, good[1]!, stand.refused!, good[2]!, good[3]!, stand.refused!, good[4]!];
    const answers = await putAll(stand.target, place, parcels(list));
    assert.equal(answers.length, list.length);
    for (const answer of answers) {
      assert.equal(answer.is, answer.step === 2 || answer.step === 5 ? 'refused' : 'landed');
      if (answer.is === 'refused') assert.equal(answer.trouble.kind, 'refused');
    }
    await comparePlace(stand, place, good);
  }),

  'a message above the announced size is refused': law([], async (stand) => {
    const max = stand.target.traits.messageMaxBytes;
    if (max === null || max > 64 * 1024 * 1024) return;
    const place = await stand.target.prepare(mainPath(stand), null, false);
    const large = letter(2, { pad: Math.ceil(max / 10) });
    const answers = await putAll(stand.target, place, parcels([letter(1), large, letter(3)]));
    assert.deepEqual(answers.map((answer) => `${answer.step} ${answer.is}`).sort(), [
      '0 landed',
      '1 refused',
      '2 landed',
    ]);
    await comparePlace(stand, place, [letter(1), letter(3)]);
  }),

  'full is thrown, never a refusal': law(['fill'], async (stand) => {
    const place = await stand.target.prepare(mainPath(stand), null, false);
    await putAndCompare(stand, place, letters(2));
    await stand.fill!();
    const answers: (Landed | Refused)[] = [];
    const trouble = await troubleOf(() => putInto(stand.target, place, parcels(letters(4, 10)), answers));
    assert.equal(trouble?.kind, 'full');
    assert.ok(answers.every((answer) => answer.is === 'landed'));
    if (!stand.makeRoom) return;
    const before = (await keysOf(stand.target, place)).length;
    assert.equal(before, 2 + answers.length);
    await stand.makeRoom();
    assert.equal((await putAll(stand.target, place, parcels(letters(2, 20)))).length, 2);
    assert.equal((await keysOf(stand.target, place)).length, before + 2);
  }),

  'a put that is cut throws lost and is never repeated': law(['cutPut'], async (stand) => {
    const place = await stand.target.prepare(mainPath(stand), null, false);
    const list = letters(12);
    await stand.cutPut!();
    const answers: (Landed | Refused)[] = [];
    const trouble = await troubleOf(() => putInto(stand.target, place, parcels(list), answers));
    assert.equal(trouble?.kind, 'lost');
    assert.ok(answers.length < list.length);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const there = await readPlace(stand.target, await folderAt(stand.target, place.path));
    assert.equal(new Set(there).size, there.length, 'no message is there twice');
    for (const { step } of answers)
      assert.ok(there.includes(latin1(wanted(stand, list[step]!).bytes)), 'what was answered is there');
    await putAll(stand.target, await stand.target.prepare(place.path, null, false), parcels([letter(99)]));
  }),

  'entries since a position tells at least what landed since': law([], async (stand) => {
    const path = mainPath(stand);
    await putAndCompare(stand, await stand.target.prepare(path, null, false), letters(3));
    const place = await stand.target.prepare(path, null, false);
    const listed = await folderAt(stand.target, path);
    assert.equal(listed.position, place.position);
    const before = new Set(await keysOf(stand.target, place));
    await putAll(stand.target, place, parcels(letters(4, 10)));
    const now = await folderAt(stand.target, path);
    const since = (await collect(stand.target.entries(now, place.position))).map((entry) => entry.key);
    for (const key of await keysOf(stand.target, now)) if (!before.has(key)) assert.ok(since.includes(key));
  }),

  'mark sets and unsets, twice is once, and answers each key': law([], async (stand) => {
    const place = await stand.target.prepare(mainPath(stand), null, false);
    await putAll(stand.target, place, parcels([letter(1, { marks: ['\\Seen'] }), letter(2), letter(3)]));
    const keys = await keysOf(stand.target, place);
    const seen = (await collect(stand.target.entries(place))).find((entry) =>
      entry.marks.includes('\\Seen'),
    )!.key;
    const others = keys.filter((key) => key !== seen);
    for (let twice = 0; twice < 2; twice += 1) {
      const answers = await stand.target.mark(place, [
        { key: seen, add: ['\\Flagged'], remove: ['\\Seen'] },
        { key: others[0]!, add: ['\\Answered', '\\Seen'], remove: [] },
      ]);
      assert.deepEqual(
        answers.map(({ key, is }) => `${key} ${is}`).sort(),
        [`${seen} marked`, `${others[0]} marked`].sort(),
      );
      const marks = new Map(
        (await collect(stand.target.entries(place))).map((entry) => [entry.key, entry.marks]),
      );
      assert.deepEqual(
        [marks.get(seen), marks.get(others[0]!), marks.get(others[1]!)],
        [['\\Flagged'], ['\\Answered', '\\Seen'], []],
      );
    }
    assert.deepEqual(await stand.target.mark(place, []), []);
  }),

  'marking a key that is gone is missing, and the others are marked': law(['expunge'], async (stand) => {
    const place = await stand.target.prepare(mainPath(stand), null, false);
    await putAll(stand.target, place, parcels(letters(3)));
    const keys = await keysOf(stand.target, place);
    await stand.expunge!(place.path, keys[1]!);
    const answers = await stand.target.mark(
      place,
      keys.map((key) => ({ key, add: ['\\Seen'], remove: [] })),
    );
    const kinds = new Map(answers.map(({ key, is }) => [key, is]));
    assert.deepEqual(
      keys.map((key) => kinds.get(key)),
      ['marked', 'missing', 'marked'],
    );
    for (const entry of await collect(stand.target.entries(place))) assert.deepEqual(entry.marks, ['\\Seen']);
  }),

  'withdraw removes exactly these keys, or refuses and removes nothing': law([], async (stand) => {
    const place = await stand.target.prepare(mainPath(stand), null, false);
    await putAll(stand.target, place, parcels(letters(6)));
    const keys = await keysOf(stand.target, place);
    // Marked as deleted by its owner: a plain EXPUNGE would take it too.
    await stand.target.mark(place, [{ key: keys[4]!, add: ['\\Deleted'], remove: [] }]);
    const trouble = await troubleOf(() => stand.target.withdraw(place, [keys[1]!, keys[3]!]));
    const left = await keysOf(stand.target, place);
    if (trouble) {
      assert.equal(trouble.kind, 'refused');
      assert.deepEqual(left.sort(), [...keys].sort());
      for (const entry of await collect(stand.target.entries(place)))
        assert.deepEqual(entry.marks, entry.key === keys[4] ? ['\\Deleted'] : []);
      return;
    }
    assert.deepEqual(left.sort(), keys.filter((_, n) => n !== 1 && n !== 3).sort());
    await stand.target.withdraw(place, [keys[1]!]);
    await stand.target.withdraw(place, []);
    assert.equal((await keysOf(stand.target, place)).length, 4);
  }),

  'puts run together, into one place and into several': law([], async (stand) => {
    const first = await stand.target.prepare(mainPath(stand), null, false);
    const second = await stand.target.prepare(otherPath(stand), null, false);
    const one = letters(60);
    const two = letters(60, 500);
    const three = letters(60, 1000);
    const answers = await Promise.all([
      putAll(stand.target, first, parcels(one)),
      putAll(stand.target, second, parcels(two)),
      putAll(stand.target, first, parcels(three)),
      stand.target.folders(),
    ]);
    assert.deepEqual(
      answers.slice(0, 3).map((list) => list.length),
      [60, 60, 60],
    );
    const same = first.handle === second.handle;
    await comparePlace(stand, first, same ? [...one, ...two, ...three] : [...one, ...three]);
    if (!same) await comparePlace(stand, second, two);
  }),

  'nothing put, nothing answered; a put broken off leaves the target usable': law([], async (stand) => {
    const place = await stand.target.prepare(mainPath(stand), null, false);
    assert.deepEqual(await putAll(stand.target, place, []), []);
    for await (const _answer of stand.target.put(place, parcels(letters(10)))) break;
    const again = await stand.target.prepare(mainPath(stand), null, false);
    assert.equal((await putAll(stand.target, again, parcels(letters(3, 50)))).length, 3);
    const there = await readPlace(stand.target, again);
    assert.equal(new Set(there).size, there.length, 'no message is there twice');
    assert.ok(there.length >= 4 && there.length <= 13);
  }),

  'a place that is not there is a Trouble, and nothing is stored': law([], async (stand) => {
    const real = await stand.target.prepare(mainPath(stand), null, false);
    const place: Place = { ...real, path: ['No such folder'], handle: 'No such folder', position: null };
    const answers: (Landed | Refused)[] = [];
    const trouble = await troubleOf(() => putInto(stand.target, place, parcels(letters(2)), answers));
    assert.ok(trouble && !['full', 'lost'].includes(trouble.kind), 'the folder is at fault, nothing else');
    assert.deepEqual(answers, []);
    assert.deepEqual(await keysOf(stand.target, real), []);
    await putAndCompare(stand, real, letters(1));
  }),

  'the quota, where told, is used and allowed bytes': law([], async (stand) => {
    const place = await stand.target.prepare(mainPath(stand), null, false);
    await putAll(stand.target, place, parcels([letter(1, { pad: 2000 })]));
    const quota = await stand.target.quota();
    if (quota === null) return;
    assert.ok(quota.limitBytes > 0 && quota.usedBytes >= 0 && quota.usedBytes <= quota.limitBytes);
  }),
};

/** All laws of `Target`, those of `Reader` among them. */
export const targetLaws: Laws<TargetStand> = Object.fromEntries(
  Object.entries({ ...readerLaws, ...ownLaws }).map(([title, each]) => [title, onTarget(each)]),
);

function onTarget(each: Law<Stand> | Law<ReaderStand>): Law<TargetStand> {
  const { needs, run } = each as Law<Stand>;
  return {
    needs: needs.filter((hook) => hook !== 'reader') as (keyof TargetStand)[],
    run: (stand) => run({ ...stand, reader: stand.target, seed: stand.seed ?? seedThrough(stand) }),
  };
}

function seedThrough(stand: TargetStand): ReaderStand['seed'] {
  return async (path, messages) => {
    const place = await stand.target.prepare(path, null, false);
    const reduced = messages.map((message) => ({ ...message, marks: kept(place, message.marks) }));
    const answers = await putAll(stand.target, place, parcels(reduced));
    assert.ok(
      answers.length === messages.length && answers.every((answer) => answer.is === 'landed'),
      'seeded',
    );
  };
}
