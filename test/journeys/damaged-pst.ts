/**
 * A large PST is cut short, or loses a piece, or both its trees: everything that the damage does not touch is read, the rest
 * is named.
 */
import assert from 'node:assert/strict';
import {
  closeSync,
  copyFileSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Leaf } from '../../src/formats/pst/write-blocks.fixture.ts';
import { type Digested, digestHold } from '../../src/stores/holds/digest.ts';
import { openPstSource } from '../../src/stores/pst/source.ts';
import { isTrouble } from '../../src/trouble.ts';
import { type MadePst, type PstShape, writePstFile } from '../generate/pst.ts';
import { Random } from '../generate/random.ts';

/** What can be lost, from the first byte to before the second. */
type Hole = [from: number, to: number];

const PAGE_BYTES = 512;

export interface Damaged {
  seed: number;
  shape: PstShape;
  rounds: number;
  holeBytes: number;
}

export async function damagePst({ seed, shape, rounds, holeBytes }: Damaged): Promise<string> {
  const random = new Random(seed);
  const dir = mkdtempSync(join(tmpdir(), 'malleposte-damaged-pst-'));
  try {
    const whole = join(dir, 'whole.pst');
    const made = writePstFile(whole, shape);
    const wanted = (await readAll(whole)).received;
    assert.equal(wanted.size, made.messages.length);
    let [touched, untouched] = [0, 0];
    for (let round = 0; round < rounds; round++) {
      const from = random.below(made.bytes - 0x5000) + 0x5000;
      const hole: Hole =
        round % 3 === 0 ? [from, made.bytes] : [from, Math.min(made.bytes, from + holeBytes)];
      const file = join(dir, 'damaged.pst');
      damage(whole, file, hole, made.bytes);
      const lost = lostTo(hole, made);
      const said = `seed ${seed}, round ${round}: ${hole.join(' to ')} of ${made.bytes}`;
      const read = await readAll(file);
      for (const { nid } of made.messages) {
        if (lost.has(nid)) continue;
        assert.equal(read.received.get(nid), wanted.get(nid), `${said}: message ${nid.toString(16)}`);
        untouched++;
      }
      // A letter of which something is gone is never given as if it were whole.
      for (const [nid, digest] of read.received)
        if (lost.has(nid) && digest !== wanted.get(nid))
          assert.ok(read.noted.has(nid), `${said}: message ${nid.toString(16)} lacks something in silence`);
      if ([...lost].some((nid) => !read.received.has(nid)))
        assert.ok(read.unread > 0, `${said}: nothing is said`);
      touched += lost.size;
    }
    return `${rounds} damages of ${made.messages.length} messages: ${untouched} came, ${touched} were touched`;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Nothing leads to anything any more: all is read as if nothing had happened, and it is said. */
export async function uprootPst({ seed, shape }: Omit<Damaged, 'rounds' | 'holeBytes'>): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'malleposte-uprooted-pst-'));
  try {
    const file = join(dir, 'uprooted.pst');
    const made = writePstFile(file, shape);
    const wanted = await readAll(file);
    assert.equal(wanted.unread, 0);
    assert.equal(wanted.received.size, made.messages.length);
    uproot(file);
    const read = await readAll(file);
    assert.deepEqual(read.received, wanted.received, `seed ${seed}`);
    assert.equal(read.noted.size, 0, `seed ${seed}`);
    assert.ok(read.unread > 0, `seed ${seed}: nothing is said`);
    return `without its trees all ${read.received.size} messages came`;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Where the header of a Unicode file says that its trees begin. */
const ROOTS_AT = [224, 240];

function uproot(file: string): void {
  const out = openSync(file, 'r+');
  try {
    for (const at of ROOTS_AT) {
      const offset = Buffer.alloc(8);
      readSync(out, offset, 0, 8, at);
      writeSync(out, Buffer.alloc(PAGE_BYTES), 0, PAGE_BYTES, Number(offset.readBigUInt64LE()));
    }
  } finally {
    closeSync(out);
  }
}

function damage(whole: string, file: string, [from, to]: Hole, bytes: number): void {
  copyFileSync(whole, file);
  const out = openSync(file, 'r+');
  try {
    if (to === bytes) ftruncateSync(out, from);
    else writeSync(out, Buffer.alloc(to - from), 0, to - from, from);
  } finally {
    closeSync(out);
  }
}

/** Messages that have a block there, or an entry of a page there. */
function lostTo(hole: Hole, { messages, leaves }: MadePst): Set<number> {
  const hit = leaves.filter(({ offset }) => overlap([offset, offset + PAGE_BYTES], hole));
  const [nodes, blocks] = (['nodes', 'blocks'] as const).map((kind) => hit.filter(({ of }) => of === kind));
  const isIn = (list: Leaf[], from: number, to: number) =>
    list.some(({ keys }) => keys[0] <= to && from <= keys[1]);
  const lost = messages.filter(
    ({ nid, place, blocks: ids }) =>
      overlap(place, hole) || isIn(nodes!, nid, nid) || isIn(blocks!, ids[0], ids[1]),
  );
  return new Set(lost.map(({ nid }) => nid));
}

function overlap(a: Hole, b: Hole): boolean {
  return a[0] < b[1] && b[0] < a[1];
}

interface Read {
  /** The digest of each message that came, by its node. */
  received: Map<number, string>;
  /** Of these, those that say that something is missing in them. */
  noted: Set<number>;
  unread: number;
}

async function readAll(file: string): Promise<Read> {
  const source = openPstSource({ path: file, name: 'pst' });
  const received = new Map<number, string>();
  const noted = new Set<number>();
  let unread = 0;
  try {
    for (const folder of await source.folders()) {
      const keys: string[] = [];
      for await (const { key } of source.entries(folder)) keys.push(key);
      for await (const answer of source.read<Digested>(folder, keys, digestHold())) {
        if (answer.is === 'unread') {
          unread++;
          continue;
        }
        const nid = Number.parseInt(answer.key, 16);
        assert.ok(!received.has(nid), `${answer.key} came twice`);
        received.set(nid, answer.body.raw);
        if (answer.notes !== undefined) noted.add(nid);
      }
    }
  } catch (error) {
    // Nothing can be found in it.
    if (!isTrouble(error, 'malformed')) throw error;
    unread++;
  } finally {
    await source.close();
  }
  return { received, noted, unread };
}
