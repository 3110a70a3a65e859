import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSendableFlag } from '../../wire/imap/index.ts';
import { isPlaceholder, isStorable, realLimit } from './quirks.ts';

test('the excuse of a server is no message, and a message about an excuse is one', () => {
  const excuse = 'Retrieval using the IMAP4 protocol failed for the following message: 42';
  assert.ok(isPlaceholder(`From: Microsoft Exchange\r\nSubject: ${excuse}\r\n\r\nThe server...`));
  assert.ok(isPlaceholder(`From: Microsoft Exchange\r\nSubject: x\r\n\r\n${excuse}`));
  assert.ok(!isPlaceholder(`From: paul@example.org\r\nSubject: aide\r\n\r\nOutlook dit : ${excuse}`));
  assert.ok(!isPlaceholder(`Subject: Re: ${excuse}\r\n\r\nx`));
});

test('only flags that every server takes are sent', () => {
  const flags = ['\\Seen', '\\Recent', '\\Foo', '$Forwarded', 'Projet7', 'à-faire', 'a b', ''];
  assert.deepEqual(
    flags.filter((flag) => isStorable(flag, isSendableFlag)),
    ['\\Seen', '$Forwarded', 'Projet7'],
  );
});

test('four gigabytes are no limit', () => {
  assert.equal(realLimit(4_294_967_295), null);
  assert.equal(realLimit(35_651_584), 35_651_584);
  assert.equal(realLimit(null), null);
});
