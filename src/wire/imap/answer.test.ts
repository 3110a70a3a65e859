import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Attempt, TroubleKind } from '../../trouble.ts';
import { troubleOf } from './answer.ts';
import type { Status } from './parser.ts';

function kind(
  tried: Attempt,
  text: string,
  is: Status['is'] = 'NO',
  code: string | null = null,
): TroubleKind {
  return troubleOf({ is, code, facts: '', text }, tried, 'x').kind;
}

test('a folder may be called like a request for time, and is missing all the same', () => {
  for (const name of ['Temporary', 'Server busy', 'Too many', 'Maintenance', 'Rate limit'])
    for (const tried of ['open-folder', 'store-message'] as const)
      assert.equal(kind(tried, `Mailbox ${name} does not exist`), 'missing', name);
  assert.equal(kind('create-folder', 'Maintenance 2019: name is reserved'), 'refused');
});

test('maintenance is a request for time where somebody is let in or sent away', () => {
  const text = 'account undergoing maintenance; please try again later';
  assert.equal(kind('sign-in', text), 'busy');
  assert.equal(kind('converse', 'Server going down for maintenance', 'BYE'), 'busy');
  assert.equal(kind('sign-in', 'Wrong password, please try again'), 'denied');
});

test('BYE shuts out only where it speaks of access', () => {
  assert.equal(kind('converse', 'IMAP access disabled for this account.', 'BYE'), 'denied');
  for (const text of ['Disconnected for inactivity.', 'disabled', 'Session expired, please login again', ''])
    assert.equal(kind('converse', text, 'BYE'), 'lost', text);
});

test('only of messages that are read does "expunged" mean gone', () => {
  assert.equal(kind('read-message', 'all of the requested messages have been expunged'), 'missing');
  assert.equal(kind('store-message', 'message was expunged'), 'refused');
});
