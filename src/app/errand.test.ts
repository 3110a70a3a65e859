import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import type { Event } from '../engine/event.ts';
import { isTrouble } from '../trouble.ts';
import { words } from '../words/words.ts';
import { memoryMailboxOf } from './accounts.ts';
import type { Errand } from './errand.ts';
import { runMove } from './move.ts';
import { runProve } from './prove.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'malleposte-errand-'));
after(() => rmSync(folder, { recursive: true }));

const message = (n: number) =>
  Buffer.from(
    `From: a@b.example\r\nSubject: Réunion ${n}\r\nMessage-ID: <${n}@b.example>\r\n\r\nbody ${n}\r\n`,
  );

function errand(name: string, from: string[], to: string): Errand & { told: Event[] } {
  const told: Event[] = [];
  return {
    from,
    to,
    data: path.join(folder, name),
    options: { dryRun: false },
    signal: new AbortController().signal,
    tell: (event) => told.push(event),
    person: { warn() {}, ask: null },
    told,
  };
}

test('two accounts into one mailbox, proven, with a certificate in the data folder; everything is closed', async () => {
  const [old, extra, box] = [
    await memoryMailboxOf('old'),
    await memoryMailboxOf('extra'),
    await memoryMailboxOf('new'),
  ];
  for (let n = 0; n < 5; n++) old.add(['INBOX'], { bytes: message(n) });
  for (let n = 3; n < 7; n++) extra.add(['INBOX'], { bytes: message(n) });
  const made = errand('a', ['memory:old', 'memory:extra'], 'memory:new');
  const summary = await runMove(made);
  assert.deepEqual([summary.entries, summary.copied, summary.merged, summary.missing], [9, 7, 2, 0]);
  const proof = await runProve({ ...made, out: undefined, words: words('fr') });
  assert.equal(proof.certificate.verdict, 'passed');
  assert.deepEqual(proof.certificate.counts.accounts, { 'memory:old': 5, 'memory:extra': 4 });
  assert.equal(path.dirname(proof.file), path.join(folder, 'a', 'certificates'));
  assert.match(readFileSync(proof.page, 'utf8'), /<html lang="fr">/);
  assert.deepEqual([old.open(), extra.open(), box.open()], [0, 0, 0]);
  assert.deepEqual(readdirSync(path.join(folder, 'a', 'scratch')), []);
});

test('a proof without a ledger makes none', async () => {
  await memoryMailboxOf('empty');
  const proof = await runProve({
    ...errand('b', ['memory:empty'], 'memory:empty2'),
    out: path.join(folder, 'b.json'),
    words: words('en'),
  });
  assert.equal(proof.summary.entries, 0);
  assert.ok(!existsSync(path.join(folder, 'b', 'ledgers')));
});

test('one account twice, or as source and target, is refused before anything is opened', async () => {
  for (const [from, to] of [
    [['memory:x', 'memory:x'], 'memory:y'],
    [['memory:x'], 'memory:x'],
  ] as const) {
    await assert.rejects(
      runMove(errand('c', [...from], to)),
      (error) => isTrouble(error) && error.answer === 'same-twice',
    );
  }
  assert.ok(!existsSync(path.join(folder, 'c')));
});

test('a file store that cannot be a target is refused, and nothing stays open', async () => {
  const source = await memoryMailboxOf('only');
  await assert.rejects(
    runMove(errand('d', ['memory:only'], `mbox:${folder}/x`)),
    (error) => isTrouble(error) && error.answer === 'only-source',
  );
  assert.equal(source.open(), 0);
});

test('two runs for one mailbox at once: the second is refused', async () => {
  const old = await memoryMailboxOf('slow');
  old.add(['INBOX'], { bytes: message(1) });
  const [one, two] = await Promise.allSettled([
    runMove(errand('e', ['memory:slow'], 'memory:z')),
    runMove(errand('e', ['memory:slow'], 'memory:z')),
  ]);
  const refused = [one, two].filter((result) => result.status === 'rejected');
  assert.equal(refused.length, 1);
  assert.ok(isTrouble(refused[0]!.reason, 'busy'));
});
