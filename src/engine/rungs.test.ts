import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identify } from '../mail/identity.ts';
import { memoryBody } from '../stores/holds/memory.ts';
import { wholeOf } from './receive.ts';
import { rungs } from './rungs.ts';

function firstOf(
  text: string,
  localLineEnds: boolean,
): { name: string; text: string; next: string | undefined } {
  const bytes = Buffer.from(text, 'latin1');
  const ladder = rungs(
    { body: memoryBody(bytes), identity: identify(bytes, { likely: false }) },
    localLineEnds,
  );
  const first = ladder.next().value!;
  const next = ladder.next().value;
  return { name: first.name, text: Buffer.from(wholeOf(first.body)).toString('latin1'), next: next?.name };
}

test('LF of a file format becomes CRLF and no rung is spent on it', () => {
  assert.deepEqual(firstOf('Subject: a\n\nb\n', true), {
    name: 'as-is',
    text: 'Subject: a\r\n\r\nb\r\n',
    next: 'wrapped',
  });
});

test('a lone CR among them is content and stays; without it comes a rung later, and says so', () => {
  assert.deepEqual(firstOf('Subject: a\n\nb\rc\r\r\nd\n', true), {
    name: 'as-is',
    text: 'Subject: a\r\n\r\nb\rc\r\r\nd\r\n',
    next: 'line-ends',
  });
});
