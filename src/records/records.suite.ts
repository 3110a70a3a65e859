import { describe, it } from 'node:test';
import { addresses } from './suite/addresses.suite.ts';
import { apart } from './suite/apart.suite.ts';
import { findings } from './suite/findings.suite.ts';
import { hostile } from './suite/hostile.suite.ts';
import { laws } from './suite/laws.suite.ts';
import { model } from './suite/model.suite.ts';
import { passes } from './suite/passes.suite.ts';
import { people } from './suite/people.suite.ts';
import { rest } from './suite/rest.suite.ts';
import { road } from './suite/road.suite.ts';
import { secrets } from './suite/secrets.suite.ts';
import { type Bed, type Law, openTrial } from './suite/trial.ts';

const THEMES: Readonly<Record<string, (law: Law) => void>> = {
  laws,
  'organisations kept apart': apart,
  addresses,
  'sites, waves and gates': road,
  people,
  'accounts and secrets': secrets,
  passes,
  findings,
  'operators, settings, audit': rest,
  'hostile input': hostile,
  model,
};

/** Every law and verb of `Records`; each test has records of its own. */
export function recordsSuite(name: string, make: () => Promise<Bed>): void {
  const law: Law = (title, run) =>
    it(title, async () => {
      const bed = await make();
      try {
        await run(await openTrial(bed));
      } finally {
        await bed.end();
      }
    });
  describe(`records: ${name}`, () => {
    for (const [theme, declare] of Object.entries(THEMES)) describe(theme, () => declare(law));
  });
}
