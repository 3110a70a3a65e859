import assert from 'node:assert/strict';
import { test } from 'node:test';
import { oddMessages } from './odd.ts';

test('odd messages: each name once, the same bytes every time', () => {
  const messages = oddMessages();
  assert.equal(new Set(messages.map(({ name }) => name)).size, messages.length);
  assert.ok(messages.length >= 80);
  oddMessages().forEach(({ name, bytes }, index) => {
    assert.ok(Buffer.from(bytes).equals(messages[index]!.bytes), name);
  });
});

test('odd messages are odd in the ways that matter', () => {
  const all = oddMessages().map(({ bytes }) => Buffer.from(bytes).toString('latin1'));
  const ways: Record<string, (text: string) => boolean> = {
    nul: (text) => text.includes('\0'),
    'bare LF': (text) => /[^\r]\n/.test(text),
    'bare CR': (text) => /\r[^\n]/.test(text),
    'line over 998': (text) => text.split('\r\n').some((line) => line.length > 998),
    'line over 9,900': (text) => text.split('\r\n').some((line) => line.length > 9900),
    'line of 100,000': (text) => text.split('\r\n').some((line) => line.length === 100_000),
    '8-bit header': (text) => /[\x80-\xff]/.test(text.split('\r\n\r\n')[0]!),
    'zero bytes': (text) => text === '',
    'no Message-ID': (text) => !/^message-id:/im.test(text),
    '3 MB': (text) => text.length > 3_000_000,
  };
  for (const [name, is] of Object.entries(ways)) assert.ok(all.some(is), name);
});
