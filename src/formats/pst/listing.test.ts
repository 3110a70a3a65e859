import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PidTag } from '../mapi/properties.ts';
import { openBytes, tellAll } from './archive.fixture.ts';
import { type FolderFacts, type MessageFacts, makePst, type PstFacts } from './write.fixture.ts';

const CONTAINER_CLASS = 0x3613;

const letter = (subject: string, more: Partial<MessageFacts> = {}): MessageFacts => ({
  properties: { [PidTag.MessageClass]: 'IPM.Note', [PidTag.Subject]: subject },
  ...more,
});

/** Folders with what lies in them: subjects, or `gone` for what has no node. */
function told(facts: PstFacts): { folders: Record<string, string[]>; lost: string[]; damages: number } {
  const archive = openBytes(makePst(facts));
  const { folders, lost } = tellAll(archive);
  const lists = folders
    .filter(({ folder }) => folder.path[0] !== 'Folder 122')
    .map(({ folder, messages }): [string, string[]] => [
      `${folder.place}: ${folder.path.join('/')}`,
      messages.map(({ there, item }) => (there ? String(item.get(0x37)?.value) : 'gone')),
    ]);
  const subjects = lost.map((nid) => String(archive.item(nid).get(0x37)?.value));
  return { folders: Object.fromEntries(lists), lost: subjects, damages: archive.damages.length };
}

const TOP = 'top: Top of Outlook data file';

test('a message is told once, in the folder its node names or, without one, in that which lists it', () => {
  const folders: FolderFacts[] = [
    {
      name: 'A',
      nid: 0x9002,
      messages: [
        letter('plain'),
        letter('not in the table', { unlisted: true }),
        letter('only in the table', { nodeless: true }),
        letter('of another folder', { parent: 0x9022 }),
        letter('of no folder', { parent: 0xff02 }),
      ],
    },
    { name: 'B', nid: 0x9022, messages: [letter('in B')] },
  ];
  const strays = [
    letter('adrift', { nid: 0x300004 }),
    letter('adrift elsewhere', { nid: 0x300024, parent: 0xfe02 }),
  ];
  assert.deepEqual(told({ folders, strays }), {
    folders: {
      [TOP]: [],
      'seen: A': ['plain', 'not in the table', 'gone', 'of no folder'],
      'seen: B': ['of another folder', 'in B'],
    },
    lost: ['adrift', 'adrift elsewhere'],
    damages: 0,
  });
});

test('what the table tells of a message without a node is at hand', () => {
  const archive = openBytes(
    makePst({ folders: [{ name: 'A', messages: [letter('parti', { nodeless: true })] }] }),
  );
  const { folders } = tellAll(archive);
  assert.equal(folders.find(({ folder }) => folder.path[0] === 'A')?.messages[0]?.there, false);
});

test('folders: listed, not listed, without a node', () => {
  const folders: FolderFacts[] = [
    { name: 'Sans nœud', nodeless: true, messages: [letter('a')], folders: [{ name: 'Dessous' }] },
    { name: 'Hors liste', unlisted: true, messages: [letter('b')] },
  ];
  assert.deepEqual(told({ folders }).folders, {
    [TOP]: [],
    'seen: Sans nœud': ['a'],
    'seen: Sans nœud/Dessous': [],
    'seen: Hors liste': ['b'],
  });
});

test('a folder whose folder is gone is told as lost, with what lies below', () => {
  const inner: FolderFacts = { name: 'Dedans', messages: [letter('c')] };
  const folders: FolderFacts[] = [
    {
      name: 'Perdu',
      nodeless: true,
      unlisted: true,
      folders: [{ name: 'Reste', unlisted: true, folders: [inner] }],
    },
  ];
  assert.deepEqual(told({ folders }).folders, {
    [TOP]: [],
    'lost: Reste': [],
    'lost: Reste/Dedans': ['c'],
  });
});

test('folders that lead to themselves are told once', () => {
  const again: FolderFacts = { name: 'Encore', nid: 0x9002, alias: true };
  const folders: FolderFacts[] = [
    { name: 'Boucle', nid: 0x9002, messages: [letter('d')], folders: [{ name: 'Bas', folders: [again] }] },
  ];
  assert.deepEqual(told({ folders }), {
    folders: { [TOP]: [], 'seen: Boucle': ['d'], 'seen: Boucle/Bas': [] },
    lost: [],
    damages: 0,
  });
});

test('a folder has the role the file says, and what it holds', () => {
  const archive = openBytes(
    makePst({
      folders: [
        { name: 'Koš', role: 'trash', properties: { [CONTAINER_CLASS]: 'IPF.Note' } },
        { name: 'Odeslané', role: 'sent' },
        { name: 'Kalendář', properties: { [CONTAINER_CLASS]: 'IPF.Appointment' } },
      ],
    }),
  );
  assert.deepEqual(
    tellAll(archive).folders.map(({ folder }) => [folder.path[0], folder.role, folder.holds]),
    [
      ['Top of Outlook data file', null, null],
      ['Koš', 'trash', 'IPF.Note'],
      ['Odeslané', 'sent', null],
      ['Kalendář', null, 'IPF.Appointment'],
      ['Folder 122', null, null],
    ],
  );
});

test('the code page of an ANSI file is that of its messages', () => {
  const name = (bytes: number[]) => ({ [PidTag.DisplayName]: { type: 0x1e, value: Buffer.from(bytes) } });
  const messages = [
    letter('x', {
      properties: {
        [PidTag.MessageCodepage]: 1251,
        [PidTag.Subject]: { type: 0x1e, value: Buffer.from('x') },
      },
    }),
  ];
  const archive = openBytes(
    makePst({ kind: 'ansi', folders: [{ name: 'x', properties: name([0xcf, 0xe8, 0xf1]), messages }] }),
  );
  assert.deepEqual(tellAll(archive).folders[1]?.folder.path, ['Пис']);
});
