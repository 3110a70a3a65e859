import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { corpusDir } from '../../../test/corpus.ts';
import { identify } from '../../mail/identity.ts';
import { isTrouble } from '../../trouble.ts';
import { makeItem, string8 } from '../mapi/item.fixture.ts';
import type { Item, PropertyBag } from '../mapi/item.ts';
import { marksOf, receivedAtOf } from '../mapi/marks.ts';
import { mutations } from '../mapi/mutate.fixture.ts';
import { PidTag, Ptyp } from '../mapi/properties.ts';
import { renderMessage } from '../mapi/render.ts';
import { compressRtf } from '../mapi/rtf.fixture.ts';
import { openCompound, type Storage } from './compound.ts';
import { writeCompound } from './compound-write.ts';
import { isCompound, openMsg } from './index.ts';
import { writeMsg } from './msg.fixture.ts';

const INNER = makeItem({
  properties: { [PidTag.Subject]: 'inside', [PidTag.Body]: 'hello' },
  recipients: [{ properties: { [PidTag.RecipientType]: 1, [PidTag.SmtpAddress]: 'c@example.org' } }],
});

const ITEM = makeItem({
  properties: {
    [PidTag.MessageClass]: 'IPM.Note',
    [PidTag.Subject]: 'Réunion',
    [PidTag.MessageFlags]: 1,
    [PidTag.ClientSubmitTime]: new Date('2019-05-17T07:30:12Z'),
    [PidTag.SentRepresentingEmailAddress]: 'a@example.org',
    [PidTag.Body]: string8(Buffer.from('caf\xe9', 'latin1')),
    [PidTag.RtfCompressed]: compressRtf(Buffer.from('{\\rtf1 {\\b x}}')),
    24577: 12345678901234n,
    24578: { type: Ptyp.Floating64, value: 1.5 },
    24579: { type: Ptyp.Multiple | Ptyp.Integer32, value: [1, -2, 3] },
    24580: { type: Ptyp.Multiple | Ptyp.Binary, value: [Buffer.of(1), Buffer.of(2, 3)] },
    24581: true,
  },
  recipients: ['b@example.org', 'c@example.org'].map((address) => ({
    properties: { [PidTag.RecipientType]: 1, [PidTag.SmtpAddress]: address, [PidTag.DisplayName]: address },
  })),
  attachments: [
    {
      properties: {
        [PidTag.AttachMethod]: 1,
        [PidTag.AttachLongFilename]: 'a.bin',
        [PidTag.AttachDataBinary]: Buffer.alloc(10_000, 'ab'),
      },
    },
    { properties: { [PidTag.AttachMethod]: 5, [PidTag.DisplayName]: 'inside' }, embedded: INNER },
  ],
});

const NAMED = [
  { set: '00020329-0000-0000-c000-000000000046', name: 'Keywords', type: 0x101f, value: ['Rouge', 'Vert'] },
  { set: '00062008-0000-0000-c000-000000000046', name: 0x8503, type: Ptyp.Boolean, value: true },
];

function allOf(bag: PropertyBag): object {
  return Object.fromEntries(bag.ids().map((id) => [id.toString(16), bag.get(id)]));
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_key, one) => (typeof one === 'bigint' ? `${one}n` : one)));
}

function message(item: Item): Buffer {
  return Buffer.concat(
    [...renderMessage(item, { codePage: 1252 }).chunks()].map((chunk) => Buffer.from(chunk)),
  );
}

test('an item written as a MSG file is read as it was: version 3 and 4', () => {
  for (const version of [3, 4] as const) {
    const item = openMsg(writeMsg(ITEM, NAMED, version));
    const names = item.ids().filter((id) => id < 0x8000);
    assert.deepEqual(names, ITEM.ids());
    for (const id of names) assert.deepEqual(plain(item.get(id)), plain(ITEM.get(id)), id.toString(16));
    assert.deepEqual([...item.recipients()].map(allOf), [...ITEM.recipients()].map(allOf));
    assert.deepEqual(item.named(NAMED[0]!.set, 'keywords')?.value, ['Rouge', 'Vert']);
    assert.equal(item.named(NAMED[1]!.set, 0x8503)?.value, true);
    assert.equal(item.named(NAMED[1]!.set, 0x8504), null);
    assert.deepEqual(marksOf(item), ['Rouge', 'Vert', '\\Seen']);
    assert.equal(receivedAtOf(item), Date.UTC(2019, 4, 17, 7, 30, 12));
    const [file, inside] = [...item.attachments()];
    assert.equal(file!.embedded(), null);
    assert.deepEqual(
      Buffer.concat([...file!.stream(PidTag.AttachDataBinary)!.chunks()]),
      Buffer.alloc(10_000, 'ab'),
    );
    assert.equal(inside!.embedded()!.get(PidTag.Body)?.value, 'hello');
    assert.deepEqual(message(item), message(ITEM));
  }
});

