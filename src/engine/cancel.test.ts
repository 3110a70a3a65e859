import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { letter } from '../../test/journeys/memory-road.ts';
import { memoryLedger } from '../ledger/memory/ledger.ts';
import { watchTarget } from '../stores/around/watch.ts';
import { memoryMailbox } from '../stores/memory/mailbox.ts';
import type { Event } from './event.ts';
import { move } from './run.ts';

test('a run that is cancelled ends whole: nothing of it still asks a store, nothing is told afterwards', async () => {
  const source = memoryMailbox({ name: 'old' });
  for (let n = 0; n < 900; n++) source.add(['INBOX'], { bytes: letter(n) });
  const cancelling = new AbortController();
  const told: Event[] = [];
  let readsUnderWay = 0;
  const target = watchTarget(memoryMailbox({ name: 'new' }).target(), {
    // A chunk is read back, slowly, while the next one is to be carried: then the person has had enough.
    begin({ method }) {
      if (method !== 'read') return;
      readsUnderWay++;
      cancelling.abort();
    },
    async answer({ method }) {
      if (method === 'read') await pause(5);
    },
    end({ method }) {
      if (method === 'read') readsUnderWay--;
    },
  });
  const cancelled = move({
    sources: [source.source()],
    target,
    ledger: memoryLedger(),
    scratch: tmpdir(),
    signal: cancelling.signal,
    tell: (event) => told.push(event),
    options: { dryRun: false, lanes: 1 },
  });
  await assert.rejects(cancelled, { name: 'Cancelled' });
  assert.equal(readsUnderWay, 0);
  assert.deepEqual(told.at(-1), { event: 'cancelled', done: 400, of: 900 });
  const before = told.length;
  await target.close();
  await pause(50);
  assert.deepEqual(told.slice(before), []);
});
