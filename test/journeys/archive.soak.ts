/** An archive of more than 3 GB into a Maildir: killed again and again, in bounded memory, every message once. */
import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readMaildir } from '../checker/maildir.ts';
import { digestOf } from '../checker/message.ts';
import { Random } from '../generate/random.ts';
import { KILLS, killAndGoOn } from './kill-and-go-on.ts';

const MB = 1024 * 1024;
const ARCHIVE_BYTES = 3_300 * MB;

export async function soak(seed: number): Promise<void> {
  const random = new Random(seed);
  const dir = mkdtempSync(join(tmpdir(), 'malleposte-archive-'));
  try {
    const archive = join(dir, 'Archives.mbox');
    const wanted = writeArchive(random, archive);
    const maildir = join(dir, 'maildir');
    const errand = {
      from: [`mbox:${archive}`],
      to: `maildir:${maildir}`,
      data: join(dir, 'data'),
      byStartScript: true,
    };
    const peakKb = await killAndGoOn(random, errand, wanted.size);
    const there = readMaildir(maildir).map(({ digest }) => digest);
    assert.equal(there.length, wanted.size, 'each message once');
    assert.deepEqual(new Set(there), wanted);
    console.log(
      `  archive: ${wanted.size} messages, ${KILLS} kills, at most ${Math.round(peakKb / 1024)} MB`,
    );
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Messages of 1 KB to 2 MB, with lines that mbox quotes; answers their digests. */
function writeArchive(random: Random, file: string): Set<string> {
  const digests = new Set<string>();
  const text = Array.from({ length: 40_000 }, () => `${random.bytes(54).toString('base64')}\n`).join('');
  const out = openSync(file, 'w');
  let size = 0;
  try {
    for (let n = 1; size < ARCHIVE_BYTES; n++) {
      const head = `Message-ID: <${n}@archive.example>\nSubject: Lettre ${n}\nFrom: a@b.example\nDate: Thu, 1 Jan 2015 00:00:00 +0000\n\n`;
      const length = random.chance(0.1) ? random.below(2 * MB) : 1_000 + random.below(200_000);
      const start = random.below(text.length - length);
      const body = `${text.slice(start, start + length)}\n${n % 7 === 0 ? 'From here on\n>From there\n' : ''}`;
      digests.add(digestOf(Buffer.from(head + body)));
      const quoted = body.replace(/^(?=>*From )/gm, '>');
      size += writeSync(out, `From a@b.example Thu Jan  1 00:00:00 2015\n${head}${quoted}\n`);
    }
  } finally {
    closeSync(out);
  }
  return digests;
}