test('an OLE object comes out as a compound file of its own', () => {
  const object = {
    streams: new Map([
      ['\x01Ole', Buffer.of(1, 2)],
      ['CONTENTS', Buffer.alloc(5000, 7)],
    ]),
    storages: new Map(),
  };
  const properties = Buffer.alloc(8 + 16);
  properties.writeUInt32LE(0x37050003, 8);
  properties.writeUInt32LE(6, 16);
  const file = writeCompound({
    streams: new Map([['__properties_version1.0', Buffer.alloc(32)]]),
    storages: new Map([
      [
        '__attach_version1.0_#00000000',
        {
          streams: new Map([['__properties_version1.0', properties]]),
          storages: new Map([['__substg1.0_3701000D', object]]),
        },
      ],
    ]),
  });
  const [attachment] = [...openMsg(file).attachments()];
  assert.equal(attachment!.embedded(), null);
  const inside = openCompound(Buffer.concat([...attachment!.stream(PidTag.AttachDataBinary)!.chunks()]));
  assert.deepEqual([...inside.streams.values()].map(({ name }) => name).sort(), ['\x01Ole', 'CONTENTS']);
});

test('a file of many sectors: the table of tables goes on outside of the header', () => {
  const large = Buffer.alloc(9 * 1024 * 1024);
  for (let at = 0; at < large.length; at += 4) large.writeUInt32LE(at, at);
  const many = new Map(
    Array.from({ length: 300 }, (_none, index) => [`s${index}`, Buffer.of(index & 255)] as const),
  );
  const file = writeCompound({ streams: new Map([...many, ['large', large]]), storages: new Map() });
  assert.ok(file.readUInt32LE(0x48) > 0);
  const { streams } = openCompound(file);
  assert.equal(streams.size, 301);
  assert.ok(Buffer.concat([...streams.get('LARGE')!.chunks()]).equals(large));
  assert.deepEqual([...streams.get('S299')!.chunks()], [Buffer.of(299 & 255)]);
});

test('what is no MSG file is malformed', () => {
  const no = (bytes: Uint8Array) =>
    assert.throws(
      () => openMsg(bytes),
      (error) => isTrouble(error, 'malformed'),
    );
  no(Buffer.alloc(0));
  no(Buffer.alloc(2000));
  no(writeCompound({ streams: new Map(), storages: new Map() }));
  no(writeMsg(ITEM).subarray(0, 600));
});

test('chains that go round, sizes that lie: malformed, in no time', () => {
  const file = writeCompound({ streams: new Map([['large', Buffer.alloc(20_000)]]), storages: new Map() });
  const directory = (file.readUInt32LE(0x30) + 1) * 512;
  const fat = (file.readUInt32LE(0x4c) + 1) * 512;
  const round = Buffer.from(file);
  round.writeUInt32LE(0, fat + 4 * 3);
  assert.throws(
    () => read(openCompound(lie(round, directory, 1 << 30))),
    (error) => isTrouble(error, 'malformed'),
  );
  assert.throws(
    () => read(openCompound(lie(file, directory, 25_000))),
    (error) => isTrouble(error, 'malformed'),
  );
  const selfish = Buffer.from(file);
  selfish.writeUInt32LE(file.readUInt32LE(0x30), fat + 4 * file.readUInt32LE(0x30));
  assert.throws(
    () => openCompound(selfish),
    (error) => isTrouble(error, 'malformed'),
  );
});

function lie(file: Buffer, directory: number, size: number): Buffer {
  const copy = Buffer.from(file);
  copy.writeUInt32LE(size, directory + 128 + 120);
  return copy;
}

function read(storage: Storage): number {
  let size = 0;
  for (const stream of storage.streams.values()) for (const chunk of stream.chunks()) size += chunk.length;
  for (const inner of storage.storages.values()) size += read(inner);
  return size;
}

test('fuzz: a damaged MSG file ends in a message or in malformed, in bounded time', () => {
  let rendered = 0;
  let slowest = 0;
  for (const bytes of mutations([writeMsg(ITEM, NAMED), writeMsg(ITEM, NAMED, 4)])) {
    const started = performance.now();
    try {
      const item = openMsg(bytes);
      marksOf(item);
      let size = 0;
      for (const chunk of renderMessage(item, { codePage: 1252 }).chunks()) size += chunk.length;
      assert.ok(size < 40 * bytes.length + 1_000_000);
      rendered++;
    } catch (error) {
      if (!isTrouble(error, 'malformed')) throw error;
    }
    slowest = Math.max(slowest, performance.now() - started);
  }
  assert.ok(rendered > 0);
  assert.ok(slowest < 5000, `${slowest} ms`);
});

/** Files that Outlook and others wrote. */
const DIR = process.env.MALLEPOSTE_MSG_DIR ?? corpusDir();
const REAL =
  DIR === null
    ? []
    : readdirSync(DIR, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && /\.msg$/i.test(entry.name))
        .map((entry) => path.join(entry.parentPath, entry.name))
        .filter((file) => isCompound(readFileSync(file)));

test('real MSG files are messages, the same each time', {
  skip: REAL.length === 0 ? 'none at hand' : false,
}, () => {
  for (const file of REAL) {
    const bytes = readFileSync(file);
    const once = message(openMsg(bytes));
    assert.ok(message(openMsg(bytes)).equals(once), file);
    assert.equal(identify(once, { likely: false }).oddities.noHeader, false, file);
  }
});
