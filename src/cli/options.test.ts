import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTrouble } from '../trouble.ts';
import { type OptionName, readOptions } from './options.ts';

const takes: OptionName[] = ['from', 'to', 'dry-run', 'settle-seconds', 'out'];

test('options in both forms', () => {
  const options = readOptions(
    [
      '--from',
      'a',
      '--from=b=c',
      '--to',
      'd',
      '--json',
      '--dry-run',
      '--settle-seconds=5',
      '--lang',
      'fr',
      '--data=/x',
    ],
    takes,
    0,
  );
  assert.deepEqual(options, {
    from: ['a', 'b=c'],
    to: ['d'],
    json: true,
    dryRun: true,
    keep: false,
    help: false,
    files: [],
    settleSeconds: 5,
    lang: 'fr',
    data: '/x',
  });
});

test('what is wrong is named, never the value', () => {
  const wrong: [string[], string][] = [
    [['--form', 'a'], 'unknown-option'],
    [['-x'], 'unknown-option'],
    [['--out'], 'needs-value'],
    [['--out='], 'needs-value'],
    [['--from', '--to', 'x'], 'needs-value'],
    [['--to', 'a', '--to', 'b'], 'given-twice'],
    [['--json=yes'], 'takes-no-value'],
    [['--lang', 'de'], 'bad-language'],
    [['--settle-seconds', '-1'], 'bad-number'],
    [['--settle-seconds', '1.5'], 'bad-number'],
    [['imap://marie:hunter2@h/'], 'extra-argument'],
  ];
  for (const [argv, code] of wrong) {
    assert.throws(
      () => readOptions(argv, takes, 0),
      (error) => isTrouble(error) && error.answer === code && !error.message.includes('hunter2'),
      argv.join(' '),
    );
  }
});

test('a command that takes files takes no more than that', () => {
  assert.deepEqual(readOptions(['c.json'], [], 1).files, ['c.json']);
  assert.throws(() => readOptions(['a', 'b'], [], 1));
});
