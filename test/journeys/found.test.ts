/** What happens to an archive or a Maildir between two passes, and to the proof after it. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite, test } from 'node:test';
import { run, tellRan } from './engine.ts';

const POSTMARK = 'From - Mon Jan  2 10:00:00 2023';

function letter(n: number, header = '', eol = '\n'): string {
  const lines = ['From: a@example.org', `Date: Mon, 02 Jan 2023 10:00:0${n} +0000`, `Subject: s${n}`];
  return `${header}${lines.join(eol)}${eol}Message-ID: <m${n}@example.org>${eol}${eol}body ${n}${eol}`;
}

function mbox(numbers: readonly number[], header: string): string {
  return numbers.map((n) => `${POSTMARK}\n${letter(n, header)}\n`).join('');
}

function maildir(at: string): string {
  for (const part of ['cur', 'new', 'tmp']) mkdirSync(path.join(at, part), { recursive: true });
  return at;
}

suite('between two passes', () => {
  const STATUS: Readonly<Record<string, readonly [string, string]>> = {
    'Thunderbird marks messages read, then compacts': [
      'X-Mozilla-Status: 0000\nX-Mozilla-Status2: 00000000\n',
      'X-Mozilla-Status: 0001\nX-Mozilla-Status2: 00000000\n',
    ],
    'mutt marks messages read': ['', 'Status: RO\n'],
  };
  for (const [name, [before, after]] of Object.entries(STATUS)) {
    test(`${name}: nothing is sent twice`, { timeout: 60_000 }, async (t) => {
      const root = mkdtempSync(path.join(tmpdir(), 'mp-found-'));
      t.after(() => rmSync(root, { recursive: true }));
      const target = maildir(path.join(root, 'new'));
      const archive = path.join(root, 'inbox');
      const errand = { from: [`mbox:${archive}`], to: `maildir:${target}`, data: path.join(root, 'data') };
      writeFileSync(archive, mbox([1, 2, 3], before));
      await run('move', errand);
      writeFileSync(archive, mbox([2, 3], after));
      const again = await run('move', errand);
      assert.equal(again.code, 0, tellRan(again));
      const there = readdirSync(path.join(target, 'cur'));
      assert.equal(there.length, 3, 'each message lies once at the target');
      assert.equal(there.filter((file) => file.endsWith(',S')).length, 2, 'read marks are taken over');
      assert.equal((await run('prove', errand)).code, 0);
    });
  }

  test('another message under a known key is not proven', { timeout: 60_000 }, async (t) => {
    const root = mkdtempSync(path.join(tmpdir(), 'mp-found-'));
    t.after(() => rmSync(root, { recursive: true }));
    const source = maildir(path.join(root, 'old'));
    const target = maildir(path.join(root, 'new'));
    const errand = { from: [`maildir:${source}`], to: `maildir:${target}`, data: path.join(root, 'data') };
    for (const n of [1, 2]) writeFileSync(path.join(source, 'cur', `${n}.a.h:2,`), letter(n, '', '\r\n'));
    await run('move', errand);
    writeFileSync(path.join(source, 'cur', '2.a.h:2,'), letter(7, '', '\r\n'));
    const proof = await run('prove', errand);
    assert.equal(proof.code, 12, tellRan(proof));
    assert.equal(proof.summary?.missing, 1);
  });

  test('a copy deleted at one source does not make the message unread', { timeout: 60_000 }, async (t) => {
    const root = mkdtempSync(path.join(tmpdir(), 'mp-found-'));
    t.after(() => rmSync(root, { recursive: true }));
    const [one, other] = [maildir(path.join(root, 'one')), maildir(path.join(root, 'other'))];
    const target = maildir(path.join(root, 'new'));
    const from = [`maildir:${one}`, `maildir:${other}`];
    const errand = { from, to: `maildir:${target}`, data: path.join(root, 'data') };
    writeFileSync(path.join(one, 'cur', '1.a.h:2,S'), letter(1, '', '\r\n'));
    writeFileSync(path.join(other, 'cur', '1.b.h:2,'), letter(1, '', '\r\n'));
    await run('move', errand);
    rmSync(path.join(one, 'cur', '1.a.h:2,S'));
    await run('move', errand);
    assert.deepEqual(
      readdirSync(path.join(target, 'cur')).map((file) => file.split(',').at(-1)),
      ['S'],
    );
  });
});
