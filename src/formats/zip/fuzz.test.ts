import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTrouble } from '../../trouble.ts';
import { listZip, openEntry } from './index.ts';
import { fuzzRuns, mutated, numbersFrom } from './mutate.fixture.ts';
import { makeZip, readsFrom } from './zip.fixture.ts';

const RUNS = fuzzRuns(2000);
const SEED = Number(process.env.MALLEPOSTE_SEED ?? 20_261_124);

test(`${RUNS} mutated archives give their bytes or malformed (seed ${SEED})`, async () => {
  const text = Buffer.from('Une ligne de lettre, et une autre.\r\n'.repeat(40));
  const whole = [
    makeZip([
      { name: 'Takeout/Mail/Tous les messages.mbox', bytes: text },
      { name: 'b', bytes: text.subarray(0, 99), method: 0 },
    ]),
    makeZip([{ name: 'x', bytes: text, zip64: true }], { zip64: true, before: Buffer.alloc(9) }),
  ];
  const random = numbersFrom(SEED);
  const seen = { whole: 0, malformed: 0 };
  const heap = process.memoryUsage().rss;
  for (let run = 0; run < RUNS; run += 1) {
    const bytes = mutated(whole[run % whole.length]!, random);
    const since = performance.now();
    seen[await outcome(bytes)] += 1;
    assert.ok(performance.now() - since < 2000, `run ${run} takes too long`);
  }
  assert.ok(seen.whole > 0 && seen.malformed > 0, JSON.stringify(seen));
  assert.ok(process.memoryUsage().rss - heap < 500e6, 'memory');
});

async function outcome(bytes: Buffer): Promise<'whole' | 'malformed'> {
  try {
    const { entries } = await listZip(readsFrom(bytes), bytes.length, 'x.zip');
    for (const entry of entries) {
      const stream = await openEntry(readsFrom(bytes), entry, 'x.zip');
      const room = Buffer.alloc(1000);
      let total = 0;
      try {
        for (let read = await stream.read(room); read > 0; read = await stream.read(room)) total += read;
      } finally {
        stream.close();
      }
      assert.equal(total, entry.size);
    }
    return 'whole';
  } catch (error) {
    if (!isTrouble(error, 'malformed')) throw error;
    return 'malformed';
  }
}
