import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryMailbox } from '../stores/memory/mailbox.ts';
import type { Obstacle } from './obstacles.ts';
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
    now: Date.UTC(2020, 0, 28),
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
  await assert.rejects(survey(source, { signal, tell() {}, largest: 0, quota: null, now: 0 }), {
    name: 'AbortError',
  });
  await source.close();
});

test('what stands in the way is told message by message, deep or by the listing alone', async () => {
  const box = memoryMailbox({ name: 'old' });
  const odd = 'From: a\r\nFrom: b\r\nSubject: Two\r\n\r\nx';
  box.add(['INBOX'], { bytes: Buffer.from(odd), receivedAt: Date.UTC(2099, 0) });
  box.add(['Spam  mine'], { bytes: Buffer.alloc(400, 65), receivedAt: 0 });
  const asked = { kind: 'google', announcedMaxBytes: 100, room: null } as const;
  for (const deep of [false, true]) {
    const told: Obstacle[] = [];
    const source = box.source();
    const found = await survey(source, {
      ...{ signal: new AbortController().signal, tell() {}, largest: 1, quota: null, now: 0, deep },
      ...{ targets: [asked], tellObstacle: (obstacle: Obstacle) => told.push(obstacle) },
    });
    await source.close();
    const listed = [
      'arrival-date INBOX',
      'large Spam  mine',
      'arrival-date Spam  mine',
      'folder-characters Spam  mine',
    ];
    const read = ['date INBOX', 'several-from INBOX', 'date Spam  mine'];
    assert.deepEqual(
      told.map(({ is, folder }) => `${is} ${folder}`).sort(),
      [...listed, ...(deep ? read : [])].sort(),
    );
    assert.equal(told.find(({ is }) => is === 'several-from')?.subject, deep ? 'Two' : undefined);
    assert.ok(found.readBytesPerSecond! > 0);
    assert.equal(
      found.prospects[0]!.obstacles.reduce((sum, { count }) => sum + count, 0),
      told.length,
    );
  }
});
