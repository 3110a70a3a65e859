import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { decode } from './charset.ts';

const loaded = (): boolean =>
  Object.keys(createRequire(import.meta.url).cache).some((file) => file.includes('iconv-lite'));

test('the tables of rare charsets are loaded by the first message that needs them', () => {
  assert.equal(decode(Buffer.from('é'), 'utf-8'), 'é');
  assert.equal(decode(Buffer.from([0xe9]), 'iso-8859-1'), 'é');
  assert.equal(loaded(), false);
  assert.equal(decode(Buffer.from([0x82]), 'cp437'), 'é');
  assert.equal(loaded(), true);
});
