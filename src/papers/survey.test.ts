import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FoundServer } from '../engine/find-servers/find.ts';
import type { Found, Scan } from '../engine/scan/found.ts';
import { survey } from '../engine/survey.ts';
import { memoryMailbox } from '../stores/memory/mailbox.ts';
import { languages, words } from '../words/words.ts';
import { scanPage } from './scan.ts';
import { serversPage } from './servers.ts';
import { spanText, surveyPage } from './survey.ts';

const evil = '</td><script>alert(1)</script>"\'&\u202e';

async function surveyed() {
  const box = memoryMailbox({ name: evil });
  const message = `From: a\r\nFrom: b\r\nSubject: ${evil.slice(0, -1)}\r\n\r\nx`;
  for (let i = 0; i < 25; i++)
    box.add([evil], { bytes: Buffer.from(message), receivedAt: Date.UTC(2026, 9, i + 1) });
  const source = box.source();
  try {
    return await survey(source, {
      ...{
        signal: new AbortController().signal,
        tell() {},
        largest: 20,
        quota: { usedBytes: 9, limitBytes: 10 },
      },
      targets: [
        { kind: 'google', announcedMaxBytes: null, room: { usedBytes: 1, limitBytes: 2 } },
        { kind: 'imap', announcedMaxBytes: 10, room: null },
      ],
      ...{ deep: true, now: Date.UTC(2026, 10, 24) },
    });
  } finally {
    await source.close();
  }
}

for (const language of languages) {
  test(`the page in ${language} escapes every text and needs nothing from outside`, async () => {
    const voice = words(language);
    const paper = { surveys: [await surveyed()], made: Date.UTC(2026, 10, 24), madeBy: '0.1.0' };
    const page = surveyPage(paper.surveys, paper, voice);
    assert.doesNotMatch(page, /<script|\u202e/);
    assert.doesNotMatch(page, /(src|href)=|@import|url\(/);
    assert.match(page, /default-src 'none'/);
    assert.match(page, /&lt;script&gt;alert\(1\)/);
    assert.doesNotMatch(page, />(survey|paper|aside|role)\.[a-z]/);
    assert.doesNotMatch(page, /\{\{|undefined|null</);
    assert.match(page, new RegExp(`<html lang="${language}">`));
  });
}

test('a long time is told in days', () => {
  const voice = words('en');
  assert.equal(spanText(3600, voice), '60 min');
  assert.equal(spanText(50 * 86_400, voice), '50 days');
  assert.equal(spanText(null, voice), 'not known');
});

test('pages of a search for archives and for servers: hostile names are text, nothing comes from outside', () => {
  const found: Found = {
    ...{ kind: 'pst', path: evil, address: `pst:${evil}`, bytes: 5, files: 1, lastWrite: 0, hidden: true },
    ...{ owner: { uid: 1, name: evil }, outlook: null },
  };
  const outlook = { generation: 'ansi' as const, password: true, damages: [evil], unfinished: false };
  const scan: Scan = {
    ...{ root: evil, looked: 3, links: 1, tooDeep: 0, tooMany: true },
    ...{ found: [found, { ...found, outlook }], unreadable: { count: 1, first: [evil] } },
  };
  const server: FoundServer = {
    ...{ protocol: 'imap', host: 'h', port: 143, security: 'none', by: 'srv', user: evil },
    ...{ address: evil, greeting: evil, capabilities: [evil], certificate: null },
  };
  const why = { by: 'srv' as const, on: evil, why: evil };
  const search = { found: [server], failed: [why], silent: [{ ...server, why: evil }] };
  const made = { made: 0, madeBy: '0' };
  for (const language of languages)
    for (const page of [
      scanPage(scan, made, words(language)),
      serversPage(evil, search, made, words(language)),
    ]) {
      assert.ok(!page.includes('<script') && !page.includes('\u202e'));
      assert.doesNotMatch(page, /<(?:link|img|iframe)|(?:src|href)=/);
      assert.match(page, /alert\(1\)/);
    }
});
