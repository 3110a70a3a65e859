import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { ServerSearch } from '../engine/find-servers/find.ts';
import { words } from '../words/words.ts';
import { serversText } from './survey-servers.ts';

const BIN = path.join(import.meta.dirname, '../../bin/malleposte.mjs');
let folder: string;

before(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'malleposte-survey-'));
  mkdirSync(path.join(folder, '.old'));
  const head = 'From a@example.org Mon Nov 23 10:00:00 2026\n';
  const mail = `${head}From: a\nFrom: b\nSubject: \u001b[31mTwo\nDate: Mon, 23 Nov 2026 10:00:00 +0000\n\nx\n\n`;
  writeFileSync(path.join(folder, '.old', 'Spam  mine'), mail.repeat(25));
});
after(() => rmSync(folder, { recursive: true, force: true }));

function survey(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [BIN, 'survey', ...args],
      { timeout: 60_000 },
      (_error, out, err) => resolve({ code: child.exitCode ?? -1, out, err }),
    );
  });
}

const lines = (out: string): Record<string, unknown>[] =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test('what will not survive: twenty for people, every one in JSON, and a page', async () => {
  const from = `mbox:${path.join(folder, '.old', 'Spam  mine')}`;
  const page = path.join(folder, 'page.html');
  const told = await survey('--from', from, '--for', 'google', '--deep', '--out', page);
  assert.equal(told.code, 0, told.err);
  assert.match(told.out, /25 × more than one From field/);
  assert.equal(told.out.match(/Two/g)!.length, 20);
  assert.match(told.out, /and 5 more/);
  assert.doesNotMatch(told.out, /\u001b|Microsoft/);
  assert.match(readFileSync(page, 'utf8'), /more than one From field/);

  const events = lines((await survey('--from', from, '--for', 'google', '--deep', '--json')).out);
  const obstacles = events.filter(({ event }) => event === 'obstacle');
  assert.equal(obstacles.filter(({ is }) => is === 'several-from').length, 25);
  assert.deepEqual(
    obstacles.filter(({ is }) => is === 'folder-characters').map(({ detail }) => detail),
    ['Spam  mine'],
  );
  assert.equal(events.at(-1)!.event, 'survey');
});

test('a target that is given tells its own limits', async () => {
  const from = `mbox:${path.join(folder, '.old', 'Spam  mine')}`;
  const { out } = await survey('--from', from, '--to', `maildir:${path.join(folder, 'new')}`, '--json');
  const last = lines(out).at(-1) as unknown as { prospects: { target: string }[] };
  assert.deepEqual(
    last.prospects.map(({ target }) => target),
    ['imap'],
  );
});

test('archives on a file share, as a table and in JSON', async () => {
  const told = await survey('--scan', folder, '--lang', 'fr');
  assert.equal(told.code, 0, told.err);
  assert.match(told.out, /1 archive de courrier/);
  assert.match(told.out, /caché\s+mbox:.*Spam {2}mine/);
  const page = path.join(folder, 'scan.html');
  const [found, last, written] = lines((await survey('--scan', folder, '--json', '--out', page)).out);
  assert.deepEqual([written!.event, written!.file], ['page', page]);
  assert.match(readFileSync(page, 'utf8'), /1 mail archive[\s\S]*<code>mbox:/);
  assert.deepEqual(
    [found!.event, found!.kind, last!.event, last!.found],
    ['found-archive', 'mbox', 'scan', 1],
  );
});

test('what is wrong is a matter of usage: 64', async () => {
  for (const args of [
    ['--for', 'yahoo', '--from', 'memory:x'],
    ['--scan', folder, '--address', 'a@example.org'],
    ['--scan', folder, '--from', 'memory:x'],
    ['--address', 'nobody'],
    ['--scan', folder, '--for', 'imap'],
    ['--address', 'a@example.org', '--deep'],
    [],
  ])
    assert.equal((await survey(...args)).code, 64, args.join(' '));
  assert.equal((await survey('--scan', path.join(folder, 'none'))).code, 10);
});

test('servers that were found, for people', () => {
  const candidate = { protocol: 'imap', host: 'h.example.org', port: 143, user: 'a', by: 'srv' } as const;
  const search: ServerSearch = {
    found: [
      {
        ...{ ...candidate, security: 'none', address: 'imap://a@h.example.org:143/?starttls=never' },
        ...{ greeting: 'Hi\u001b', capabilities: ['IMAP4rev1'], certificate: null },
      },
    ],
    silent: [{ ...candidate, security: 'tls', why: 'nobody there' }],
    failed: [{ by: 'mx', on: 'example.org', why: 'DNS: ETIMEOUT' }],
  };
  const text = serversText('a@example.org', search, words('en'));
  assert.match(
    text,
    /1 server answers[\s\S]*--from 'imap:\/\/a@h[\s\S]*without encryption[\s\S]*It says: Hi/,
  );
  assert.match(
    text,
    /Could not be asked:\n {2}example.org: DNS[\s\S]*No answer:\n {2}h.example.org:143: nobody/,
  );
  assert.doesNotMatch(text, /\u001b/);
});
