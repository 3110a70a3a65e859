import assert from 'node:assert/strict';
import { test } from 'node:test';
import { survey } from '../engine/survey.ts';
import { memoryMailbox } from '../stores/memory/mailbox.ts';
import { languages, words } from '../words/words.ts';
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
    const page = surveyPage(paper, voice);
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
