import { test } from 'node:test';
import { corpusDir } from '../corpus.ts';
import { corpusJourney } from './corpus.ts';
import { SERVERS } from './stands.ts';

const real = corpusDir() === null ? 'odd messages made by hand (no corpus here)' : 'the real odd messages';

for (const server of SERVERS) {
  test(`${real} through ${server}: identical, or altered and said so`, { timeout: 240_000 }, async (t) => {
    const figures = await corpusJourney(server);
    if (!figures) return t.skip(`no ${server} can be had here`);
    t.diagnostic(JSON.stringify(figures));
  });
}
