/** A PST of more than 3 GB into a Maildir: killed again and again, in bounded memory, every message once. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryHold } from '../../src/stores/holds/memory.ts';
import { openPstSource } from '../../src/stores/pst/source.ts';
import { readMaildir } from '../checker/maildir.ts';
import { digestOf } from '../checker/message.ts';
import { archiveShape, writePstFile } from '../generate/pst.ts';
import { Random } from '../generate/random.ts';
import { run, tellRan } from './engine.ts';
import { KILLS, killAndGoOn } from './kill-and-go-on.ts';

const ARCHIVE_BYTES = 3_300_000_000;
const READPST = '/usr/bin/readpst';
const READPST_MS = 900_000;

export async function soak(seed: number): Promise<void> {
  await soakOf(seed, ARCHIVE_BYTES);
}

export async function soakOf(seed: number, bytes: number): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'malleposte-archive-pst-'));
  try {
    const archive = join(dir, 'Archives.pst');
    const shape = archiveShape(seed, bytes);
    const { messages } = writePstFile(archive, shape);
    if (existsSync(READPST)) await comparedWithReadpst(archive, dir, messages.length + shape.folders);
    const maildir = join(dir, 'maildir');
    const errand = {
      from: [`pst:${archive}`],
      to: `maildir:${maildir}`,
      data: join(dir, 'data'),
      byStartScript: true,
    };
    await compiledOnce(dir, seed);
    const peakKb = await killAndGoOn(new Random(seed), errand, messages.length);
    const there = readMaildir(maildir).map(({ digest }) => digest);
    assert.equal(there.length, messages.length, 'each message once');
    assert.deepEqual(there.sort(), (await digestsOf(archive)).sort());
    console.log(
      `  archive: ${there.length} messages, ${KILLS} kills, at most ${Math.round(peakKb / 1024)} MB`,
    );
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The very first run after an installation strips types, in each thread: that is not what is looked at here. */
async function compiledOnce(dir: string, seed: number): Promise<void> {
  const archive = join(dir, 'small.pst');
  writePstFile(archive, { seed, bytes: 100_000, folders: 2, sizes: [1_000, 5_000] });
  const [to, data] = [`maildir:${join(dir, 'small')}`, join(dir, 'small-data')];
  const ran = await run('move', { from: [`pst:${archive}`], to, data, byStartScript: true });
  assert.equal(ran.code, 0, tellRan(ran));
}

/** As they are read in one go, by nobody disturbed. */
async function digestsOf(archive: string): Promise<string[]> {
  const source = openPstSource({ path: archive, name: 'pst' });
  const digests: string[] = [];
  for (const folder of await source.folders()) {
    const keys: string[] = [];
    for await (const { key } of source.entries(folder)) keys.push(key);
    for await (const answer of source.read(folder, keys, memoryHold())) {
      assert.ok(answer.is === 'received');
      digests.push(digestOf(answer.body.memory!));
    }
  }
  await source.close();
  return digests;
}

/** Another reader sees as much in the file: what it counts are messages and folders. */
async function comparedWithReadpst(archive: string, dir: string, wanted: number): Promise<void> {
  const out = join(dir, 'readpst');
  mkdirSync(out);
  const child = spawn(READPST, ['-j', '0', '-o', out, archive], {
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: READPST_MS,
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    said += piece;
  });
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  rmSync(out, { recursive: true });
  assert.equal(code, 0, said.slice(-2_000));
  const counted = [...said.matchAll(/(\d+) items done, (\d+) items skipped/g)];
  const [done, skipped] = [1, 2].map((n) => counted.reduce((sum, each) => sum + Number(each[n]), 0));
  assert.deepEqual({ done, skipped }, { done: wanted, skipped: 0 });
}
