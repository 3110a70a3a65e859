import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Entry } from '../stores/entry.ts';
import { Trouble } from '../trouble.ts';
import type { FoundMessage, Item, ItemIdentity, Landing, Ledger, Outcome, Step } from './ledger.ts';

/** A ledger under test, and how its run can end. */
export interface Bed {
  ledger: Ledger;
  /** As `kill -9` would: what was not durable is lost. Answers what the next run opens. */
  crash(): Promise<Ledger>;
  /** Closes it properly and opens it again. */
  reopen(): Promise<Ledger>;
  /** Gives everything back. */
  end(): Promise<void>;
}

/** SHA-256 of a text, hex. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export function entry(key: string, marks: readonly string[] = [], size = 1000): Entry {
  return { key, marks, receivedAt: 1_600_000_000_000, size };
}

export function message(text: string, marks: readonly string[] = []): Omit<FoundMessage, 'key'> {
  const digests = { sent: digest(text), exact: digest(text), kin: digest(`kin ${text[0]}`), likely: null };
  return { ...digests, size: 1000, messageId: `${text}@example.org`, marks, receivedAt: 1_600_000_000_000 };
}

export function step(item: number, place: number, text: string, marks: readonly string[] = []): Step {
  return { ...message(text, marks), item, place, rung: 'as-is', altered: [] };
}

export function identity(item: Item, text: string): ItemIdentity {
  const { size, marks, receivedAt } = item;
  const digests = { exact: digest(text), kin: digest(`kin ${text[0]}`), likely: digest(`likely ${text}`) };
  return { item: item.id, ...digests, messageId: null, subject: text, size, marks, receivedAt };
}

/** A bug of the caller: thrown as it is, never as a Trouble, which would be taken for a bad day. */
async function refuses(promise: Promise<unknown>, words: RegExp): Promise<void> {
  await assert.rejects(promise, (error: unknown) => {
    assert(error instanceof Error);
    assert(!(error instanceof Trouble), `a bug, not a Trouble: ${error}`);
    assert.match(error.message, words);
    return true;
  });
}

const ids = (rows: readonly { id: number }[]) => rows.map((row) => row.id);
const REASON = '{"code":"refused-by-target","answer":"NO [LIMIT] too odd"}';

