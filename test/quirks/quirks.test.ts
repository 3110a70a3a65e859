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
