import { describe, it } from 'node:test';
import { known } from './suite/known.suite.ts';
import { landings } from './suite/landings.suite.ts';
import { laws } from './suite/laws.suite.ts';
import { marks } from './suite/marks.suite.ts';
import { names } from './suite/names.suite.ts';
import { sums } from './suite/sums.suite.ts';
import { told } from './suite/told.suite.ts';
import { type Bed, type Law, openTrial } from './suite/trial.ts';

export { type Bed, digest, entry, identity, message, step } from './suite/trial.ts';

const THEMES: Readonly<Record<string, (law: Law) => void>> = {
  laws,
  names,
  'what sources told': told,
  landings,
  'what lies at the target': known,
  marks,
  sums,
};

/** Every law and verb of `Ledger`; each test has a ledger of its own. */
export function ledgerSuite(name: string, make: () => Promise<Bed>): void {
  const law: Law = (title, run) =>
    it(title, async () => {
      const bed = await make();
      try {
        await run(await openTrial(bed));
      } finally {
        await bed.end();
      }
    });
  describe(`ledger: ${name}`, () => {
    for (const [theme, declare] of Object.entries(THEMES)) describe(theme, () => declare(law));
  });
}
