import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryMailbox } from '../stores/memory/mailbox.ts';
import { type FolderSurvey, survey } from './survey.ts';

function mailbox() {
  const box = memoryMailbox({ name: 'old', folders: [{ path: ['Work'], selectable: false }] });
  const at = (day: number) => Date.UTC(2020, 0, day);
  for (const size of [10, 500, 30])
    box.add(['INBOX'], { bytes: Buffer.alloc(size, 65), receivedAt: at(size % 28) });
  box.add(['Work', 'Été'], { bytes: Buffer.alloc(100, 65), receivedAt: null });
  return box;
}

test('a survey counts folders, messages, bytes and dates, and names the largest', async () => {
  const told: FolderSurvey[] = [];
  const source = mailbox().source();
  const found = await survey(source, {
    signal: new AbortController().signal,
    tell: (folder) => told.push(folder),
    largest: 2,
    quota: { usedBytes: 1, limitBytes: 2 },
  });
  assert.equal(found.messages, 4);
  assert.equal(found.bytes, 640);
  assert.equal(found.oldest, Date.UTC(2020, 0, 2));
  assert.equal(found.newest, Date.UTC(2020, 0, 24));
  assert.deepEqual(
    found.largest.map(({ size }) => size),
    [500, 100],
  );
  assert.equal(told.length, found.folders.length);
  const summer = found.folders.find(({ path }) => path.at(-1) === 'Été')!;
  assert.deepEqual([summer.messages, summer.bytes, summer.oldest, summer.newest], [1, 100, null, null]);
  assert.equal(found.folders.find(({ path }) => path.length === 1 && path[0] === 'Work')!.messages, 0);
  await source.close();
});

test('a cancelled survey stops', async () => {
  const signal = AbortSignal.abort();
  const source = mailbox().source();
  await assert.rejects(survey(source, { signal, tell() {}, largest: 0, quota: null }), {
    name: 'AbortError',
  });
  await source.close();
});
