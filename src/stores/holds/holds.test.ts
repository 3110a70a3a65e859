import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { isTrouble } from '../../trouble.ts';
import type { Body, Hold, Sink } from '../hold.ts';
import { digestHold } from './digest.ts';
import { memoryHold } from './memory.ts';
import { type TravelHold, travelHold } from './travel.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'malleposte-holds-'));
after(() => rmSync(directory, { recursive: true }));

const messages = fc.array(
  fc.record({
    pieces: fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 6 }),
    hint: fc.oneof(fc.nat(1000), fc.nat(3000), fc.constant(-1)),
    fate: fc.constantFrom('keep', 'release', 'abort'),
  }),
  { maxLength: 40 },
);
type Messages = typeof messages extends fc.Arbitrary<infer T> ? T : never;

/** Writes all messages, a piece of each in turn, and gives back those kept with the bytes they must have. */
function pourAll<B extends Body>(hold: Hold<B>, list: Messages, lanes: number): { body: B; bytes: Buffer }[] {
  const kept: { body: B; bytes: Buffer }[] = [];
  for (let at = 0; at < list.length; at += lanes) {
    const group: { sink: Sink<B>; message: Messages[number] }[] = [];
    for (const message of list.slice(at, at + lanes)) group.push({ sink: hold.begin(message.hint), message });
    for (let piece = 0; piece < 6; piece += 1)
      for (const { sink, message } of group) {
        const bytes = message.pieces[piece];
        if (!bytes) continue;
        const reused = Buffer.from(bytes);
        sink.write(reused);
        reused.fill(0xee);
      }
    for (const { sink, message } of group) {
      if (message.fate === 'abort') {
        sink.abort();
        continue;
      }
      const body = sink.end();
      if (message.fate === 'keep') kept.push({ body, bytes: Buffer.concat(message.pieces) });
      else for (const _twice of [1, 2]) body.release();
    }
  }
  return kept;
}

function gather(body: Body): Buffer {
  const pieces: Buffer[] = [];
  for (const piece of body.chunks()) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

for (const [name, make] of [
  ['memoryHold', memoryHold],
  [
    'travelHold',
    () => travelHold({ directory, fileAboveBytes: 1200, slabBytes: 8192, overwriteReleased: true }),
  ],
  [
    'travelHold with messages above the slab',
    () => travelHold({ directory, fileAboveBytes: 1500, slabBytes: 256, overwriteReleased: true }),
  ],
] as const) {
  test(`${name}: what was written is what is held, to the byte`, () => {
    fc.assert(
      fc.property(messages, fc.integer({ min: 1, max: 5 }), (list, lanes) => {
        const hold = make();
        const kept = pourAll(hold, list, lanes);
        for (const { body, bytes } of kept) {
          assert.equal(body.size, bytes.length);
          if (body.memory) assert.ok(bytes.equals(body.memory));
          assert.ok(gather(body).equals(bytes));
          assert.ok(gather(body).equals(bytes), 'a second time');
        }
        for (const { body } of kept) body.release();
        if ('held' in hold) assert.equal((hold as TravelHold).held(), 0);
      }),
      { numRuns: 150 },
    );
    assert.deepEqual(readdirSync(directory), []);
  });
}

test('digestHold: size and digest of what was written, nothing kept', () => {
  fc.assert(
    fc.property(messages, fc.integer({ min: 1, max: 5 }), (list, lanes) => {
      for (const { body, bytes } of pourAll(digestHold(), list, lanes)) {
        assert.equal(body.raw, createHash('sha256').update(bytes).digest('hex'));
        assert.equal(body.size, bytes.length);
        assert.equal(body.memory, null);
        assert.throws(() => body.chunks());
      }
    }),
    { numRuns: 150 },
  );
  const large = Buffer.alloc(1_000_000, 'large');
  const sink = digestHold().begin(0);
  for (let at = 0; at < large.length; at += 60_000) sink.write(large.subarray(at, at + 60_000));
  assert.equal(sink.end().raw, createHash('sha256').update(large).digest('hex'));
});

test('travelHold: a large message lies in a file, in memory nothing of it', () => {
  const hold = travelHold({ directory, fileAboveBytes: 1024 * 1024 });
  const sink = hold.begin(0);
  const piece = Buffer.alloc(100_000, 'piece');
  for (let n = 0; n < 30; n += 1) sink.write(piece);
  const body = sink.end();
  assert.equal(body.memory, null);
  assert.equal(body.size, 3_000_000);
  assert.ok(hold.memoryBytes() <= 5 * 1024 * 1024);
  for (const chunk of body.chunks()) assert.ok(chunk.length <= 256 * 1024);
  body.release();
  assert.throws(() => gather(body));
});

test('travelHold: a hint that lies costs no memory', () => {
  const hold = travelHold({ directory, fileAboveBytes: 1024 * 1024 });
  const body = hold.begin(2 ** 45).end();
  assert.equal(body.size, 0);
  assert.equal(hold.memoryBytes(), 0);
  body.release();
});

test('travelHold: a folder that cannot be written is a Trouble', () => {
  const hold = travelHold({ directory: '/dev/null/x', fileAboveBytes: 10 });
  assert.throws(
    () => hold.begin(100),
    (error) => isTrouble(error, 'denied'),
  );
  const sink = hold.begin(1);
  assert.throws(
    () => sink.write(Buffer.alloc(100)),
    (error) => isTrouble(error, 'denied'),
  );
  sink.abort();
  assert.equal(hold.held(), 0);
});

test('travelHold: resident memory stays flat', { timeout: 60_000 }, () => {
  const program = `
    const { travelHold } = await import(${JSON.stringify(new URL('./travel.ts', import.meta.url).href)});
    const hold = travelHold({ directory: ${JSON.stringify(directory)}, fileAboveBytes: 2 ** 22 });
    const piece = Buffer.alloc(64 * 1024, 'x');
    const flying = [];
    const rss = [];
    let seed = 1;
    for (let n = 0; n < 120_000; n += 1) {
      seed = (seed * 48271) % 2147483647;
      let size = n % 2000 === 0 ? 2_000_000 : seed % 24_000;
      const sink = hold.begin(size);
      for (; size > 0; size -= piece.length) sink.write(piece.subarray(0, Math.min(size, piece.length)));
      flying.push(sink.end());
      if (flying.length > 200) flying.splice(seed % 200, 1)[0].release();
      if (n % 20_000 === 19_999) rss.push(process.memoryUsage.rss());
    }
    console.log(JSON.stringify({ rss, memory: hold.memoryBytes() }));`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  const { rss, memory }: { rss: number[]; memory: number } = JSON.parse(output);
  const megabytes = rss.map((bytes) => Math.round(bytes / 2 ** 20));
  assert.ok(megabytes.at(-1)! - megabytes[0]! < 25, `resident: ${megabytes.join(', ')} MB`);
  assert.ok(megabytes.at(-1)! < 180, `resident: ${megabytes.join(', ')} MB, slabs ${memory} bytes`);
  console.log(`resident: ${megabytes.join(', ')} MB`);
});
