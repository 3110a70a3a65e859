import { describe, it } from 'node:test';
import { asking } from './suite/asking.suite.ts';
import { ending } from './suite/ending.suite.ts';
import { leasing } from './suite/leasing.suite.ts';
import { model } from './suite/model.suite.ts';
import { stopping } from './suite/stopping.suite.ts';
import { time } from './suite/time.suite.ts';
import type { Bed, Law } from './suite/trial.ts';

export { asked, type Bed, handClock, jobOf, leasedKeys, NO_LIMITS, troubled } from './suite/trial.ts';

const THEMES: Readonly<Record<string, (law: Law) => void>> = { asking, leasing, ending, stopping, time };

/** Every law and verb of `Work`; each test has a store of its own. */
export function workSuite(name: string, make: () => Promise<Bed>): void {
  const law: Law = (title, run) =>
    it(title, async () => {
      const bed = await make();
      try {
        await run(bed);
      } finally {
        await bed.end();
      }
    });
  describe(`work: ${name}`, () => {
    for (const [theme, declare] of Object.entries(THEMES)) describe(theme, () => declare(law));
    describe('any order of verbs', () => model(make));
  });
}
