import assert from 'node:assert/strict';
import { test } from 'node:test';
import { abilitiesOf } from './abilities.ts';

const shown = (speaks: 'imap' | 'pop3', capabilities: string[]): string[] =>
  abilitiesOf({ speaks, name: null, capabilities }).map(({ is, has, value }) => `${is} ${value ?? has}`);

test('what a server can do, by its capabilities; what only matters where it is there is not told as lacking', () => {
  assert.deepEqual(
    shown('imap', [
      'IMAP4rev1',
      'UIDPLUS',
      'LITERAL+',
      'APPENDLIMIT=35651584',
      'COMPRESS=DEFLATE',
      'X-GM-EXT-1',
    ]),
    [
      'keys true',
      'several false',
      'changes false',
      'no-waiting true',
      'size-limit 35651584',
      'compression DEFLATE',
      'quota false',
      'roles false',
      'labels true',
    ],
  );
  assert.deepEqual(shown('pop3', ['UIDL', 'TOP', 'EXPIRE 30 USER']), [
    'ids true',
    'headers true',
    'pipelining false',
    'expires 30 USER',
  ]);
  assert.deepEqual(shown('imap', ['IMAP4rev2', 'qresync']).slice(0, 4), [
    'keys true',
    'several false',
    'changes true',
    'no-waiting true',
  ]);
});
