import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bed, ledgerSuite } from '../ledger.suite.ts';
import { openSqliteLedger } from './ledger.ts';

async function make(): Promise<Bed> {
  const folder = mkdtempSync(join(tmpdir(), 'malleposte-ledger-'));
  let run = 0;
  let ledger = await openSqliteLedger(pathOf());
  function pathOf(): string {
    return join(folder, `run-${run}.ledger`);
  }
  return {
    ledger,
    /** What the kernel has of the file at this moment is what a killed process leaves behind. */
    crash: async () => {
      const left = pathOf();
      run += 1;
      for (const part of ['', '-wal'])
        if (existsSync(left + part)) copyFileSync(left + part, pathOf() + part);
      await ledger.close();
      ledger = await openSqliteLedger(pathOf());
      return ledger;
    },
    reopen: async () => {
      await ledger.close();
      ledger = await openSqliteLedger(pathOf());
      return ledger;
    },
    end: async () => {
      await ledger.close();
      rmSync(folder, { recursive: true });
    },
  };
}

ledgerSuite('sqlite', make);
