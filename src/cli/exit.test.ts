import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { usage } from '../app/usage.ts';
import type { Summary } from '../engine/event.ts';
import { Trouble, type TroubleKind } from '../trouble.ts';
import { EXIT, exitOfMove, exitOfProof, exitOfTrouble } from './exit.ts';

const well: Summary = {
  event: 'summary',
  entries: 3,
  copied: 2,
  merged: 1,
  left: 0,
  asked: 0,
  missing: 0,
  extra: 0,
  doubled: 0,
  altered: 0,
  gone: 0,
  bytes: 0,
  carried: 0,
  seconds: 0,
};

test('the summary of a proof decides', () => {
  assert.equal(exitOfProof(well), 0);
  assert.equal(exitOfProof({ ...well, extra: 5, altered: 1, gone: 2 }), 0);
  assert.equal(exitOfProof({ ...well, copied: 1, left: 1 }), 3);
  assert.equal(exitOfProof({ ...well, copied: 1, asked: 1 }), 3);
  assert.equal(exitOfProof({ ...well, unopened: 1 }), 3);
  assert.equal(exitOfProof({ ...well, copied: 1, missing: 1 }), 12);
  assert.equal(exitOfProof({ ...well, doubled: 1 }), 12);
  assert.equal(exitOfProof({ ...well, entries: 4 }), 12);
});

test('the summary of a move decides: what has no outcome yet is for the next run', () => {
  assert.equal(exitOfMove(well, false), 0);
  assert.equal(exitOfMove({ ...well, copied: 1, left: 1 }, false), 3);
  assert.equal(exitOfMove({ ...well, unopened: 1 }, false), 3);
  assert.equal(exitOfMove({ ...well, copied: 0, left: 1, missing: 1 }, false), 10);
  assert.equal(exitOfMove({ ...well, copied: 0, missing: 2 }, true), 0);
  for (const dryRun of [false, true]) assert.equal(exitOfMove({ ...well, entries: 4 }, dryRun), 12);
});

test('the kind of a Trouble decides', () => {
  const codes: Record<TroubleKind, number> = {
    busy: 10,
    full: 10,
    lost: 10,
    missing: 10,
    refused: 10,
    denied: 11,
    malformed: 10,
  };
  for (const [kind, code] of Object.entries(codes)) {
    assert.equal(exitOfTrouble(new Trouble(kind as TroubleKind, { tried: 'connect', on: 'x' })), code, kind);
  }
  assert.equal(exitOfTrouble(usage('no-from', '--from')), 64);
  assert.equal(exitOfTrouble(usage('no-secret', 'imap://a@h/')), 64);
});

test('the table in the docs has every code', () => {
  const text = readFileSync(new URL('../../docs/exit-codes.md', import.meta.url), 'utf8');
  const listed = [...text.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
  assert.deepEqual(listed, Object.values(EXIT));
});
