import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { fuzzRuns, mutated, numbersFrom } from '../../formats/zip/mutate.fixture.ts';
import { makeZip } from '../../formats/zip/zip.fixture.ts';
import { isTrouble } from '../../trouble.ts';
import { digestHold } from '../holds/digest.ts';
import { openTakeoutSource } from './source.ts';
import { writeTakeout } from './takeout.fixture.ts';

const RUNS = fuzzRuns(2000);
const SEED = Number(process.env.MALLEPOSTE_SEED ?? 20_261_124);
const dir = mkdtempSync(path.join(tmpdir(), 'takeout-fuzz-'));
after(() => rmSync(dir, { recursive: true }));

const LABELS = [
  ['Inbox', 'Unread'],
  ['Boîte de réception', 'Ouvert', 'Culture, associations/"été"'],
  ['Archived', 'Opened', 'IMAP_$Forwarded', 'a/b/c'],
  ['Trash', 'Chat'],
];
const LETTERS = LABELS.map((labels, n) => ({
  ...{ id: 1_628_424_719_502_045_299n + BigInt(n), labels, receivedAt: 1_552_986_831_000 },
  bytes: Buffer.from(
    `Subject: ${n}\r\nMessage-ID: <${n}@x>\r\n\r\nFrom here\r\n${'Une ligne.\r\n'.repeat(9)}`,
  ),
}));

test(`${RUNS} mutated exports give messages or malformed (seed ${SEED})`, async () => {
  const mbox = writeTakeout(LETTERS);
  const zip = makeZip([{ name: 'Takeout/Mail/Tout.mbox', bytes: mbox }]);
  const random = numbersFrom(SEED);
  const rss = process.memoryUsage().rss;
  const seen = { messages: 0, unread: 0, malformed: 0 };
  for (let run = 0; run < RUNS; run += 1) {
    const file = path.join(dir, `run-${run}`, run % 2 ? 'takeout.zip' : 'Tout.mbox');
    mkdirSync(path.dirname(file));
    // Of the archive, one in two is sound outside and damaged within.
    const bytes =
      run % 4 === 3
        ? makeZip([{ name: 'Takeout/Mail/Tout.mbox', bytes: mutated(mbox, random), method: run % 8 }])
        : mutated(run % 2 ? zip : mbox, random);
    writeFileSync(file, bytes);
    const since = performance.now();
    await outcome(file, bytes.length, seen);
    assert.ok(performance.now() - since < 3000, `run ${run} takes too long`);
    rmSync(path.dirname(file), { recursive: true });
  }
  assert.ok(seen.messages > 0 && seen.malformed > 0 && seen.unread > 0, JSON.stringify(seen));
  assert.ok(process.memoryUsage().rss - rss < 500e6, 'memory');
});

async function outcome(
  file: string,
  size: number,
  seen: { messages: number; unread: number; malformed: number },
): Promise<void> {
  // Where messages are put aside while others are read, they are read from there.
  const source = openTakeoutSource({ path: file, name: 'takeout:fuzz', scratch: path.join(dir, 'scratch') });
  try {
    let bytes = 0;
    for (const folder of await source.folders()) {
      assert.ok(folder.path.length > 0 && folder.path.every((segment) => segment !== ''));
      const keys: string[] = [];
      for await (const change of source.changes(folder, null))
        if (change.is === 'entry') keys.push(change.entry.key);
      assert.equal(keys.length, folder.messages);
      assert.equal(new Set(keys).size, keys.length);
      for await (const answer of source.read(folder, keys, digestHold())) {
        assert.ok(keys.includes(answer.key));
        if (answer.is === 'received') bytes += answer.body.size;
        else assert.ok(isTrouble(answer.trouble, 'malformed'), String(answer.trouble));
        seen[answer.is === 'received' ? 'messages' : 'unread'] += 1;
      }
    }
    assert.ok(bytes <= 40 * size + 1e6, 'no more mail than there is');
  } catch (error) {
    if (!isTrouble(error, 'malformed')) throw error;
    seen.malformed += 1;
  } finally {
    await source.close();
  }
}
