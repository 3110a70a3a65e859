import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PidTag } from '../mapi/properties.ts';
import { everythingOf, openBytes, tellAll } from './archive.fixture.ts';
import { itemOf, type MessageFacts, makePst, type PstFacts } from './write.fixture.ts';

const PUBLIC_STRINGS = '00020329-0000-0000-c000-000000000046';
const COMMON = '00062008-0000-0000-c000-000000000046';

const letter: MessageFacts = {
  properties: {
    [PidTag.MessageClass]: 'IPM.Note',
    [PidTag.Subject]: 'Été à Sète',
    [PidTag.MessageFlags]: 1,
    [PidTag.MessageDeliveryTime]: new Date(Date.UTC(2014, 1, 26, 7, 51, 2)),
    [PidTag.Body]: 'Bonjour.\r\n'.repeat(3000),
    [PidTag.Html]: Buffer.from('<p>Bonjour</p>'.repeat(9000)),
    [PidTag.Importance]: { type: 2, value: -7 },
    [PidTag.DisplayName]: '',
    16385: { type: 4, value: 0.5 },
    16386: { type: 5, value: Math.PI },
    16387: { type: 6, value: -123456789012345n },
    16388: 9007199254740993n,
    16389: true,
    16390: { type: 72, value: '00062008-0001-0203-c000-0000000000ff' },
    16391: { type: 0x1e, value: Buffer.from('\x80uro', 'latin1') },
    16392: ['un', '', 'trois'],
    16393: [Buffer.from([1]), Buffer.from('x'.repeat(5000))],
    16394: [1, 2, 3],
    16395: { type: 0x1048, value: ['00062008-0001-0203-c000-0000000000fe'] },
    16396: new Date(0),
    16397: { type: 10, value: -2147221233 },
  },
  named: [
    { set: PUBLIC_STRINGS, name: 'Keywords', value: ['Rouge', 'À faire'] },
    { set: COMMON, name: 0x8530, value: 'red' },
  ],
  recipients: Array.from({ length: 60 }, (_, n) => ({
    properties: {
      [PidTag.DisplayName]: `Personne ${n}`,
      [PidTag.RecipientType]: 1 + (n % 3),
      [PidTag.EmailAddress]: `p${n}@example.org`,
      14912: n % 2 === 0,
    },
  })),
  attachments: [
    {
      properties: {
        [PidTag.AttachMethod]: 1,
        [PidTag.AttachLongFilename]: 'photo.jpg',
        [PidTag.AttachDataBinary]: Buffer.alloc(70_000, 7),
      },
    },
    {
      properties: {
        [PidTag.AttachMethod]: 1,
        [PidTag.AttachLongFilename]: 'vide.txt',
        [PidTag.AttachDataBinary]: Buffer.alloc(0),
      },
    },
    {
      properties: { [PidTag.AttachMethod]: 5, [PidTag.DisplayName]: 'Un autre' },
      embedded: {
        properties: {
          [PidTag.MessageClass]: 'IPM.Note',
          [PidTag.Subject]: 'dedans',
          [PidTag.Body]: 'x'.repeat(9000),
        },
        recipients: [{ properties: { [PidTag.DisplayName]: 'Lui' } }],
        attachments: [
          { properties: { [PidTag.AttachMethod]: 1, [PidTag.AttachDataBinary]: Buffer.from('profond') } },
        ],
      },
    },
  ],
};

const SHAPES: Record<string, PstFacts> = {
  'Unicode, compressible': { kind: 'unicode', crypt: 'permute' },
  'Unicode, high': { kind: 'unicode', crypt: 'cyclic' },
  'Unicode, plain': { kind: 'unicode', crypt: 'none' },
  ANSI: { kind: 'ansi', crypt: 'permute' },
  'ANSI, high': { kind: 'ansi', crypt: 'cyclic' },
  '4K': { kind: 'unicode-4k', crypt: 'none' },
  '4K, compressed': { kind: 'unicode-4k', crypt: 'none', compress: true },
  'Unicode, deep trees': { kind: 'unicode', crypt: 'permute', blockBytes: 900, listMax: 12, pageMax: 3 },
  'ANSI, deep trees': { kind: 'ansi', crypt: 'permute', blockBytes: 900, listMax: 12, pageMax: 3 },
};

for (const [name, shape] of Object.entries(SHAPES))
  test(`everything of an item is read back: ${name}`, () => {
    const quiet: MessageFacts = {
      properties: { [PidTag.MessageClass]: 'IPM.Note', [PidTag.Subject]: 'court' },
    };
    const archive = openBytes(
      makePst({ ...shape, folders: [{ name: 'Inbox', messages: [letter, quiet] }, { name: 'Leer' }] }),
    );
    const { folders, lost } = tellAll(archive);
    assert.deepEqual(
      folders.map(({ folder, messages }) => [folder.place, folder.path, messages.length]),
      [
        ['top', ['Top of Outlook data file'], 0],
        ['seen', ['Inbox'], 2],
        ['seen', ['Leer'], 0],
        ['beside', ['Folder 122'], 0],
      ],
    );
    assert.deepEqual([lost, archive.damages], [[], []]);
    const inbox = folders[1]!.messages;
    assert.deepEqual(everythingOf(inbox[0]!.item, letter.named), everythingOf(itemOf(letter), letter.named));
    assert.deepEqual(everythingOf(inbox[1]!.item), everythingOf(itemOf(quiet)));
    const [photo, empty] = [...inbox[0]!.item.attachments()];
    assert.equal(Buffer.concat([...photo!.stream(0x3701)!.chunks()]).compare(Buffer.alloc(70_000, 7)), 0);
    assert.equal(empty!.stream(0x3701)!.size, 0);
  });

test('an OLE object is told as its bytes', () => {
  const object = Buffer.alloc(20_000, 0x6f);
  const attachments = [{ properties: { [PidTag.AttachMethod]: 6 }, object }];
  const { folders } = tellAll(openBytes(makePst({ folders: [{ name: 'A', messages: [{ attachments }] }] })));
  const [attachment] = folders[1]!.messages[0]!.item.attachments();
  assert.equal(attachment!.embedded(), null);
  const stream = attachment!.stream(PidTag.AttachDataBinary)!;
  assert.deepEqual([stream.type, stream.size], [0x0d, object.length]);
  assert.ok(Buffer.concat([...stream.chunks()]).equals(object));
});

test('a value of more than 16 MiB is had as a stream only', () => {
  const large = Buffer.alloc(16 * 1024 * 1024 + 1, 0x6c);
  const messages = [{ properties: { [PidTag.Html]: large } }];
  const { folders } = tellAll(openBytes(makePst({ crypt: 'none', folders: [{ name: 'A', messages }] })));
  const { item } = folders[1]!.messages[0]!;
  assert.throws(() => item.get(PidTag.Html), { kind: 'malformed' });
  let size = 0;
  for (const chunk of item.stream(PidTag.Html)!.chunks()) size += chunk.length;
  assert.equal(size, large.length);
});
