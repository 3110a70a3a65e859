import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { handClock, workSuite } from '../work.suite.ts';
import { openSqliteWork } from './work.ts';

workSuite('sqlite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'malleposte-work-'));
  const clock = handClock();
  const work = await openSqliteWork(join(folder, 'work.sqlite'), clock);
  const other = await openSqliteWork(join(folder, 'work.sqlite'), clock);
  return {
    ...{ work, other, clock },
    end: async () => {
      await work.close();
      await other.close();
      rmSync(folder, { recursive: true });
    },
  };
});
