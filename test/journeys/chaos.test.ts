/** The experiments of exactly-once delivery, kept for good: three seeds each, side by side, with UIDPLUS and without. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type ChaosFigures, type ChaosJourney, chaosJourney } from './chaos.ts';

const FIRST_SEED = Number(process.env.MALLEPOSTE_SEED ?? 11);
const SEEDS = [FIRST_SEED, FIRST_SEED + 1, FIRST_SEED + 2];
const LIMIT = { timeout: 180_000 };

async function threeSeeds(journey: Omit<ChaosJourney, 'seed'>): Promise<ChaosFigures[] | null> {
  const ended = await Promise.allSettled(SEEDS.map((seed) => chaosJourney({ ...journey, seed })));
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
  const figures = ended.map((one) => (one as PromiseFulfilledResult<ChaosFigures | null>).value);
  return figures.includes(null) ? null : (figures as ChaosFigures[]);
}

// They mostly wait, for settle times and for the line to come back: side by side.
suite(`a target behind a broken line (seeds ${SEEDS})`, { concurrency: true }, () => {
  for (const strip of [[], ['UIDPLUS']]) {
    const how = strip.length > 0 ? `without ${strip}` : 'with everything';

    test(`${how}: what lands when the connection has long gone is there once`, LIMIT, async (t) => {
      const schedule = { kinds: ['late'], peaceOneIn: 2 } as const;
      const all = await threeSeeds({
        server: 'dovecot',
        strip,
        twinOneIn: 10,
        passes: 1,
        letters: 30,
        schedule,
      });
      if (!all) return t.skip('no Dovecot can be had here');
      t.diagnostic(JSON.stringify(all));
      assert.ok(all.some(({ faults }) => faults > 0));
    });

    test(
      `${how}: one letter in three a genuine twin, some acknowledged and some in doubt`,
      LIMIT,
      async (t) => {
        const all = await threeSeeds({
          server: 'dovecot',
          strip: [...strip, 'MULTIAPPEND'],
          twinOneIn: 3,
          passes: 1,
          letters: 40,
          schedule: { peaceOneIn: 6, withinCommands: 10 },
        });
        if (!all) return t.skip('no Dovecot can be had here');
        t.diagnostic(JSON.stringify(all));
        assert.ok(all.some(({ faults }) => faults > 0));
      },
    );
  }

  test('later than the settle time: the copy too many is taken back on the next pass', LIMIT, async (t) => {
    const all = await threeSeeds({
      ...{ server: 'dovecot', twinOneIn: 3, passes: 1, letters: 40, settleSeconds: 0, waitMs: 2_500 },
      schedule: { kinds: ['late'], peaceOneIn: 4, lateMs: 2_000, withinCommands: 1 },
    });
    if (!all) return t.skip('no Dovecot can be had here');
    t.diagnostic(JSON.stringify(all));
    assert.ok(all.some(({ faults }) => faults > 0));
  });
});
