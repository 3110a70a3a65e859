import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { killJourney } from './kill.ts';
import { SERVERS } from './stands.ts';

const SEED = Number(process.env.MALLEPOSTE_SEED ?? 7);

// Most of a run is waiting: for the engine to start, and for the settle time.
suite('kills', { concurrency: true }, () => {
  for (const server of SERVERS) {
    test(`the engine killed again and again, into ${server}: everything once (seed ${SEED})`, {
      timeout: 240_000,
    }, async (t) => {
      const figures = await killJourney({ server, kills: 5, seed: SEED, letters: 30 });
      if (!figures) return t.skip(`no ${server}, or no Dovecot for the sources, can be had here`);
      assert.ok(figures.kills >= 5);
      t.diagnostic(JSON.stringify(figures));
    });
  }
});
