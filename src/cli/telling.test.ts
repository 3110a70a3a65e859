import assert from 'node:assert/strict';
import { test } from 'node:test';
import { words } from '../words/words.ts';
import type { Context } from './command.ts';
import { openLines } from './output.ts';
import { openTelling, tellCancelled } from './telling.ts';

function context(json: boolean): { context: Context; told: unknown[]; notes: string[] } {
  const told: unknown[] = [];
  const notes: string[] = [];
  const made: Context = {
    options: { from: [], to: [], json, dryRun: false, keep: false, help: false, files: [] },
    words: () => words('en'),
    person: { warn() {}, ask: null },
    signal: new AbortController().signal,
    print() {},
    note: (text) => notes.push(text),
    divertNotes() {},
    json: (value) => told.push(value),
  };
  return { context: made, told, notes };
}

test('with --json every event is told as it is, and classes are counted', () => {
  const { context: here, told } = context(true);
  const telling = openTelling(here);
  const event = {
    event: 'altered' as const,
    account: 'a',
    folder: 'f',
    key: 'k',
    subject: null,
    classes: ['nul', 'date'],
    rung: 'as-is',
  };
  telling.tell(event);
  telling.tell(event);
  assert.deepEqual(told, [event, event]);
  assert.deepEqual(telling.classes, { nul: 2, date: 2 });
});

test('after Ctrl-C: the command to go on with, without its password', () => {
  const { context: here, notes } = context(true);
  const telling = openTelling(here);
  telling.tell({ event: 'cancelled', done: 3, of: 10 });
  tellCancelled(here, telling, [
    'move',
    '--from',
    'imap://marie:pa:s@s@h/',
    '--from=imaps://a%40b:hunter2@h/',
    '--from=pop3s://a:hunter2@h/',
    '--to',
    "maildir:/a b'c",
  ]);
  assert.deepEqual(notes, [
    `Stopped after 3 of 10 messages. Nothing is lost; the same command goes on from here:
  malleposte move --from 'imap://marie:…@h/' '--from=imaps://a%40b:…@h/' '--from=pop3s://a:…@h/' --to 'maildir:/a b'\\''c'`,
  ]);
});

test('lines are gathered, in order, and flushed', () => {
  const written: string[] = [];
  const lines = openLines((text) => written.push(text));
  for (let i = 0; i < 10_000; i++) lines.line(`line ${i}`);
  lines.flush();
  lines.flush();
  assert.ok(written.length < 10, String(written.length));
  assert.equal(written.join(''), Array.from({ length: 10_000 }, (_, i) => `line ${i}\n`).join(''));
});
