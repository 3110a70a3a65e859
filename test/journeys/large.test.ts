import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Random } from '../generate/random.ts';
import { run, tellRan } from './engine.ts';
import { imapClient } from './post.ts';
import { openStand } from './stands.ts';

const MB = 1024 * 1024;
const MOST_KB = 200 * 1024;

test('a message of 300 MB goes through in bounded memory', { timeout: 300_000 }, async (t) => {
  await using stand = await openStand({ server: 'dovecot' });
  if (!stand) return t.skip('no Dovecot can be had here');
  const maildir = join(stand.dir, 'maildir');
  const sent = writeLarge(maildir, 300 * MB);
  const errand = { from: [`maildir:${maildir}`], to: stand.target.address, data: join(stand.dir, 'data') };
  const moved = await run('move', errand, { limitMs: 200_000 });
  assert.equal(moved.code, 0, tellRan(moved));
  assert.equal(moved.summary?.copied, 1, tellRan(moved));
  assert.ok(moved.peakKb < MOST_KB, `the engine had ${Math.round(moved.peakKb / 1024)} MB`);
  const client = await imapClient(stand.target);
  const stored = createHash('sha256');
  try {
    await client.mailboxOpen('INBOX');
    const { content } = await client.download('1');
    assert.ok(content);
    for await (const piece of content) stored.update(piece as Buffer);
  } finally {
    client.close();
  }
  assert.equal(stored.digest('hex'), sent);
  t.diagnostic(`${Math.round(moved.ms / 100) / 10} s, at most ${Math.round(moved.peakKb / 1024)} MB`);
});

/** Written piece by piece; answers the digest of what a server should have. */
function writeLarge(root: string, bytes: number): string {
  for (const part of ['cur', 'new', 'tmp']) mkdirSync(join(root, part), { recursive: true });
  const out = openSync(join(root, 'cur', '1600000000.M1P1.malle:2,S'), 'w');
  const digest = createHash('sha256');
  const random = new Random(3);
  const lines = Array.from({ length: 16_000 }, () => random.bytes(57).toString('base64'));
  const write = (text: string): number => {
    digest.update(text.replaceAll('\n', '\r\n'));
    return writeSync(out, text);
  };
  let size = write('Subject: large\nMIME-Version: 1.0\nContent-Transfer-Encoding: base64\n\n');
  const block = `${lines.join('\n')}\n`;
  while (size < bytes) size += write(block);
  closeSync(out);
  return digest.digest('hex');
}
