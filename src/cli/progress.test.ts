import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event, Finding } from '../engine/event.ts';
import { words } from '../words/words.ts';
import { openPace } from './pace.ts';
import { openProgress, type Progress, printable } from './progress.ts';

function open(columns: number | null, language: 'fr' | 'en' = 'en') {
  let text = '';
  let now = 0;
  const progress: Progress = openProgress({
    words: words(language),
    columns: () => columns,
    write: (piece) => {
      text += piece;
    },
    now: () => now,
  });
  return {
    progress,
    text: () => text,
    pass: (ms: number) => {
      now += ms;
    },
  };
}

const at = (done: number): Event => ({
  event: 'progress',
  account: 'imap://marie@old/',
  done,
  of: 1000,
  bytes: done * 10_000,
  ofBytes: 10_000_000,
});

test('without a terminal: no control characters, a line every ten seconds', () => {
  const { progress, text, pass } = open(null);
  for (let done = 0; done < 400; done++) {
    progress.tell(at(done));
    pass(100);
  }
  progress.end();
  const lines = text().split('\n').slice(0, -1);
  assert.equal(lines.length, 3);
  assert.doesNotMatch(text(), /\u001b|\r/);
  assert.match(
    lines[2]!,
    /^imap:\/\/marie@old\/: 300 of 1,000 messages, 3 MB of 10 MB, 100 kB\/s, about 70 sec left$/,
  );
});

test('without a terminal: a line per stage, in French too', () => {
  const { progress, text } = open(null, 'fr');
  progress.tell({ event: 'begin', target: 'b', accounts: ['a1', 'a2'], pass: 2, resumed: 3 });
  progress.tell({ event: 'stage', stage: 'read-back' });
  progress.tell({
    event: 'listed',
    account: 'a1',
    folders: 2,
    entries: 12_345,
    waiting: 5,
    bytes: 1_500_000,
  });
  progress.tell({
    event: 'trouble',
    kind: 'busy',
    tried: 'store-message',
    on: 'x',
    answer: 'NO later.',
    inMs: 30_000,
  });
  assert.equal(
    text(),
    `a1, a2 → b, passage 2\n3 messages du dernier passage sont ouverts et seront d’abord recherchés\nrelecture…
a1\u202f: 12\u202f345 messages (dossiers\u202f: 2\u202f; à transférer\u202f: 5, 1,5\u202fMo)
Impossible de déposer le message x\u202f: l’autre côté demande du temps («\u202fNO later\u202f»)\u202f; nouvel essai dans 30\u202fs.\n`,
  );
});

test('on a terminal: bars drawn over themselves, never wider than it, gone at the end', () => {
  const { progress, text, pass } = open(60);
  for (let done = 0; done <= 1000; done += 10) {
    progress.tell(at(done));
    pass(100);
  }
  progress.line('a line that stays');
  progress.end();
  const bars = text()
    .split('\n')
    .filter((line) => line.includes('█'));
  assert.ok(bars.length > 50);
  for (const bar of bars) assert.ok([...bar.replace(/\u001b\[\d*[A-Z]/g, '')].length < 60);
  assert.ok(text().endsWith('\u001b[1A\u001b[J'));
  assert.ok(text().includes('a line that stays\n'));
});

test('on a terminal: not drawn for every event', () => {
  const { progress, text } = open(80);
  for (let done = 0; done <= 1000; done++) progress.tell(at(done));
  assert.equal(text().split('\n').length - 1, 1);
});

test('exceptions are told, up to twenty, and cannot steer the terminal', () => {
  const { progress, text } = open(null);
  const missing: Finding = {
    is: 'missing',
    account: 'a',
    folder: 'INBOX',
    key: '1.1',
    subject: 'evil \u001b[2J\u0007\u202e\nname',
    messageId: null,
    at: null,
    by: null,
    classes: [],
    reason: null,
    exact: null,
  };
  for (let i = 0; i < 30; i++) progress.tell({ event: 'finding', finding: missing });
  progress.tell({ event: 'finding', finding: { ...missing, is: 'same' } });
  const lines = text().split('\n').slice(0, -1);
  assert.equal(lines.length, 20);
  assert.equal(lines[0], 'missing: evil  [2J name (INBOX 1.1)');
  assert.equal(printable('\u009b31m'), ' 31m');
});

test('what is no mail is told, up to twenty, then how many more', () => {
  const { progress, text } = open(null, 'fr');
  for (let i = 0; i < 25; i++) {
    progress.tell({ event: 'aside', account: 'mbox:/a', path: `n${i}\u001b.txt`, because: 'no-mbox' });
  }
  progress.tell({ event: 'aside', account: 'mbox:/b', path: 'x', because: 'symbolic-link' });
  progress.tell({ event: 'stage', stage: 'carry' });
  const lines = text().split('\n').slice(0, -1);
  assert.equal(lines[0], 'mbox:/a\u202f: n0 .txt n’est pas pris\u202f: aucun courrier dedans');
  assert.deepEqual(lines.slice(20), [
    '… et 6 autres fichiers ou dossiers qui ne sont pas pris',
    'transfert…',
  ]);
});

test('pace: a rate over the last while and a range for what is left', () => {
  const pace = openPace();
  assert.equal(pace.rate(), 0);
  assert.equal(pace.left(100), null);
  for (let second = 0; second <= 10; second++) {
    pace.add(second * 1000, second <= 5 ? second * 100 : 500 + (second - 5) * 300);
  }
  assert.equal(pace.rate(), 200);
  const left = pace.left(2000)!;
  assert.ok(left.from < 7 && left.to === 20, JSON.stringify(left));
  assert.equal(pace.left(0), null);
  for (let second = 11; second <= 60; second++) pace.add(second * 1000, 2000);
  assert.equal(pace.rate(), 0);
  assert.equal(pace.left(100), null);
});

test('while accounts are listed, something is said every few seconds, and it goes when the figures come', () => {
  const listing = (entries: number): Event => ({ event: 'listing', account: 'pst:old.pst', entries });
  const quiet = open(null);
  for (let n = 0; n < 15; n++) {
    quiet.progress.tell(listing(n * 1000));
    quiet.pass(2_000);
  }
  assert.deepEqual(quiet.text().split('\n').slice(0, -1), [
    'pst:old.pst: reading what is there, 5,000 messages so far (10 sec)',
    'pst:old.pst: reading what is there, 10,000 messages so far (20 sec)',
  ]);
  const drawn = open(60);
  for (let n = 0; n < 3; n++) {
    drawn.progress.tell(listing(n));
    drawn.pass(2_000);
  }
  assert.equal(drawn.text().match(/so far/g)?.length, 3);
  const figures = { folders: 1, entries: 3, waiting: 3, bytes: 10 };
  drawn.progress.tell({ event: 'listed', account: 'pst:old.pst', ...figures });
  drawn.pass(2_000);
  drawn.progress.tell(at(500));
  const end = drawn.text().slice(drawn.text().indexOf('3 messages (folders'));
  assert.ok(!end.includes('so far') && end.includes('█'), end);
});
