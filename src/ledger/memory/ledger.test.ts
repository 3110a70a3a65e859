import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type Bed, ledgerSuite } from '../ledger.suite.ts';
import { type MemoryLedger, memoryLedger } from './ledger.ts';

async function make(): Promise<Bed> {
  let ledger: MemoryLedger = memoryLedger();
  return {
    ledger,
    crash: async () => {
      ledger = ledger.reopen();
      return ledger;
    },
    reopen: async () => {
      await ledger.close();
      ledger = ledger.reopen();
      return ledger;
    },
    end: () => ledger.close(),
  };
}

ledgerSuite('memory', make);

it('memory: a crash loses all that was told since the last intend, advance or flush', async () => {
  const ledger = memoryLedger();
  await ledger.remember('kept', 'yes');
  await ledger.flush();
  await ledger.remember('kept', 'no');
  await ledger.enrol('mbox:archive', 0);
  const next = ledger.reopen();
  assert.equal(await next.recall('kept'), 'yes');
  assert.deepEqual(await next.accounts(), []);
  await assert.rejects(ledger.counts(), /closed/);
});
