import assert from 'node:assert/strict';
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { PidTag } from '../mapi/properties.ts';
import { everythingOf, tellAll } from './archive.fixture.ts';
import { Archive } from './archive.ts';
import { itemOf, type MessageFacts, type PstFacts, writePst } from './write.fixture.ts';

const GIB = 1024 ** 3;
const MESSAGES = 3000;

const letter = (n: number): MessageFacts => ({
  properties: {
    [PidTag.MessageClass]: 'IPM.Note',
    [PidTag.Subject]: `lettre ${n}`,
    [PidTag.Body]: `Bonjour ${n}. `.repeat(n % 50),
  },
  attachments:
    n % 100 === 0
      ? [{ properties: { [PidTag.AttachMethod]: 1, [PidTag.AttachDataBinary]: Buffer.alloc(100_000, n) } }]
      : [],
});

for (const [name, shape] of Object.entries({
  'beyond 4 GiB': { kind: 'unicode', start: 6 * GIB },
  'beyond 40 GiB': { kind: 'unicode', start: 40 * GIB + 0x200 },
  '4K beyond 40 GiB': { kind: 'unicode-4k', start: 40 * GIB, compress: true },
} satisfies Record<string, PstFacts>))
  test(`a file whose blocks lie ${name} is read, in bounded memory`, { timeout: 60_000 }, () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'pst-large-'));
    const fd = openSync(path.join(dir, 'large.pst'), 'w+');
    try {
      const messages = Array.from({ length: MESSAGES }, (_, n) => letter(n));
      const pieces = writePst({ ...shape, folders: [{ name: 'Inbox', messages }] });
      for (const { position, bytes } of pieces) writeSync(fd, bytes, 0, bytes.length, position);
      ftruncateSync(fd, shape.start + GIB);
      let most = 0;
      const archive = Archive.open({
        size: fstatSync(fd).size,
        readAt(into, position) {
          most = Math.max(most, into.length);
          return readSync(fd, into, 0, into.length, position);
        },
      });
      const { folders } = tellAll(archive);
      const told = folders.find(({ folder }) => folder.path[0] === 'Inbox')!.messages;
      assert.equal(told.length, MESSAGES);
      for (const n of [0, 1, 1499, 2900, MESSAGES - 1])
        assert.deepEqual(everythingOf(told[n]!.item), everythingOf(itemOf(letter(n))));
      assert.ok(most <= 65_536, `${most} bytes at once`);
    } finally {
      closeSync(fd);
      rmSync(dir, { recursive: true });
    }
  });
