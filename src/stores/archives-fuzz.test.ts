import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { writeEmlx } from '../formats/emlx/emlx.fixture.ts';
import { fuzzRuns, mutated, numbersFrom } from '../formats/zip/mutate.fixture.ts';
import { makeZip } from '../formats/zip/zip.fixture.ts';
import { isTrouble } from '../trouble.ts';
import { openEmlSource } from './eml/source.ts';
import { digestHold } from './holds/digest.ts';
import { openMboxSource } from './mbox/source.ts';
import type { Source } from './source.ts';

const RUNS = fuzzRuns(300);
const SEED = Number(process.env.MALLEPOSTE_SEED ?? 20_261_124);
const dir = mkdtempSync(path.join(tmpdir(), 'archives-fuzz-'));
after(() => rmSync(dir, { recursive: true }));

const letter = Buffer.from(`Subject: x\r\nMessage-ID: <1@x>\r\n\r\n${'Une ligne.\r\n'.repeat(30)}`);
const mbox = Buffer.from(`From - Mon Jan  5 10:00:00 2026\n${letter}\n`.repeat(6));

/** A folder of each kind there is. */
const FILES = [
  { name: 'Mail/Local Folders/Inbox', bytes: mbox },
  { name: 'Mail/Local Folders/Inbox.sbd/Clients', bytes: mbox, method: 0 },
  { name: 'prefs.js', bytes: Buffer.from('x') },
  { name: 'Live/winmail.fol', bytes: Buffer.from('x') },
  { name: 'Live/Envoyés/1.eml', bytes: letter },
  {
    name: 'V10/A/INBOX.mbox/B/Data/Messages/1.emlx',
    bytes: writeEmlx(letter, { marks: ['\\Seen'], receivedAt: 1_700_000_000_000 }),
  },
  { name: 'Outlook/1.msg', bytes: letter },
];

test(`${RUNS} mutated archives of mail files give messages or malformed (seed ${SEED})`, async () => {
  const whole = [makeZip(FILES), makeZip(FILES, { zip64: true, before: Buffer.alloc(9) })];
  const random = numbersFrom(SEED);
  const rss = process.memoryUsage().rss;
  const seen = { messages: 0, unread: 0, malformed: 0 };
  for (let run = 0; run < RUNS; run += 1) {
    // One in four lies in a directory; of one in four the archive is sound and what lies in it is not.
    const file = path.join(dir, `run-${run}`, 'x.zip');
    mkdirSync(path.dirname(file));
    const bytes =
      run % 4 === 3
        ? makeZip(
            FILES.map((each) => ({ ...each, bytes: random(2) ? each.bytes : mutated(each.bytes, random) })),
          )
        : mutated(whole[run % 2]!, random);
    writeFileSync(file, bytes);
    utimesSync(file, 1_700_000_000, 1_700_000_000);
    const given = run % 4 === 2 ? path.dirname(file) : file;
    const since = performance.now();
    await outcome(openEmlSource({ path: given, name: 'eml:fuzz' }), seen);
    await outcome(openMboxSource({ path: given, name: 'mbox:fuzz' }), seen);
    assert.ok(performance.now() - since < 5000, `run ${run} takes too long`);
    rmSync(path.dirname(file), { recursive: true });
  }
  assert.ok(seen.messages > RUNS && seen.malformed > 0 && seen.unread > 0, JSON.stringify(seen));
  assert.ok(process.memoryUsage().rss - rss < 500e6, 'memory');
});

async function outcome(
  source: Source,
  seen: { messages: number; unread: number; malformed: number },
): Promise<void> {
  try {
    let bytes = 0;
    for (const folder of await source.folders()) {
      assert.ok(folder.path.length > 0);
      const keys: string[] = [];
      for await (const change of source.changes(folder, null))
        if (change.is === 'entry') keys.push(change.entry.key);
      assert.equal(new Set(keys).size, keys.length);
      let answers = 0;
      for await (const answer of source.read(folder, keys, digestHold())) {
        answers += 1;
        assert.ok(keys.includes(answer.key));
        if (answer.is === 'received') bytes += answer.body.size;
        else assert.ok(isTrouble(answer.trouble, 'malformed', 'missing', 'refused'), String(answer.trouble));
        seen[answer.is === 'received' ? 'messages' : 'unread'] += 1;
      }
      assert.equal(answers, keys.length);
    }
    assert.ok(bytes <= 1e6, 'no more mail than there is');
  } catch (error) {
    if (!isTrouble(error, 'malformed', 'missing', 'refused')) throw error;
    seen.malformed += 1;
  } finally {
    await source.close();
  }
}
