import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyOf } from '../../wire/sealed.ts';
import { recordsSuite } from '../records.suite.ts';
import type { Bed } from '../suite/trial.ts';
import { openSqliteRecords } from './records.ts';

async function bedAt(path: string, bytes: () => Buffer | null, rest: () => void): Promise<Bed> {
  const bed: Bed = {
    keys: [keyOf(randomBytes(32))],
    records: undefined as never,
    async reopen({ keys = bed.keys, nowMs } = {}) {
      await bed.records.close();
      bed.records = await openSqliteRecords({ path, keys, ...(nowMs && { nowMs }) });
      return bed.records;
    },
    bytes,
    async end() {
      await bed.records.close();
      rest();
    },
  };
  bed.records = await openSqliteRecords({ path, keys: bed.keys });
  return bed;
}

recordsSuite('in memory', () =>
  bedAt(
    ':memory:',
    () => null,
    () => {},
  ),
);

recordsSuite('in a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'malleposte-records-'));
  const bytes = () => Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))));
  return bedAt(join(folder, 'records.sqlite'), bytes, () => rmSync(folder, { recursive: true }));
});
