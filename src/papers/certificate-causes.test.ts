import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Finding } from '../engine/event.ts';
import { gatherGroups, groupFindings, plainAnswer } from './certificate-causes.ts';

function finding(is: Finding['is'], change: Partial<Finding> = {}): Finding {
  return {
    ...{ is, account: 'mbox:/a', folder: 'INBOX', key: '1', subject: 'Été', messageId: null },
    ...{ at: null, by: null, classes: [], reason: null, exact: null, ...change },
  };
}

function left(answer: string | null): Finding {
  return finding('left', { reason: { code: 'refused-by-target', answer } });
}

test('equal causes meet, others stay apart', () => {
  const groups = groupFindings([
    left('NO [LIMIT] Message 812 is 26214401 bytes, at most 26214400'),
    finding('same'),
    left('NO [LIMIT] Message 9 is 30000000 bytes, at most 26214400'),
    finding('extra'),
    left('NO [OVERQUOTA] Full'),
    left(null),
    finding('merged'),
    finding('missing'),
    finding('altered', { classes: ['nul', 'date'] }),
    finding('altered', { classes: ['date', 'nul'] }),
  ]);
  assert.deepEqual(
    groups.map(({ is, answer, count }) => [is, answer, count]),
    [
      ['missing', '', 1],
      ['left', 'NO [LIMIT] Message … is … bytes, at most …', 2],
      ['left', 'NO [OVERQUOTA] Full', 1],
      ['left', '', 1],
      ['altered', '', 2],
      ['extra', '', 1],
    ],
  );
  assert.equal(groups[1]!.examples.length, 2);
});

test('what is of one message alone is taken out of an answer, its code stays', () => {
  const cases: [string, string][] = [
    ['552 5.3.4 Message size 123456 exceeds 100', '552 5.3.4 Message size … exceeds …'],
    ['550 5.7.1 <marie@new.example>: refused', '550 5.7.1 …: refused'],
    ['mailbox marie.durand@new.example is full', 'mailbox … is full'],
    ['request 8d7f2c1a-66aa-4f0e-9c7a-0123456789ab failed', 'request … failed'],
    ['from 192.0.2.17 port 993', 'from … port …'],
    ['NO  [SERVERBUG]\r\n internal', 'NO [SERVERBUG] internal'],
    ['decade facade', 'decade facade'],
    ['', ''],
  ];
  for (const [answer, plain] of cases) assert.equal(plainAnswer(answer), plain);
});

test('an answer of any kind is plain at once, and plain once is plain for ever', () => {
  const property = fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), (answer) => {
    const plain = plainAnswer(answer);
    assert.ok(plain.length <= 520 && plain.isWellFormed());
    assert.doesNotMatch(plain, /[\u0000-\u001f\u007f]/);
  });
  fc.assert(property, { numRuns: 500 });
  for (const long of ['a@'.repeat(5000), '<'.repeat(5000), 'f-'.repeat(5000), '1,'.repeat(5000)])
    plainAnswer(long);
});

test('a server that gives each message words of its own does not fill the memory', () => {
  const grouping = gatherGroups({ groupsMax: 10, examplesMax: 2 });
  const word = (n: number): string => [...`${n}`].map((digit) => 'abcdefghij'[Number(digit)]).join('');
  for (let n = 0; n < 1000; n++) grouping.add(left(`said ${word(n)}`));
  for (let n = 0; n < 5; n++) grouping.add(left('said a'));
  grouping.add(finding('missing'));
  const { groups, others } = grouping.groups();
  assert.equal(groups.length, 10);
  assert.equal(groups[0]!.is, 'missing');
  assert.equal(
    groups.reduce((sum, { count }) => sum + count, others),
    1006,
  );
  assert.ok(groups.every(({ examples }) => examples.length <= 2));
});
