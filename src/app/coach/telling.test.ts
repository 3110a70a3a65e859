import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Event, Finding } from '../../engine/event.ts';
import { type CoachEvent, coachEventSchema } from './messages.ts';
import { redacted } from './redact.ts';
import { openTelling } from './telling.ts';

const finding = (account: string | null): Event => {
  const nothing = { alsoIn: [], subject: 'Secret', messageId: null, at: null, by: null, classes: [] };
  const told: Finding = {
    ...nothing,
    is: 'same',
    account,
    folder: 'INBOX',
    key: '1',
    reason: null,
    exact: null,
  };
  return { event: 'finding', finding: told };
};

const progress = (account: string, done: number): Event => ({
  ...{ event: 'progress', account, done, of: 1_000, bytes: done, ofBytes: 1_000 },
});

test('a flood becomes a few events, the latest of each account; what comes message by message is counted', async () => {
  const told: CoachEvent[] = [];
  const telling = openTelling((event) => told.push(event), 50);
  for (let n = 1; n <= 1_000; n++) {
    telling.tell(progress('a', n));
    telling.tell(progress('b', n - 1));
    telling.tell(finding('a'));
    telling.tell(finding(null));
    const reason = { code: 'too-large', answer: null } as const;
    telling.tell({ event: 'left', account: 'a', folder: 'INBOX', key: `${n}`, subject: 'Secret', reason });
  }
  for (let n = 0; n < 1_000 && told.length === 0; n++) await sleep(5);
  assert.deepEqual(told, [
    progress('a', 1_000),
    progress('b', 999),
    { event: 'met', altered: 0, left: 1_000, withdrawn: 0, aside: 0, proven: 1_000 },
  ]);
  for (const event of told) coachEventSchema.parse(event);
  assert.ok(!JSON.stringify(told).includes('Secret'), 'no subject leaves the process');
});

test('what is held back is told on demand, once', () => {
  const told: CoachEvent[] = [];
  const telling = openTelling((event) => told.push(event), 60_000);
  telling.tell({ event: 'stage', stage: 'list' });
  telling.tell({ event: 'folder', account: 'a', folder: 'x'.repeat(5_000), into: 'INBOX', waiting: 1 });
  telling.flush();
  telling.flush();
  assert.equal(told.length, 2);
  assert.ok(JSON.stringify(told).length < 1_000, 'long names are cut');
});

type Parts<E> = E extends { event: infer Name extends string }
  ? `${Name}.${Extract<keyof E, string>}`
  : never;
type Told = Exclude<Event, { event: 'altered' | 'left' | 'withdrawn' | 'aside' | 'finding' }>;

test('every part of every event that is told has its place in the schema', () => {
  // A part that is added to the road's events, and not to the schema, is named here by the compiler.
  const untold: Exclude<Parts<Told>, Parts<CoachEvent>>[] = [];
  const none: never[] = untold;
  assert.deepEqual(none, []);
});

test('secrets are taken out of what is logged, the longer ones first', () => {
  assert.equal(
    redacted('pin 1234, password 1234-5678, 1234', ['1234', '1234-5678', '']),
    'pin …, password …, …',
  );
});
