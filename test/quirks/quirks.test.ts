import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startPlayer } from './play.ts';
import { runSteps } from './steps.ts';
import { transcripts } from './transcript.ts';

const LIMIT_MS = 30_000;

for (const transcript of transcripts()) {
  test(`${transcript.file}: ${transcript.en}`, { timeout: LIMIT_MS }, async () => {
    await using player = await startPlayer(transcript);
    const told = await runSteps(transcript, player.port);
    assert.equal(player.wrong(), null, `the dialogue; told until then: ${told.join(' | ')}`);
    assert.deepEqual(told, transcript.told);
  });
}

/** So many places at which each dialogue is cut, spread over its length. */
const CUTS = 6;

test('a dialogue that ends anywhere ends in an answer or a Trouble, never in a hang or a fault', {
  timeout: 4 * LIMIT_MS,
}, async () => {
  for (const transcript of transcripts()) {
    const bytes = transcript.connections
      .flat()
      .reduce((sum, line) => sum + (line.by === 'server' ? line.bytes.length : 0), 0);
    for (let cut = 1; cut <= CUTS; cut++) {
      await using player = await startPlayer(transcript, Math.ceil((bytes * cut) / (CUTS + 1)));
      const told = await runSteps(transcript, player.port);
      for (const line of told)
        assert.doesNotMatch(line, /undefined|NaN/, `${transcript.file} cut ${cut}: ${line}`);
    }
  }
});
