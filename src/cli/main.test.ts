import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'malleposte-cli-'));
after(() => rmSync(folder, { recursive: true }));

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

/** `interruptAt`: SIGINT is sent when standard error holds this. */
function malleposte(...args: string[]): Promise<Ended> {
  return interrupted(null, ...args);
}

function interrupted(interruptAt: string | null, ...args: string[]): Promise<Ended> {
  const { promise, resolve, reject } = Promise.withResolvers<Ended>();
  const env = { ...process.env, MALLEPOSTE_DATA: path.join(folder, 'data'), LANG: 'C', LC_ALL: 'C' };
  const child = spawn(process.execPath, [MAIN, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended: Ended = { code: null, out: '', err: '' };
  let at = interruptAt;
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    ended.out += piece;
  });
  child.stderr.setEncoding('utf8').on('data', (piece: string) => {
    ended.err += piece;
    if (at === null || !ended.err.includes(at)) return;
    at = null;
    child.kill('SIGINT');
  });
  child.on('error', reject);
  child.on('close', (code) => resolve({ ...ended, code }));
  return promise;
}

function events(out: string): Record<string, unknown>[] {
  return out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** An mbox of `count` messages; returns its address. */
function mbox(name: string, count: number): string {
  const file = path.join(folder, name);
  const message = (i: number) =>
    `From a@b.example Tue Nov 24 07:00:00 2026\nFrom: a@b.example\nSubject: Réunion ${i}\nMessage-ID: <${name}.${i}@b.example>\n\nbody ${i}\n\n`;
  writeFileSync(file, Array.from({ length: count }, (_, i) => message(i)).join(''));
  return `mbox:${file}`;
}

test('usage: sentence on stderr, nothing on stdout, 64', async () => {
  for (const args of [
    [],
    ['mvoe'],
    ['move'],
    ['move', '--from', 'mbox:/x'],
    ['move', '--nope'],
    ['certify'],
  ]) {
    const { code, out, err } = await malleposte(...args);
    assert.equal(code, 64, args.join(' '));
    assert.equal(out, '');
    assert.match(err, /^\S.*: .+\n$/);
  }
});

test('no password and no terminal: 64, with a sentence', async () => {
  const { code, err } = await malleposte('survey', '--from', 'imaps://marie@mail.example.org/');
  assert.equal(code, 64);
  assert.match(err, /no terminal to ask on/);
});

test('a password in the address is warned of and never said again', async () => {
  const { code, out, err } = await malleposte(
    'survey',
    '--json',
    '--from',
    'imap://marie:hunter2@127.0.0.1:9/',
  );
  assert.equal(code, 10);
  assert.match(err, /Warning: the password of imap:\/\/marie@127\.0\.0\.1:9\//);
  assert.doesNotMatch(out + err, /hunter2/);
});

test('a store that is not there: 10', async () => {
  const { code, err } = await malleposte('survey', '--from', `mbox:${folder}/none`);
  assert.equal(code, 10);
  assert.match(err, /none.*it is not there/);
});

test('help and version', async () => {
  assert.match((await malleposte('--help')).out, /malleposte move/);
  assert.match((await malleposte('prove', '--help', '--lang', 'fr')).out, /l’attestation/);
  assert.match((await malleposte('--version')).out, /^\d+\.\d+\.\d+\n$/);
});

test('doctor looks at this machine', async () => {
  const { code, out } = await malleposte('doctor', '--json');
  assert.equal(code, 0, out);
  assert.deepEqual(
    events(out).map(({ says }) => String(says).split('-')[0]),
    ['node', 'data', 'clock'],
  );
});

test('survey: a table for people, JSON for programs', async () => {
  const from = mbox('survey.mbox', 3);
  const { out } = await malleposte('survey', '--from', from);
  assert.match(out, /Total\s+3/);
  const last = events((await malleposte('survey', '--json', '--from', from)).out).at(-1)!;
  assert.deepEqual([last.event, last.messages], ['survey', 3]);
});

test('move, again, prove, then with a message gone: 0, 0 and nothing copied, 0, 12 and it is named', async () => {
  const from = mbox('a.mbox', 5);
  const box = path.join(folder, 'new');
  const both = ['--from', from, '--to', `maildir:${box}`, '--json'];
  const first = await malleposte('move', ...both);
  assert.equal(first.code, 0, first.err + first.out);
  const summary = events(first.out).at(-1)!;
  assert.deepEqual([summary.event, summary.entries, summary.copied, summary.missing], ['summary', 5, 5, 0]);

  const second = await malleposte('move', ...both);
  assert.deepEqual([second.code, events(second.out).at(-1)!.carried], [0, 0]);

  const out = path.join(folder, 'c.json');
  const proof = await malleposte('prove', ...both, '--out', out);
  assert.equal(proof.code, 0, proof.err);
  assert.deepEqual(
    events(proof.out)
      .slice(-2)
      .map(({ event }) => event),
    ['certificate', 'summary'],
  );
  assert.match(readFileSync(`${out}.html`, 'utf8'), /<b>0<\/b>/);
  assert.equal((await malleposte('certify', out)).code, 0);
  writeFileSync(
    `${out}.findings.jsonl`,
    readFileSync(`${out}.findings.jsonl`, 'utf8').replace('Réunion 3', 'Réunion 4'),
  );
  assert.equal((await malleposte('certify', out)).code, 12);

  const file = readdirSync(box, { recursive: true, encoding: 'utf8' }).find(
    (name) =>
      /(^|\/)(cur|new)\/./.test(name) && readFileSync(path.join(box, name), 'utf8').includes('body 2'),
  )!;
  rmSync(path.join(box, file));
  const failed = await malleposte('prove', ...both.slice(0, -1));
  assert.equal(failed.code, 12, failed.err);
  assert.match(failed.err, /missing: Réunion 2/);
  assert.match(failed.out, /✗ 1 message missing/);
  assert.deepEqual(readdirSync(path.join(folder, 'data', 'scratch')), []);
});

test('files that are no mail are told by survey, move and prove, and are no exception', async () => {
  mkdirSync(path.join(folder, 'tree'));
  mbox('tree/Inbox', 2);
  writeFileSync(path.join(folder, 'tree', 'notes.txt'), 'nothing of mail');
  const from = `mbox:${path.join(folder, 'tree')}`;
  assert.match(
    (await malleposte('survey', '--from', from)).out,
    /Not taken:\n {2}notes\.txt: no mail in it\n/,
  );
  const { code, err } = await malleposte('move', '--from', from, '--to', `maildir:${folder}/tree-box`);
  assert.equal(code, 0, err);
  assert.match(err, /^mbox:.*\/tree: notes\.txt is not taken: no mail in it$/m);
  const proof = await malleposte('prove', '--from', from, '--to', `maildir:${folder}/tree-box`);
  assert.equal(proof.code, 0, proof.err);
  assert.match(proof.err, /^mbox:.*\/tree: notes\.txt is not taken: no mail in it$/m);
  assert.match(proof.out, /^Not taken:\n {2}notes\.txt: no mail in it\n/m);
});

test('a dry run tells what a real run then carries, and leaves no trace; so does one of the delta', async () => {
  const from = mbox('dry.mbox', 5);
  const box = path.join(folder, 'dry-box');
  const data = path.join(folder, 'dry-data');
  const both = ['--from', from, '--to', `maildir:${box}`, '--data', data];
  const dry = await malleposte('move', ...both, '--dry-run');
  assert.equal(dry.code, 0, dry.err);
  assert.match(dry.out, /^5 messages would be carried/);
  assert.ok(!existsSync(box));
  assert.deepEqual(readdirSync(data), ['scratch']);
  assert.deepEqual(readdirSync(path.join(data, 'scratch')), []);

  const real = await malleposte('move', ...both, '--json');
  assert.equal(events(real.out).at(-1)!.carried, 5);
  mbox('dry.mbox', 7);
  const ledger = path.join(data, 'ledgers', readdirSync(path.join(data, 'ledgers'))[0]!);
  const [before, there] = [readFileSync(ledger), readdirSync(box, { recursive: true })];
  const delta = await malleposte('move', ...both, '--dry-run', '--json');
  assert.deepEqual([delta.code, events(delta.out).at(-1)!.carried], [0, 2]);
  assert.deepEqual(readFileSync(ledger), before);
  assert.deepEqual(readdirSync(box, { recursive: true }), there);
  assert.equal(events((await malleposte('move', ...both, '--json')).out).at(-1)!.carried, 2);

  const other = path.join(folder, 'other-data');
  const lost = await malleposte('move', ...both.slice(0, -1), other, '--dry-run', '--json');
  assert.deepEqual([lost.code, events(lost.out).at(-1)!.carried], [0, 0]);
});

test('a delta pass tells how many messages there are, and how many of them are to be carried', async () => {
  const both = ['--to', `maildir:${path.join(folder, 'listed-box')}`, '--json'];
  const from = (count: number) => ['--from', mbox('listed.mbox', count), '--from', mbox('other.mbox', 3)];
  await malleposte('move', ...from(5), ...both);
  const { out } = await malleposte('move', ...from(7), ...both);
  const listed = events(out).filter(({ event }) => event === 'listed');
  assert.deepEqual(
    listed.map(({ entries, waiting }) => [entries, waiting]),
    [
      [7, 2],
      [3, 0],
    ],
  );
});

test('Ctrl-C stops at a safe point and says how to go on; the same command then goes on', {
  skip: process.platform === 'win32' && 'no signals',
}, async () => {
  const from = mbox('large.mbox', 4000);
  const args = ['move', '--from', from, '--to', `maildir:${path.join(folder, 'stopped')}`];
  const { code, err } = await interrupted('carrying', ...args);
  assert.equal(code, 130, err);
  assert.match(
    err,
    /Stopping at the next safe point[\s\S]*Stopped after [\d,]+ of 4,000 messages\. Nothing is lost[\s\S]*malleposte move --from mbox:/,
  );
  assert.doesNotMatch(err, /Could not/);
  const again = await malleposte(...args, '--json');
  assert.equal(again.code, 0, again.err);
  const summary = events(again.out).at(-1)!;
  assert.deepEqual([summary.entries, summary.copied, summary.missing], [4000, 4000, 0]);
});
