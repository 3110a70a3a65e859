import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Summary } from '../engine/event.ts';
import { words } from '../words/words.ts';
import { moveReport } from './report.ts';
import { table } from './table.ts';

const summary: Summary = {
  event: 'summary',
  entries: 12_345,
  copied: 12_340,
  merged: 5,
  left: 0,
  asked: 0,
  missing: 0,
  extra: 0,
  doubled: 0,
  altered: 2,
  gone: 1,
  bytes: 1_200_000_000,
  carried: 12_340,
  seconds: 10,
};

test('the number that matters is first, and is zero', () => {
  const text = moveReport(summary, { nul: 1, date: 2 }, false, words('fr'));
  const lines = text.split('\n');
  assert.equal(lines[0], '✓ 0 message manquant');
  assert.ok(lines.includes('  aux sources           12\u202f345'));
  assert.ok(lines.includes('  2 × date d’arrivée changée'));
  assert.ok(
    lines.some((line) =>
      line.includes('12\u202f340 messages, 1,2\u202fGo, en 10\u202fs (1\u202f234 messages/s)'),
    ),
  );
});

test('what is not zero is said first', () => {
  const failed = moveReport({ ...summary, copied: 12_339, missing: 1 }, {}, false, words('en'));
  assert.match(failed, /^✗ 1 message not carried yet\n/);
  const short = moveReport({ ...summary, entries: 12_346 }, {}, false, words('en'));
  assert.match(short, /The sum does not add up: 12,346 at the sources, 12,345 accounted for/);
});

test('a dry run says what would be, and that nothing was written', () => {
  const text = moveReport(summary, {}, true, words('en'));
  assert.match(text, /^12,340 messages would be carried, 1.2 GB\n/);
  assert.match(text, /nothing was written/);
});

test('a run that carried nothing does not boast of its speed', () => {
  assert.match(
    moveReport({ ...summary, carried: 0, bytes: 0 }, {}, false, words('en')),
    /This run took 10 sec/,
  );
});

test('what was left is said to be tried once more', () => {
  const text = moveReport({ ...summary, copied: 12_339, left: 1 }, {}, false, words('en'));
  assert.match(
    text,
    /^The message left behind lies at its source, untouched\. Run the same command again: /m,
  );
  assert.doesNotMatch(moveReport(summary, {}, false, words('en')), /left behind lie/);
});

test('a slow run tells a rate that is none of zero, or no rate', () => {
  const slow = moveReport({ ...summary, carried: 5, seconds: 20, bytes: 555 }, {}, false, words('en'));
  assert.match(slow, /carried 5 messages, 555 bytes, in 20 sec \(0\.3 messages\/s\)\./);
  const slower = moveReport({ ...summary, carried: 1, seconds: 60, bytes: 1 }, {}, false, words('en'));
  assert.match(slower, /carried 1 message, 1 byte, in 60 sec\./);
});

test('tables: numbers to the right, no blanks at line ends', () => {
  assert.equal(
    table(
      [
        ['a', '1'],
        ['bcd', '10'],
      ],
      new Set([1]),
    ),
    'a     1\nbcd  10',
  );
  assert.equal(
    table(
      [
        ['a', ''],
        ['b', 'x'],
      ],
      new Set(),
    ),
    'a\nb  x',
  );
});
