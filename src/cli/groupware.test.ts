import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { takeLock } from '../app/lock.ts';
import { makePst } from '../formats/pst/write.fixture.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'malleposte-groupware-'));
after(() => rmSync(folder, { recursive: true }));

function groupware(...args: string[]): { code: number | null; out: string; err: string } {
  const env = { ...process.env, LANG: 'C', LC_ALL: 'C' };
  const ended = spawnSync(process.execPath, [MAIN, 'groupware', ...args], {
    ...{ env, cwd: folder, encoding: 'utf8', timeout: 60_000 },
  });
  return { code: ended.status, out: ended.stdout, err: ended.stderr };
}

const archive = path.join(folder, 'marie.pst');
const contact = { properties: { 26: 'IPM.Contact', 12289: 'Émilie' } };
writeFileSync(
  archive,
  makePst({
    folders: [
      { name: 'Contacts', messages: [contact, contact] },
      { name: 'Inbox', messages: [{ properties: { 26: 'IPM.Note', 55: 'x' } }] },
    ],
  }),
);

test('writes files, says what it did, and exits with 0', () => {
  const { code, out, err } = groupware('--from', `pst:${archive}`, '--out', 'files', '--lang', 'fr');
  assert.equal(code, 0, err);
  assert.match(out, /2 éléments écrits dans .*files/);
  assert.match(out, /2 contacts\n {2}1 message/);
  assert.match(err, /Contacts\u202f: 2 contacts/);
  const files = path.join(folder, 'files');
  assert.deepEqual(readdirSync(files).sort(), ['Contacts.vcf', 'summary.json', 'summary.txt']);
  assert.match(readFileSync(path.join(files, 'summary.txt'), 'utf8'), /2 éléments écrits/);
});

test('--json: one value a line, the sum last', () => {
  const { code, out } = groupware('--from', `pst:${archive}`, '--out', 'json', '--json');
  assert.equal(code, 0);
  const events = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(
    events.map(({ event }) => event),
    ['groupware-folder', 'groupware-folder', 'groupware'],
  );
  assert.equal((events[2]!.totals as { items: number }).items, 3);
});

test('one run at a time in a directory', async () => {
  const out = path.join(folder, 'shared');
  mkdirSync(out);
  const other = await takeLock(path.join(out, '.malleposte-groupware.lock'), 0);
  const { code, err } = groupware('--from', `pst:${archive}`, '--out', 'shared', '--lang', 'en');
  assert.equal(code, 10);
  assert.match(err, /another run is writing there/);
  assert.ok(readdirSync(out).every((name) => name.startsWith('.malleposte-groupware.lock')));
  // As after a run that was killed.
  other!();
  assert.equal(groupware('--from', `pst:${archive}`, '--out', 'shared').code, 0);
  assert.deepEqual(readdirSync(out).sort(), ['Contacts.vcf', 'summary.json', 'summary.txt']);
});

test('something unreadable: 3, and it is named', () => {
  const lost = path.join(folder, 'lost.pst');
  const messages = [contact, { properties: { 26: 'IPM.Contact', 55: 'Perdu' }, nodeless: true }];
  writeFileSync(lost, makePst({ folders: [{ name: 'Contacts', messages }] }));
  const { code, err } = groupware('--from', `pst:${lost}`, '--out', 'lost');
  assert.equal(code, 3);
  assert.match(err, /Contacts, Perdu: /);
});

test('what it cannot do is said before anything is written', () => {
  for (const [args, said] of [
    [['--out', 'x'], /--from/],
    [['--from', `pst:${archive}`], /--out: the directory/],
    [
      ['--from', 'imaps://marie@mail.example/', '--out', 'x'],
      /contacts and appointments are read from pst: only/,
    ],
    [['--from', `mbox:${archive}`, '--out', 'x'], /contacts and appointments are read from pst: only/],
  ] as const) {
    const { code, err } = groupware(...args);
    assert.equal(code, 64, err);
    assert.match(err, said);
  }
  assert.ok(!readdirSync(folder).includes('x'));
  const missing = groupware('--from', 'pst:nowhere.pst', '--out', 'y');
  assert.equal(missing.code, 10);
});
