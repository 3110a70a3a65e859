import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSameDoor } from './same-door.ts';

const OLD = 'imaps://ines@mail.mistral.example/';
const PRINT = 'ab'.repeat(32);

test('the same user at the same host keeps the key', () => {
  for (const fresh of [
    OLD,
    'imaps://ines@MAIL.mistral.example:993/?lanes=2',
    'imap://ines@mail.mistral.example/',
    'pop3s://ines@mail.mistral.example/',
  ])
    assert.ok(isSameDoor(OLD, fresh), fresh);
  assert.ok(isSameDoor('imap://ines@old.example:1143/', 'imap://ines@old.example:1143/?lanes=1'));
});

test('any other door does not', () => {
  for (const fresh of [
    'imaps://ines@mail.evil.example/',
    'imaps://ines@mail.mistral.example.evil.example/',
    'imaps://hugo@mail.mistral.example/',
    'imaps://ines@mail.mistral.example:9993/',
    'imap://ines@mail.mistral.example/?starttls=never',
    `imaps://ines@mail.mistral.example/?fingerprint=${PRINT}`,
    'imaps://ines@mail.mistral.example/?token=consent',
    'gmail://ines@mail.mistral.example/',
    'maildir:/uploads/ines',
    'nothing of an address',
  ])
    assert.ok(!isSameDoor(OLD, fresh), fresh);
});