/** Every law and verb of `Ledger`. */
export function ledgerSuite(name: string, make: () => Promise<Bed>): void {
  describe(`ledger: ${name}`, () => {
    let bed: Bed;
    let ledger: Ledger;
    let marie: number;
    let paul: number;
    let inbox: number;
    let other: number;
    let place: number;

    beforeEach(async () => {
      bed = await make();
      ledger = bed.ledger;
      marie = await ledger.enrol('imap://marie@mail.example:143/', 0);
      paul = await ledger.enrol('mbox:archive', 1);
      inbox = (await ledger.folder(marie, ['INBOX'])).id;
      other = (await ledger.folder(paul, ['Archive'])).id;
      place = (await ledger.place(['INBOX'])).id;
    });
    afterEach(() => bed.end());

    /** Notes messages and answers their items, in order. */
    async function noted(folder: number, ...entries: Entry[]): Promise<Item[]> {
      await ledger.note(folder, entries);
      const items = await ledger.items(folder, 0, 1000);
      return entries.map(({ key }) => items.find((item) => item.key === key)!);
    }

    async function one(folder: number, key: string, marks: readonly string[] = []): Promise<Item> {
      return (await noted(folder, entry(key, marks)))[0]!;
    }

    /** Carries an item to the end; answers its landing. */
    async function carried(item: Item, text: string, key: string, marks = item.marks): Promise<number> {
      const [landing] = await ledger.intend([step(item.id, place, text, marks)]);
      await ledger.settle([{ is: 'landed', landing: landing!, key }]);
      return landing!;
    }

    async function item(folder: number, key: string): Promise<Item> {
      return (await ledger.items(folder, 0, 1000)).find((row) => row.key === key)!;
    }

    describe('laws', () => {
      it('intend survives a crash, and all that was told before it', async () => {
        const [first, second] = await noted(inbox, entry('1.1'), entry('1.2'));
        await ledger.identify([identity(first!, 'a')]);
        await ledger.remember('slowest', '12');
        const landings = await ledger.intend([step(first!.id, place, 'a'), step(second!.id, place, 'b')]);
        ledger = await bed.crash();
        assert.deepEqual(ids(await ledger.unsettled()), landings);
        assert.equal((await item(inbox, '1.1')).exact, digest('a'));
        assert.equal(await ledger.recall('slowest'), '12');
        assert.deepEqual(await ledger.waiting(inbox, 0, 10), []);
      });

      it('advance survives a crash, and all that was told before it', async () => {
        const only = await one(inbox, '1.1');
        await ledger.settle([{ is: 'left', item: only.id, reason: REASON }]);
        await ledger.advance(inbox, 'modseq 17');
        ledger = await bed.crash();
        assert.equal((await ledger.folder(marie, ['INBOX'])).checkpoint, 'modseq 17');
        assert.equal((await item(inbox, '1.1')).reason, REASON);
      });

      it('flush and close make durable what was told', async () => {
        const landing = await carried(await one(inbox, '1.1'), 'a', '9.1');
        await ledger.flush();
        ledger = await bed.crash();
        assert.equal((await ledger.landing(landing))?.state, 'landed');
        await ledger.settle([{ is: 'verified', landing, key: '9.1', stored: null, altered: [] }]);
        ledger = await bed.reopen();
        assert.equal((await ledger.landing(landing))?.state, 'verified');
      });

      it('a crash loses a tail, never a middle', async () => {
        await ledger.flush();
        for (let told = 0; told < 40; told += 1) await ledger.remember(`told ${told}`, 'yes');
        ledger = await bed.crash();
        const kept: boolean[] = [];
        for (let told = 0; told < 40; told += 1) kept.push((await ledger.recall(`told ${told}`)) === 'yes');
        assert.equal(kept.lastIndexOf(true) + 1, kept.filter(Boolean).length);
      });

      it('reads see what was told and is not durable yet', async () => {
        const only = await one(inbox, '1.1');
        await ledger.settle([{ is: 'asked', item: only.id, reason: REASON }]);
        assert.equal((await ledger.counts()).asked, 1);
        assert.deepEqual(ids(await ledger.exceptions(0, 10)), [only.id]);
      });

      it('an item has at most one outcome', async () => {
        const [copied, left, joined] = await noted(inbox, entry('1.1'), entry('1.2'), entry('1.3'));
        const archived = await one(other, '5');
        const landing = await carried(copied!, 'a', '9.1');
        const away = await carried(joined!, 'c', '9.3');
        await ledger.settle([
          { is: 'left', item: left!.id, reason: REASON },
          { is: 'merged', item: archived.id, landing, by: 'exact' },
        ]);
        for (const { id } of [copied!, left!, archived]) {
          await refuses(ledger.settle([{ is: 'left', item: id, reason: REASON }]), /already/);
          await refuses(ledger.settle([{ is: 'asked', item: id, reason: REASON }]), /already/);
          await refuses(ledger.settle([{ is: 'merged', item: id, landing: away, by: 'exact' }]), /already/);
          await refuses(ledger.intend([step(id, place, 'a')]), /not waiting/);
        }
      });

      it('an item on its way joins no other landing', async () => {
        const [going, there] = await noted(inbox, entry('1.1'), entry('1.2'));
        const archived = await one(other, '5');
        const landing = await carried(there!, 'a', '9.1');
        await ledger.intend([step(archived.id, place, 'a'), step(going!.id, place, 'b')]);
        await refuses(ledger.settle([{ is: 'merged', item: archived.id, landing, by: 'exact' }]), /landing/);
      });

      it('a landing absorbs one item of each account: a twin stays a twin', async () => {
        const [first, twin] = await noted(inbox, entry('1.1'), entry('1.2'));
        const [fifth, sixth] = await noted(other, entry('5'), entry('6'));
        const landing = await carried(first!, 'a', '9.1');
        await refuses(
          ledger.settle([{ is: 'merged', item: twin!.id, landing, by: 'exact' }]),
          /already holds/,
        );
        await ledger.settle([{ is: 'merged', item: fifth!.id, landing, by: 'exact' }]);
        await refuses(
          ledger.settle([{ is: 'merged', item: sixth!.id, landing, by: 'likely' }]),
          /already holds/,
        );
        assert.deepEqual(ids(await ledger.itemsOf([landing])), [first!.id, fifth!.id]);
      });

      it('a gone item still fills its place in the landing', async () => {
        const [first, twin] = await noted(inbox, entry('1.1'), entry('1.2'));
        const landing = await carried(first!, 'a', '9.1');
        await ledger.gone(inbox, ['1.1']);
        await refuses(
          ledger.settle([{ is: 'merged', item: twin!.id, landing, by: 'exact' }]),
          /already holds/,
        );
      });

      it('a verb is done as a whole or not at all', async () => {
        const [first, second] = await noted(inbox, entry('1.1'), entry('1.2'));
        await refuses(
          ledger.intend([step(first!.id, place, 'a'), step(first!.id, place, 'a')]),
          /not waiting/,
        );
        assert.deepEqual(await ledger.unsettled(), []);
        await refuses(
          ledger.settle([
            { is: 'left', item: first!.id, reason: REASON },
            { is: 'left', item: second!.id, reason: REASON },
            { is: 'absent', landing: 99 },
          ]),
          /no landing 99/,
        );
        assert.deepEqual(ids(await ledger.waiting(inbox, 0, 10)), [first!.id, second!.id]);
        assert.deepEqual(await ledger.counts().then(({ open, left }) => [open, left]), [2, 0]);
        const strange = entry('1.4', ['$Strange']);
        await refuses(
          ledger.identify([identity(first!, 'a'), { ...identity(first!, 'a'), item: 99 }]),
          /no item/,
        );
        assert.equal((await item(inbox, '1.1')).exact, null);
        assert.deepEqual((await noted(inbox, strange))[0]!.marks, ['$Strange']);
      });

      it('advance throws while an item is open, on its way or not', async () => {
        const [first, second] = await noted(inbox, entry('1.1'), entry('1.2'));
        await refuses(ledger.advance(inbox, 'x'), /open/);
        const [landing] = await ledger.intend([step(first!.id, place, 'a')]);
        await ledger.gone(inbox, ['1.2']);
        await refuses(ledger.advance(inbox, 'x'), /open/);
        await ledger.settle([{ is: 'landed', landing: landing!, key: null }]);
        await ledger.advance(inbox, 'x');
        await ledger.note(inbox, [entry('1.2')]);
        await refuses(ledger.advance(inbox, 'y'), new RegExp(`item ${second!.id} is open`));
        assert.equal((await ledger.folder(marie, ['INBOX'])).checkpoint, 'x');
      });

      it('ids are never used twice', async () => {
        const only = await one(inbox, '1.1');
        const seen = new Set<number>();
        for (let round = 0; round < 3; round += 1) {
          const [landing] = await ledger.intend([step(only.id, place, 'a')]);
          assert(!seen.has(landing!));
          seen.add(landing!);
          await ledger.settle([{ is: 'absent', landing: landing! }]);
          ledger = await bed.reopen();
        }
      });

      it('after close every verb throws; closing twice is once', async () => {
        await ledger.close();
        await ledger.close();
        await refuses(ledger.counts(), /closed/);
        await refuses(ledger.note(inbox, [entry('1.1')]), /closed/);
        await refuses(ledger.flush(), /closed/);
      });
    });

    describe('names', () => {
      it('enrol finds an account by name and updates its rank', async () => {
        assert.equal(await ledger.enrol('mbox:archive', 0), paul);
        assert.deepEqual(await ledger.accounts(), [
          { id: marie, name: 'imap://marie@mail.example:143/', rank: 0 },
          { id: paul, name: 'mbox:archive', rank: 0 },
        ]);
      });

      it('folders are told apart by account and path, not by any separator', async () => {
        const joined = await ledger.folder(marie, ['a/b']);
        const nested = await ledger.folder(marie, ['a', 'b']);
        const foreign = await ledger.folder(paul, ['a', 'b']);
        assert.equal(new Set([joined.id, nested.id, foreign.id, inbox, other]).size, 5);
        assert.deepEqual(await ledger.folder(marie, ['a', 'b']), nested);
        assert.deepEqual(nested, { id: nested.id, account: marie, path: ['a', 'b'], checkpoint: null });
        assert.equal((await ledger.folders()).length, 5);
        await refuses(ledger.folder(99, ['x']), /no account/);
      });

      it('places keep window and state until they are forgotten', async () => {
        await ledger.updatePlace(place, { window: '7.12', state: 'all known' });
        await ledger.updatePlace(place, { state: null });
        ledger = await bed.reopen();
        assert.deepEqual(await ledger.place(['INBOX']), {
          id: place,
          path: ['INBOX'],
          window: '7.12',
          state: null,
        });
        await ledger.updatePlace(place, { window: null });
        assert.deepEqual(await ledger.places(), [{ id: place, path: ['INBOX'], window: null, state: null }]);
        await refuses(ledger.updatePlace(99, {}), /no place/);
      });

      it('small values are remembered', async () => {
        assert.equal(await ledger.recall('x'), null);
        await ledger.remember('x', '1');
        await ledger.remember('x', '2');
        ledger = await bed.reopen();
        assert.equal(await ledger.recall('x'), '2');
      });
    });

    describe('what sources told', () => {
      it('note tells how many were new and keeps what was known', async () => {
        assert.equal(await ledger.note(inbox, [entry('1.1', ['\\Seen']), entry('1.1'), entry('1.2')]), 2);
        assert.equal(await ledger.note(inbox, [entry('1.1', ['\\Flagged'], 5), entry('1.3')]), 1);
        const [first] = await ledger.items(inbox, 0, 10);
        assert.deepEqual([first!.marks, first!.size, first!.account], [['\\Seen'], 1000, marie]);
        assert.equal(await ledger.note(other, [entry('1.1')]), 1);
        await refuses(ledger.note(99, [entry('1.1')]), /no folder/);
      });

      it('an item comes out as it went in', async () => {
        const alsoIn = [['Work', 'a/b'], ['Étoilés']];
        const marks = ['\\Seen', '$Forwarded', 'Größe'];
        await ledger.note(inbox, [{ key: 'ünïque "1"', marks, receivedAt: null, size: 2 ** 40, alsoIn }]);
        ledger = await bed.reopen();
        const [only] = await ledger.items(inbox, 0, 10);
        const { id, ...told } = only!;
        assert(id > 0);
        assert.deepEqual(told, {
          ...{ folder: inbox, account: marie, key: 'ünïque "1"', size: 2 ** 40, receivedAt: null },
          ...{ marks: ['$Forwarded', 'Größe', '\\Seen'], alsoIn, gone: false, outcome: null, landing: null },
          ...{ by: null, reason: null, exact: null, kin: null, likely: null, messageId: null, subject: null },
        });
      });

      it('gone items keep their outcome and come back as they were', async () => {
        const [first, second] = await noted(inbox, entry('1.1', ['\\Seen']), entry('1.2'));
        const landing = await carried(first!, 'a', '9.1');
        await ledger.gone(inbox, ['1.1', 'never told']);
        assert.deepEqual(await item(inbox, '1.1').then((row) => [row.gone, row.outcome]), [true, 'copied']);
        assert.equal((await item(inbox, '1.2')).gone, false);
        assert.equal(await ledger.note(inbox, [entry('1.1')]), 0);
        const back = await item(inbox, '1.1');
        assert.deepEqual([back.gone, back.landing, back.marks], [false, landing, ['\\Seen']]);
        await ledger.gone(inbox, 'all');
        assert.deepEqual(await ledger.waiting(inbox, 0, 10), []);
        assert.equal((await ledger.counts()).gone, 2);
        assert.equal(second!.gone, false);
      });

      it('remark replaces the marks of known keys', async () => {
        await noted(inbox, entry('1.1', ['\\Seen']));
        await ledger.remark(inbox, [
          { key: '1.1', marks: ['\\Seen', '\\Answered'] },
          { key: 'unknown', marks: ['\\Seen'] },
        ]);
        assert.deepEqual((await item(inbox, '1.1')).marks, ['\\Answered', '\\Seen']);
        assert.equal((await ledger.items(inbox, 0, 10)).length, 1);
      });

      it('a left item can wait again, and only a left one', async () => {
        const [item] = await noted(inbox, entry('1.1'));
        await refuses(ledger.settle([{ is: 'again', item: item!.id }]), /not left/);
        await ledger.settle([{ is: 'left', item: item!.id, reason: REASON }]);
        await ledger.settle([{ is: 'again', item: item!.id }]);
        const [again] = await ledger.waiting(inbox, 0, 10);
        assert.deepEqual([again?.id, again?.outcome, again?.reason], [item!.id, null, null]);
        assert.deepEqual(await ledger.exceptions(0, 10), []);
        assert.equal((await ledger.counts()).open, 1);
      });

      it('waitingByFolder counts what waits, and nothing else', async () => {
        const sized = (key: string, size: number) => ({ ...entry(key), size });
        await ledger.note(inbox, [sized('1.1', 10), sized('1.2', 20), sized('1.3', 40)]);
        await ledger.note(other, [sized('1.1', 5)]);
        await ledger.gone(other, 'all');
        const [first] = await ledger.waiting(inbox, 0, 1);
        await ledger.settle([{ is: 'left', item: first!.id, reason: REASON }]);
        assert.deepEqual(await ledger.waitingByFolder(), [{ folder: inbox, items: 2, bytes: 60 }]);
      });

      it('waiting and items page by id', async () => {
        const keys = Array.from({ length: 25 }, (_, at) => entry(`1.${at}`));
        const items = await noted(inbox, ...keys);
        await ledger.note(other, [entry('x')]);
        await ledger.intend([step(items[3]!.id, place, 'a')]);
        await ledger.settle([{ is: 'left', item: items[4]!.id, reason: REASON }]);
        const seen: number[] = [];
        for (let after = 0; ; after = seen.at(-1)!) {
          const page = await ledger.waiting(inbox, after, 10);
          if (page.length === 0) break;
          assert(page.length <= 10);
          seen.push(...ids(page));
        }
        assert.deepEqual(
          seen,
          ids(items).filter((_, at) => at !== 3 && at !== 4),
        );
        assert.deepEqual(ids(await ledger.items(inbox, items[19]!.id, 10)), ids(items.slice(20)));
      });

      it('identify tells who a message is; a missing date does not unset a known one', async () => {
        const only = await one(inbox, '1.1', ['\\Seen']);
        const read = { ...identity(only, 'a'), size: 7, marks: ['\\Seen', '\\Flagged'], receivedAt: null };
        await ledger.identify([{ ...read, messageId: 'a@b', subject: 'Été' }]);
        const known = await item(inbox, '1.1');
        const { exact, kin, likely, messageId, subject, size, marks, receivedAt } = known;
        assert.deepEqual([exact, kin, likely], [digest('a'), digest('kin a'), digest('likely a')]);
        assert.deepEqual([messageId, subject, size, receivedAt], ['a@b', 'Été', 7, only.receivedAt]);
        assert.deepEqual(marks, ['\\Flagged', '\\Seen']);
        await refuses(ledger.identify([{ ...identity(only, 'a'), exact: 'abc' }]), /SHA-256/);
      });
    });

    describe('landings', () => {
      it('a landing comes out as it went in', async () => {
        const only = await one(inbox, '1.1');
        const before = Date.now();
        const altered = ['line-ends', 'nul'];
        const sent = { ...step(only.id, place, 'a', ['\\Seen']), sent: digest('repaired'), altered };
        const [id] = await ledger.intend([
          { ...sent, rung: 'repaired:nul', likely: digest('l'), receivedAt: null },
        ]);
        ledger = await bed.reopen();
        const landing = await ledger.landing(id!);
        assert(landing!.intendedAt >= before && landing!.intendedAt <= Date.now());
        assert.deepEqual(
          { ...landing, intendedAt: 0 },
          {
            ...{
              id,
              place,
              state: 'intended',
              key: null,
              sent: digest('repaired'),
              size: 1000,
              exact: digest('a'),
            },
            ...{ kin: digest('kin a'), likely: digest('l'), messageId: 'a@example.org', marks: ['\\Seen'] },
            ...{ receivedAt: null, rung: 'repaired:nul', altered, stored: null, intendedAt: 0 },
          },
        );
        assert.equal(await ledger.landing(99), null);
      });

      it('intend refuses what is gone, unknown, or has no place', async () => {
        const only = await one(inbox, '1.1');
        await refuses(ledger.intend([step(99, place, 'a')]), /item 99/);
        await refuses(ledger.intend([step(only.id, 99, 'a')]), /no place 99/);
        await refuses(ledger.intend([{ ...step(only.id, place, 'a'), kin: 'short' }]), /SHA-256/);
        await ledger.gone(inbox, ['1.1']);
        await refuses(ledger.intend([step(only.id, place, 'a')]), /not waiting/);
        assert.deepEqual(await ledger.intend([]), []);
      });

      it('landed, then verified: unsettled and unverified tell what is due', async () => {
        const elsewhere = (await ledger.place(['Sent'])).id;
        const [first, second] = await noted(inbox, entry('1.1'), entry('1.2'));
        const [a, b] = await ledger.intend([step(first!.id, place, 'a'), step(second!.id, elsewhere, 'b')]);
        assert.deepEqual(ids(await ledger.unsettled(place)), [a]);
        assert.deepEqual(ids(await ledger.unsettled()), [a, b]);
        await ledger.settle([
          { is: 'landed', landing: a!, key: null },
          { is: 'landed', landing: b!, key: '8.1' },
        ]);
        assert.deepEqual(await ledger.unsettled(), []);
        assert.deepEqual(ids(await ledger.unverified()), [a, b]);
        assert.deepEqual(ids(await ledger.unverified(elsewhere)), [b]);
        const altered = ['eight-bit-header'];
        await ledger.settle([{ is: 'verified', landing: a!, key: '9.1', stored: digest('stored'), altered }]);
        assert.deepEqual(ids(await ledger.unverified()), [b]);
        const done = await ledger.landing(a!);
        assert.deepEqual([done!.state, done!.key, done!.altered], ['verified', '9.1', altered]);
        assert.equal(done!.stored, digest('stored'));
        await refuses(ledger.settle([{ is: 'landed', landing: a!, key: '9.1' }]), /verified/);
      });

      it('an uncertain landing that was read back is thereby copied', async () => {
        const only = await one(inbox, '1.1');
        const [landing] = await ledger.intend([step(only.id, place, 'a')]);
        ledger = await bed.crash();
        await ledger.settle([{ is: 'verified', landing: landing!, key: '9.1', stored: null, altered: [] }]);
        assert.equal((await item(inbox, '1.1')).outcome, 'copied');
      });

      it('absent: the landing goes and its items wait again, merged ones too', async () => {
        const only = await one(inbox, '1.1');
        const archived = await one(other, '5');
        const [landing] = await ledger.intend([step(only.id, place, 'a')]);
        await ledger.settle([{ is: 'merged', item: archived.id, landing: landing!, by: 'exact' }]);
        await ledger.settle([{ is: 'absent', landing: landing! }]);
        assert.equal(await ledger.landing(landing!), null);
        assert.deepEqual(ids(await ledger.waiting(inbox, 0, 10)), [only.id]);
        const [again] = await ledger.waiting(other, 0, 10);
        assert.deepEqual([again!.id, again!.outcome, again!.by], [archived.id, null, null]);
        await refuses(ledger.settle([{ is: 'absent', landing: landing! }]), /no landing/);
      });

      it('left takes its intended landing away; with others in it, it may not', async () => {
        const [first, second] = await noted(inbox, entry('1.1'), entry('1.2'));
        const archived = await one(other, '5');
        const [a, b] = await ledger.intend([step(first!.id, place, 'a'), step(second!.id, place, 'b')]);
        await ledger.settle([{ is: 'left', item: first!.id, reason: REASON }]);
        assert.equal(await ledger.landing(a!), null);
        const left = await item(inbox, '1.1');
        assert.deepEqual([left.outcome, left.landing, left.reason], ['left', null, REASON]);
        await ledger.settle([{ is: 'merged', item: archived.id, landing: b!, by: 'exact' }]);
        await refuses(ledger.settle([{ is: 'asked', item: second!.id, reason: REASON }]), /other items/);
        await refuses(ledger.settle([{ is: 'left', item: 99, reason: REASON }]), /no item/);
      });

      it('merged joins and says by what', async () => {
        const landing = await carried(await one(inbox, '1.1'), 'a', '9.1');
        const archived = await one(other, '5');
        await refuses(
          ledger.settle([{ is: 'merged', item: archived.id, landing: 99, by: 'exact' }]),
          /no landing/,
        );
        await ledger.settle([{ is: 'merged', item: archived.id, landing, by: 'likely' }]);
        const joined = await item(other, '5');
        assert.deepEqual([joined.outcome, joined.landing, joined.by], ['merged', landing, 'likely']);
      });

      it('moved: the item follows its gone self, which lets go', async () => {
        const old = await one(inbox, '1.1');
        const landing = await carried(old, 'a', '9.1');
        const fresh = await one(inbox, '2.1');
        await refuses(ledger.settle([{ is: 'moved', item: fresh.id, from: old.id }]), /cannot follow/);
        await ledger.gone(inbox, ['1.1']);
        const foreign = await one(other, '5');
        await refuses(ledger.settle([{ is: 'moved', item: foreign.id, from: old.id }]), /cannot follow/);
        await ledger.settle([{ is: 'moved', item: fresh.id, from: old.id }]);
        const moved = await item(inbox, '2.1');
        assert.deepEqual([moved.outcome, moved.landing, moved.by], ['copied', landing, 'moved']);
        const former = await item(inbox, '1.1');
        assert.deepEqual([former.outcome, former.landing, former.gone], [null, null, true]);
        await refuses(ledger.settle([{ is: 'moved', item: foreign.id, from: old.id }]), /cannot follow/);
        await ledger.advance(inbox, 'x');
      });

      it('moved from an uncertain landing leaves it to be settled', async () => {
        const old = await one(inbox, '1.1');
        const [landing] = await ledger.intend([step(old.id, place, 'a')]);
        await ledger.gone(inbox, 'all');
        const fresh = await one(inbox, '2.1');
        await ledger.settle([{ is: 'moved', item: fresh.id, from: old.id }]);
        assert.equal((await item(inbox, '2.1')).outcome, null);
        await ledger.settle([{ is: 'landed', landing: landing!, key: null }]);
        assert.equal((await item(inbox, '2.1')).outcome, 'copied');
      });

      it('goneByExact finds former selves that still hold a landing', async () => {
        const [first, second] = await noted(inbox, entry('1.1'), entry('1.2'));
        const foreign = await one(other, '5');
        const three = [identity(first!, 'a'), identity(second!, 'a'), identity(foreign, 'a')];
        await ledger.identify(three);
        await carried(first!, 'a', '9.1');
        await ledger.gone(inbox, 'all');
        await ledger.gone(other, 'all');
        assert.deepEqual(ids(await ledger.goneByExact(marie, [digest('a'), digest('b')])), [first!.id]);
        assert.deepEqual(await ledger.goneByExact(paul, [digest('a')]), []);
      });

      it('found messages are landings that are not ours; known keys are ignored', async () => {
        const ours = await carried(await one(inbox, '1.1'), 'a', '9.1');
        const there = [
          { ...message('a'), key: '9.1' },
          { ...message('b', ['\\Seen']), key: '9.2' },
          { ...message('c'), key: '9.2' },
        ];
        await ledger.found(place, there);
        await ledger.found(place, there);
        const [mine, found, ...more] = await ledger.landingsByKey(place, ['9.1', '9.2']);
        assert.equal((await ledger.landingsByExact([digest('c')])).length, 0);
        assert.deepEqual([mine!.id, mine!.state, more.length], [ours, 'landed', 0]);
        assert.deepEqual([found!.state, found!.key, found!.marks], ['found', '9.2', ['\\Seen']]);
        await refuses(ledger.settle([{ is: 'landed', landing: found!.id, key: '9.2' }]), /found/);
        const verified: Outcome = {
          is: 'verified',
          landing: found!.id,
          key: '9.2',
          stored: null,
          altered: [],
        };
        await refuses(ledger.settle([verified]), /found/);
        await refuses(ledger.found(99, there), /no place/);
        await ledger.settle([
          { is: 'merged', item: (await one(inbox, '1.2')).id, landing: found!.id, by: 'exact' },
        ]);
      });

      it('a found message that turns out to be ours becomes our landing, with what joined it', async () => {
        const only = await one(inbox, '1.1');
        const archived = await one(other, '5');
        const [landing] = await ledger.intend([step(only.id, place, 'a')]);
        await ledger.found(place, [{ ...message('a'), key: '9.1' }]);
        const [found] = await ledger.landingsByKey(place, ['9.1']);
        await ledger.settle([{ is: 'merged', item: archived.id, landing: found!.id, by: 'exact' }]);
        await ledger.settle([{ is: 'verified', landing: landing!, key: '9.1', stored: null, altered: [] }]);
        assert.deepEqual(ids(await ledger.landingsByKey(place, ['9.1'])), [landing]);
        assert.deepEqual(ids(await ledger.itemsOf([landing!])), [only.id, archived.id]);
        assert.equal(await ledger.landing(found!.id), null);
      });

      it('no two of our landings have one key', async () => {
        const [first, second] = await noted(inbox, entry('1.1'), entry('1.2'));
        await carried(first!, 'a', '9.1');
        const [landing] = await ledger.intend([step(second!.id, place, 'a')]);
        await refuses(ledger.settle([{ is: 'landed', landing: landing!, key: '9.1' }]), /belongs to landing/);
        assert.deepEqual(ids(await ledger.unsettled()), [landing]);
      });

      it('landings are found by digest and key', async () => {
        const elsewhere = (await ledger.place(['Sent'])).id;
        const items = await noted(inbox, ...Array.from({ length: 5 }, (_, at) => entry(`1.${at}`)));
        const [a, b, c, d] = await ledger.intend([
          step(items[0]!.id, place, 'x1'),
          step(items[1]!.id, place, 'x2'),
          step(items[2]!.id, elsewhere, 'x1'),
          step(items[3]!.id, place, 'y'),
          step(items[4]!.id, place, 'z'),
        ]);
        await ledger.settle([{ is: 'landed', landing: d!, key: '9.4' }]);
        const byExact = await ledger.landingsByExact([
          digest('x1'),
          digest('nothing'),
          digest('y'),
          digest('x1'),
        ]);
        assert.deepEqual(ids(byExact), [a, c, d]);
        assert.deepEqual(ids(await ledger.landingsByKin([digest('kin x')])), [a, b, c]);
        assert.deepEqual(ids(await ledger.landingsByKey(place, ['9.4', '9.5'])), [d]);
        assert.deepEqual(await ledger.landingsByKey(elsewhere, ['9.4']), []);
      });

      it('itemsOf tells all items of landings, gone ones included', async () => {
        const landing = await carried(await one(inbox, '1.1'), 'a', '9.1');
        const second = await carried(await one(inbox, '1.2'), 'b', '9.2');
        const archived = await one(other, '5');
        await ledger.settle([{ is: 'merged', item: archived.id, landing, by: 'exact' }]);
        await ledger.gone(inbox, 'all');
        const keys = (await ledger.itemsOf([second, landing, landing, 99])).map((row) => row.key);
        assert.deepEqual(keys, ['1.1', '1.2', '5']);
      });

      it('mergeable tells whether looking for duplicates is worth it', async () => {
        const [first] = await noted(inbox, entry('1.1'), entry('1.2'));
        assert.equal(await ledger.mergeable(marie), false);
        const landing = await carried(first!, 'a', '9.1');
        assert.equal(await ledger.mergeable(marie), false);
        assert.equal(await ledger.mergeable(paul), true);
        await ledger.gone(inbox, ['1.2']);
        assert.equal(await ledger.mergeable(marie), true);
        await ledger.note(inbox, [entry('1.2')]);
        await ledger.settle([{ is: 'absent', landing }]);
        assert.equal(await ledger.mergeable(paul), false);
        await ledger.found(place, [{ ...message('b'), key: '9.2' }]);
        assert.equal(await ledger.mergeable(marie), true);
      });
    });

    describe('marks', () => {
      async function wanted(): Promise<[number, string[]][]> {
        const rows = await ledger.unmarked(0, 100);
        return rows.map(({ landing, wanted: marks }: { landing: Landing; wanted: string[] }) => [
          landing.id,
          marks,
        ]);
      }

      it('nothing to do for a landing that was given what its item has', async () => {
        await carried(await one(inbox, '1.1', ['\\Seen', '$Work']), 'a', '9.1', ['$Work', '\\Seen']);
        assert.deepEqual(await wanted(), []);
      });

      it('marks add up over copies', async () => {
        const landing = await carried(await one(inbox, '1.1', ['\\Seen']), 'a', '9.1');
        const archived = await one(other, '5', ['\\Flagged', 'Work']);
        await ledger.settle([{ is: 'merged', item: archived.id, landing, by: 'exact' }]);
        assert.deepEqual(await wanted(), [[landing, ['Work', '\\Flagged', '\\Seen']]]);
        await ledger.settle([{ is: 'marked', landing, marks: ['\\Seen', '\\Flagged', 'Work'] }]);
        assert.deepEqual(await wanted(), []);
        assert.deepEqual((await ledger.landing(landing))!.marks, ['Work', '\\Flagged', '\\Seen']);
        await refuses(ledger.settle([{ is: 'marked', landing: 99, marks: [] }]), /no landing/);
      });

      it('\\Deleted only when every copy has it', async () => {
        const landing = await carried(await one(inbox, '1.1', ['\\Deleted']), 'a', '9.1');
        const archived = await one(other, '5');
        await ledger.settle([{ is: 'merged', item: archived.id, landing, by: 'exact' }]);
        assert.deepEqual(await wanted(), [[landing, []]]);
        await ledger.remark(other, [{ key: '5', marks: ['\\Deleted'] }]);
        assert.deepEqual(await wanted(), []);
      });

      it('a change at a source is wanted at the target, also when a mark is taken away', async () => {
        const landing = await carried(await one(inbox, '1.1', ['\\Seen']), 'a', '9.1');
        await ledger.remark(inbox, [{ key: '1.1', marks: [] }]);
        assert.deepEqual(await wanted(), [[landing, []]]);
        await ledger.remark(inbox, [{ key: '1.1', marks: ['\\Seen'] }]);
        assert.deepEqual(await wanted(), []);
      });

      it('a copy that goes takes no mark away; the last one gone leaves the marks as they are', async () => {
        const landing = await carried(await one(inbox, '1.1', ['\\Seen']), 'a', '9.1');
        const archived = await one(other, '5', ['\\Flagged']);
        await ledger.settle([{ is: 'merged', item: archived.id, landing, by: 'exact' }]);
        await ledger.settle([{ is: 'marked', landing, marks: ['\\Flagged', '\\Seen'] }]);
        await ledger.gone(other, ['5']);
        assert.deepEqual(await wanted(), []);
        await ledger.remark(inbox, [{ key: '1.1', marks: [] }]);
        assert.deepEqual(await wanted(), [[landing, ['\\Flagged']]]);
        await ledger.gone(inbox, 'all');
        assert.deepEqual(await wanted(), []);
        await ledger.note(other, [entry('5')]);
        assert.deepEqual(await wanted(), [[landing, ['\\Flagged']]]);
      });

      it('a found message keeps its own marks and is itself a copy', async () => {
        await ledger.found(place, [{ ...message('a', ['\\Answered']), key: '9.1' }]);
        const [found] = await ledger.landingsByKey(place, ['9.1']);
        assert.deepEqual(await wanted(), []);
        const only = await one(inbox, '1.1', ['\\Seen', '\\Deleted']);
        await ledger.settle([{ is: 'merged', item: only.id, landing: found!.id, by: 'exact' }]);
        assert.deepEqual(await wanted(), [[found!.id, ['\\Answered', '\\Seen']]]);
      });

      it('a landing without a key cannot be marked yet', async () => {
        const only = await one(inbox, '1.1', ['\\Seen']);
        const [landing] = await ledger.intend([step(only.id, place, 'a', [])]);
        assert.deepEqual(await wanted(), []);
        await ledger.settle([{ is: 'landed', landing: landing!, key: '9.1' }]);
        assert.deepEqual(await wanted(), [[landing, ['\\Seen']]]);
      });

      it('what was read better, moved or claimed counts', async () => {
        const old = await one(inbox, '1.1');
        const landing = await carried(old, 'a', '9.1');
        await ledger.identify([{ ...identity(old, 'a'), marks: ['\\Flagged'] }]);
        assert.deepEqual(await wanted(), [[landing, ['\\Flagged']]]);
        await ledger.gone(inbox, 'all');
        const fresh = await one(inbox, '2.1', ['\\Draft']);
        await ledger.settle([{ is: 'moved', item: fresh.id, from: old.id }]);
        assert.deepEqual(await wanted(), [[landing, ['\\Draft']]]);
      });

      it('unmarked pages by id, and what is due is told until it is done', async () => {
        const items = await noted(inbox, ...Array.from({ length: 7 }, (_, at) => entry(`1.${at}`)));
        const landings = await ledger.intend(items.map((row) => step(row.id, place, 'a')));
        await ledger.settle(landings.map((landing, at) => ({ is: 'landed', landing, key: `9.${at}` })));
        await ledger.remark(
          inbox,
          items.map(({ key }) => ({ key, marks: ['\\Seen'] })),
        );
        const page = await ledger.unmarked(landings[1]!, 3);
        assert.deepEqual(
          page.map((row) => row.landing.id),
          landings.slice(2, 5),
        );
        ledger = await bed.reopen();
        assert.equal((await wanted()).length, 7);
      });
    });

    describe('sums', () => {
      it('counts add up over items that are not gone', async () => {
        const items = await noted(inbox, ...Array.from({ length: 6 }, (_, at) => entry(`1.${at}`, [], 10)));
        const archived = await one(other, '5');
        const landing = await carried(items[0]!, 'a', '9.1');
        const gone = await carried(items[5]!, 'b', '9.2');
        await ledger.intend([step(items[1]!.id, place, 'c')]);
        await ledger.settle([
          { is: 'left', item: items[2]!.id, reason: REASON },
          { is: 'asked', item: items[3]!.id, reason: REASON },
          { is: 'merged', item: archived.id, landing, by: 'exact' },
        ]);
        await ledger.gone(inbox, ['1.5']);
        await ledger.identify([{ ...identity(items[4]!, 'd'), size: 15 }]);
        const sums = { entries: 6, copied: 1, merged: 1, left: 1, asked: 1, open: 2, gone: 1, bytes: 1055 };
        assert.deepEqual(await ledger.counts(), sums);
        ledger = await bed.reopen();
        assert.deepEqual(await ledger.counts(), sums);
        await ledger.settle([{ is: 'absent', landing: gone }]);
        assert.deepEqual(await ledger.counts(), sums);
        await ledger.settle([{ is: 'absent', landing }]);
        assert.deepEqual(await ledger.counts(), { ...sums, copied: 0, merged: 0, open: 4 });
      });

      it('exceptions are what was left or asked, with the reason', async () => {
        const items = await noted(inbox, ...Array.from({ length: 4 }, (_, at) => entry(`1.${at}`)));
        await carried(items[1]!, 'a', '9.1');
        await ledger.settle([
          { is: 'left', item: items[0]!.id, reason: REASON },
          { is: 'asked', item: items[2]!.id, reason: '{}' },
          { is: 'left', item: items[3]!.id, reason: REASON },
        ]);
        await ledger.gone(inbox, ['1.3']);
        assert.deepEqual(
          (await ledger.exceptions(0, 2)).map((row) => [row.id, row.outcome, row.reason, row.gone]),
          [
            [items[0]!.id, 'left', REASON, false],
            [items[2]!.id, 'asked', '{}', false],
          ],
        );
        const rest = await ledger.exceptions(items[2]!.id, 2);
        assert.deepEqual(
          rest.map((row) => [row.id, row.gone]),
          [[items[3]!.id, true]],
        );
      });

      it('counts of one account are its own; those of all add up', async () => {
        const theirs = await ledger.folder(await ledger.enrol('other', 1), ['INBOX']);
        await noted(inbox, entry('1.1'), entry('1.2'));
        await noted(theirs.id, entry('1.1'));
        const [mine, their, all] = [
          await ledger.counts(marie),
          await ledger.counts(theirs.account),
          await ledger.counts(),
        ];
        assert.deepEqual([mine.entries, their.entries, all.entries], [2, 1, 3]);
        assert.equal(mine.bytes + their.bytes, all.bytes);
      });

      it('an empty ledger counts nothing', async () => {
        const none = { entries: 0, copied: 0, merged: 0, left: 0, asked: 0, open: 0, gone: 0, bytes: 0 };
        assert.deepEqual(await ledger.counts(), none);
      });
    });
  });
}
