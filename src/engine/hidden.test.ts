import assert from 'node:assert/strict';
import { test } from 'node:test';
import { letter, memoryRoad } from '../../test/journeys/memory-road.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Entry } from '../stores/entry.ts';
import { type MemoryMailbox, memoryMailbox } from '../stores/memory/mailbox.ts';
import { FORGOTTEN } from './checkpoint.ts';

const AT = Date.UTC(2022, 2, 1);

test('a folder that its server does not show for one pass is known again when it comes back', async () => {
  const hidden = new Set<string>();
  const mailbox = memoryMailbox({ name: 'source' });
  const source: MemoryMailbox = {
    ...mailbox,
    source() {
      const whole = mailbox.source();
      const folders = async () => (await whole.folders()).filter(({ path }) => !hidden.has(path.join('/')));
      return { ...whole, folders };
    },
  };
  const target = memoryMailbox({ name: 'target' });
  const road = memoryRoad([source], target);
  const there = (): string[] => ['INBOX', 'Notes'].map((name) => `${name} ${target.messages([name]).length}`);
  mailbox.add(['Notes'], { bytes: letter(1), receivedAt: AT });
  mailbox.add(['INBOX'], { bytes: letter(2), receivedAt: AT });
  await road.move();
  hidden.add('Notes');
  assert.equal((await road.move()).entries, 1);
  hidden.clear();
  const back = await road.move();
  assert.deepEqual([back.entries, back.carried], [2, 0]);
  // A second one of the same bytes is one more, not the first one moved.
  mailbox.add(['INBOX'], { bytes: letter(1), receivedAt: AT });
  await road.move();
  assert.deepEqual(there(), ['INBOX 2', 'Notes 1']);
  const proof = await road.prove();
  assert.deepEqual([proof.entries, proof.copied, proof.missing, proof.extra], [3, 3, 0, 0]);
});

test('a letter that came, was carried by a run that was cut off, and was filed elsewhere since, is there once', async () => {
  const source = memoryMailbox({ name: 'source' });
  const target = memoryMailbox({ name: 'target' });
  const road = memoryRoad([forgetting(source)], target);
  const there = (): number =>
    ['INBOX', 'Clients'].reduce((sum, name) => sum + target.messages([name]).length, 0);
  source.add(['INBOX'], { bytes: letter(1), receivedAt: AT });
  source.add(['Clients'], { bytes: letter(2), receivedAt: AT });
  await road.move();
  const keys = [3, 4].map((n) => source.add(['INBOX'], { bytes: letter(n), receivedAt: AT }));
  await assert.rejects(road.move({}, cutAtTheEnd), /cut off/);
  road.crash();
  assert.equal(there(), 4);
  source.expunge(['INBOX'], keys);
  source.add(['Clients'], { bytes: letter(3), receivedAt: AT });
  const summary = await road.move();
  assert.deepEqual([summary.entries, summary.left, summary.carried, there()], [3, 0, 0, 4]);
});

/** As a store that compares a listing with the last one: what came and went in between it never knew. */
function forgetting(mailbox: MemoryMailbox): MemoryMailbox {
  return {
    ...mailbox,
    source() {
      const whole = mailbox.source();
      return {
        ...whole,
        async *changes(folder, since) {
          const now = new Map<string, Entry>();
          for await (const entry of whole.entries(folder)) now.set(entry.key, entry);
          const before = new Set<string>(since === null ? [] : (JSON.parse(since) as string[]));
          for (const [key, entry] of now) if (!before.has(key)) yield { is: 'entry', entry };
          for (const key of before) if (!now.has(key)) yield { is: 'gone', key };
          yield { is: 'checkpoint', checkpoint: JSON.stringify([...now.keys()]) };
        },
      };
    },
  };
}

/** The run ends before any folder's checkpoint moves on. */
function cutAtTheEnd(ledger: Ledger): Ledger {
  return new Proxy(ledger, {
    get(from, name) {
      if (name === 'advance')
        return async (folder: number, checkpoint: string) => {
          if (checkpoint !== FORGOTTEN) throw new Error('cut off');
          await from.advance(folder, checkpoint);
        };
      const value = Reflect.get(from, name) as unknown;
      return typeof value === 'function' ? value.bind(from) : value;
    },
  });
}
