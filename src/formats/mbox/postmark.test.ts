import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPostmark } from './postmark.ts';

const DATED: [string, string | null][] = [
  ['From marie@example.org Fri May 17 09:30:12 2019', '2019-05-17T09:30:12Z'],
  ['From marie@example.org Fri May  7 09:30:12 2019', '2019-05-07T09:30:12Z'],
  ['From marie@example.org  Fri May 17 09:30 2019', '2019-05-17T09:30:00Z'],
  ['From marie Fri May 17 09:30:12 +0200 2019', '2019-05-17T07:30:12Z'],
  ['From marie Fri May 17 09:30:12 2019 -0130', '2019-05-17T11:00:12Z'],
  ['From marie Fri May 17 09:30:12 CEST 2019', '2019-05-17T07:30:12Z'],
  ['From marie Fri May 17 09:30:12 MET DST 2019', '2019-05-17T07:30:12Z'],
  ['From marie Fri May 17 09:30:12 XYZ 2019', '2019-05-17T09:30:12Z'],
  ['From uucp Fri May 17 09:30:12 1991 remote from decvax', '1991-05-17T09:30:12Z'],
  ['From - Fri May 17 09:30:12 2019', '2019-05-17T09:30:12Z'],
  ['From MAILER-DAEMON Fri May 17 09:30:12 2019', '2019-05-17T09:30:12Z'],
  ['From 1628424719502045299@xxx Tue Mar 19 09:13:51 +0000 2019', '2019-03-19T09:13:51Z'],
  ['From "Marie Curie" Fri May 17 09:30:12 2019', '2019-05-17T09:30:12Z'],
  ['From ???@??? Fri May 17 09:30:12 2019', '2019-05-17T09:30:12Z'],
  ['From  Fri May 17 09:30:12 2019', '2019-05-17T09:30:12Z'],
  ['From marie@example.org Fri, 17 May 2019 09:30:12 +0200', '2019-05-17T07:30:12Z'],
  ['From nobody Mon Sep 17 00:00:00 2001', null],
  ['From - Thu Jan  1 00:00:00 1970', null],
  ['From marie Thu Feb 31 09:30:12 2019', null],
];

const TEXT = [
  'From',
  'From: marie@example.org',
  'from marie Fri May 17 09:30:12 2019',
  'From my point of view',
  'From Friday on, May is ours',
  'From marie Fri May 17 25:30:12 2019',
  'From marie Fri May 17 09:61:12 2019',
  'From marie Fri Mai 17 09:30:12 2019',
  'From marie Fri May 17 09:30:12 219',
  'From marie Fri May 17 09:30:12 2019 and more words',
  'From Monday Sep to 17 10:00 we are closed',
  `From ${'x'.repeat(2000)} Fri May 17 09:30:12 2019`,
];

test('lines that separate, and their dates', () => {
  for (const [line, date] of DATED) {
    const postmark = readPostmark(line);
    assert.equal(postmark?.is, 'dated', line);
    assert.equal(postmark!.date, date === null ? null : Date.parse(date), line);
  }
  for (const line of ['From ', 'From -', 'From - ', 'From marie@example.org', 'From MAILER-DAEMON'])
    assert.deepEqual(readPostmark(line), { is: 'bare', date: null }, line);
});

test('lines that are text', () => {
  for (const line of TEXT) assert.equal(readPostmark(line), null, line);
});
