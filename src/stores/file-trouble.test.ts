import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Trouble } from '../trouble.ts';
import { fileTrouble, unreadTrouble } from './file-trouble.ts';

const error = (code: string): Error => Object.assign(new Error(`${code}: what the system said`), { code });

test('what the file system says has a kind', () => {
  const kinds: Record<string, string> = {
    ENOENT: 'missing',
    EACCES: 'denied',
    ENOSPC: 'full',
    EDQUOT: 'full',
    ELOOP: 'refused',
    EMFILE: 'busy',
    EIO: 'lost',
    ESTALE: 'lost',
  };
  for (const [code, kind] of Object.entries(kinds)) {
    const trouble = fileTrouble(error(code), 'write-file', '/x');
    assert.ok(trouble instanceof Trouble);
    assert.equal(trouble.kind, kind);
    assert.match(trouble.answer ?? '', /what the system said/);
  }
});

test('a bug stays a bug', () => {
  const bug = new TypeError('x is not a function');
  assert.equal(fileTrouble(bug, 'write-file', '/x'), bug);
  const invalid = error('ERR_INVALID_ARG_TYPE');
  assert.equal(fileTrouble(invalid, 'write-file', '/x'), invalid);
  assert.throws(() => unreadTrouble(bug, '/x'), bug);
});

test('one message is at fault, or the store is', () => {
  assert.equal(unreadTrouble(error('EACCES'), '/x').kind, 'refused');
  assert.equal(unreadTrouble(error('ENOENT'), '/x').kind, 'missing');
  assert.throws(() => unreadTrouble(error('EIO'), '/x'), /lost/);
});
