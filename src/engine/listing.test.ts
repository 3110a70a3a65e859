import assert from 'node:assert/strict';
import { test } from 'node:test';
import { letter, memoryRoad } from '../../test/journeys/memory-road.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { memoryMailbox } from '../stores/memory/mailbox.ts';

const INBOX = ['INBOX'];

test('marks that change after a run was cut off before its checkpoint are not forgotten', async () => {
  const source = memoryMailbox({ name: 'source' });
  const target = memoryMailbox({ name: 'target' });
  const key = source.add(INBOX, { bytes: letter(1), marks: ['\\Seen'], receivedAt: Date.UTC(2022, 2, 1) });
  const road = memoryRoad([source], target);
  const cut = (ledger: Ledger): Ledger =>
    new Proxy(ledger, {
      get(from, name) {
        if (name === 'advance') return () => Promise.reject(new Error('cut off'));
        const value = Reflect.get(from, name) as unknown;
        return typeof value === 'function' ? value.bind(from) : value;
      },
    });
  await assert.rejects(road.move({}, cut), /cut off/);
  road.crash();
  assert.deepEqual(target.messages(INBOX)[0]?.marks, ['\\Seen']);
  source.flag(INBOX, key, ['\\Flagged', 'facture']);
  await road.move();
  assert.equal(target.messages(INBOX).length, 1);
  assert.deepEqual([...(target.messages(INBOX)[0]?.marks ?? [])].sort(), ['\\Flagged', 'facture']);
});
