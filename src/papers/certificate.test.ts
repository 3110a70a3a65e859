import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Certificate } from '../engine/certificate.ts';
import type { Finding } from '../engine/event.ts';
import { languages, words } from '../words/words.ts';
import { certificatePage, className } from './certificate.ts';

const evil = '</td><script>alert(1)</script>"\'&\u202e\u0000';

const certificate: Certificate = {
  header: {
    format: 'malleposte-certificate',
    version: 1,
    target: `imaps://marie@new.example:993/${evil}`,
    accounts: ['imap://marie@old.example:143/', evil],
    began: Date.UTC(2026, 10, 24, 8),
    madeBy: '0.1.0',
  },
  ended: Date.UTC(2026, 10, 24, 9),
  summary: {
    entries: 12_345,
    copied: 12_343,
    merged: 1,
    left: 1,
    asked: 0,
    missing: 0,
    extra: 2,
    doubled: 0,
    altered: 3,
    gone: 0,
    bytes: 0,
    carried: 0,
    seconds: 10,
  },
  counts: {
    findings: {
      same: 12_340,
      altered: 3,
      merged: 1,
      left: 1,
      asked: 0,
      missing: 0,
      doubled: 0,
      extra: 2,
      unread: 0,
    },
    classes: { 'header:Subject': 2, [evil]: 1 },
    accounts: { 'imap://marie@old.example:143/': 12_345 },
  },
  verdict: 'exceptions',
  findings: { file: 'c.json.findings.jsonl', lines: 12_347 },
  head: 'ab'.repeat(32),
  signature: '',
  publicKey: '',
};

const left: Finding = {
  is: 'left',
  account: evil,
  folder: evil,
  key: '1.2',
  subject: evil,
  messageId: null,
  at: null,
  by: null,
  classes: [evil],
  reason: { code: 'refused-by-target', answer: evil },
  exact: null,
};

for (const language of languages) {
  const voice = words(language);
  const page = certificatePage(
    { certificate, file: 'c.json', fingerprint: 'cd'.repeat(32), exceptions: [left], more: 1 },
    voice,
  );

  test(`the page in ${language} escapes every text and needs nothing from outside`, () => {
    assert.doesNotMatch(page, /<script|\u202e|\u0000/);
    assert.doesNotMatch(page, /(src|href)=|@import|url\(/);
    assert.match(page, /&lt;script&gt;alert\(1\)/);
    assert.match(page, new RegExp(`<html lang="${language}">`));
  });

  test(`the page in ${language} has words for everything, and the number that matters`, () => {
    assert.doesNotMatch(page, />(paper|summary|finding|reason|altered)\.[a-z]/);
    assert.doesNotMatch(page, /\{\{/);
    assert.match(page, /class="zero exceptions"><b>0<\/b>/);
    assert.ok(page.includes(voice.figures.number(12_345)));
    assert.ok(page.includes(voice.say('reason.refused-by-target').replaceAll("'", '&#39;')));
  });
}

test('a proof within one minute was read at one moment', () => {
  const voice = words('en');
  const paper = { file: 'c.json', fingerprint: '', exceptions: [], more: 0 };
  const quick = { ...certificate, ended: certificate.header.began + 9000 };
  assert.match(
    certificatePage({ ...paper, certificate: quick }, voice),
    /Read on November 24, 2026 at [^<]+M</,
  );
  assert.match(
    certificatePage({ ...paper, certificate }, voice),
    /Read from November 24, 2026 at .* to November/,
  );
});

test('a class is said in words, by its stem, or as it is', () => {
  const voice = words('en');
  assert.equal(className('nul', voice), 'NUL bytes replaced');
  assert.equal(className('header:Subject', voice), 'header changed');
  assert.equal(className('strange:thing', voice), 'strange:thing');
});
