import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { PidTag } from '../../formats/mapi/properties.ts';
import { type FolderFacts, type MessageFacts, makePst } from '../../formats/pst/write.fixture.ts';
import { memoryHold } from '../holds/memory.ts';
import type { Source } from '../source.ts';
import { collect, folderAt, keysOf, troubleOf } from '../stand.suite.ts';
import { openPstSource } from './source.ts';

const CONTAINER_CLASS = 0x3613;
const PASSWORD = 0x67ff;
const COMMON = '00062008-0000-0000-c000-000000000046';
const PUBLIC_STRINGS = '00020329-0000-0000-c000-000000000046';

function letter(subject: string, more: Partial<MessageFacts> = {}): MessageFacts {
  return { properties: { [PidTag.MessageClass]: 'IPM.Note', [PidTag.Subject]: subject }, ...more };
}

function thing(messageClass: string, name: string): MessageFacts {
  return { properties: { [PidTag.MessageClass]: messageClass, [PidTag.Subject]: name } };
}

const folder = (name: string, messages: MessageFacts[], more: Partial<FolderFacts> = {}): FolderFacts => ({
  name,
  messages,
  ...more,
});

async function withFiles(
  files: Record<string, Buffer>,
  act: (source: Source, root: string) => Promise<void>,
  one = '',
): Promise<void> {
  const root = await mkdtemp(path.join(tmpdir(), 'pst-source-'));
  for (const [name, bytes] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(root, name)), { recursive: true });
    await writeFile(path.join(root, name), bytes);
  }
  const source = openPstSource({ path: path.join(root, one), name: 'pst:test' });
  try {
    await act(source, root);
  } finally {
    await source.close();
    await rm(root, { recursive: true });
  }
}

/** What a folder gives: `received` and what is noted, or why not. */
async function answers(source: Source, at: readonly string[]): Promise<string[]> {
  const there = await folderAt(source, at);
  const told: string[] = [];
  for await (const answer of source.read(there, await keysOf(source, there), memoryHold()))
    told.push(
      answer.is === 'received'
        ? ['received', ...(answer.notes ?? []).filter((note) => !/unknown/.test(note))].join(' ')
        : `${answer.trouble.kind} ${answer.trouble.on}: ${answer.trouble.answer}`,
    );
  return told;
}

async function listed(source: Source): Promise<[string, number][]> {
  const folders = await source.folders();
  return Promise.all(
    folders.map(
      async (each): Promise<[string, number]> => [each.path.join('/'), (await keysOf(source, each)).length],
    ),
  );
}

test('what is no mail is named and left, wherever it lies; folders without mail are left', async () => {
  const contacts = { [CONTAINER_CLASS]: 'IPF.Contact' };
  const file = makePst({
    folders: [
      folder('Inbox', [letter('bonjour'), thing('IPM.Appointment', 'dentiste')]),
      folder('Contacts', [thing('IPM.Contact', 'Anne'), thing('IPM.DistList', 'Tous')], {
        properties: contacts,
      }),
      folder('Mélange', [thing('IPM.Contact', 'Jean'), letter('égaré')], { properties: contacts }),
      folder('Vide', [], { properties: { [CONTAINER_CLASS]: 'IPF.Note' } }),
      folder('Agenda vide', [], { properties: { [CONTAINER_CLASS]: 'IPF.Appointment' } }),
    ],
  });
  await withFiles(
    { 'a.pst': file },
    async (source) => {
      assert.deepEqual(await listed(source), [
        ['INBOX', 1],
        ['Mélange', 1],
        ['Vide', 0],
      ]);
      const named = source.aside!().map(({ path: at, because }) => `${at} ${because}`);
      const wanted = ['Contacts/Anne', 'Contacts/Tous', 'INBOX/dentiste', 'Mélange/Jean'];
      assert.deepEqual(named.sort(), wanted.map((each) => `${each} no-mail`).sort());
    },
    'a.pst',
  );
});

test('damage at one place: the rest arrives, and it is told by folder and subject', async () => {
  const attachment = (text: string) => ({
    properties: { [PidTag.AttachMethod]: 1, [PidTag.AttachDataBinary]: Buffer.from(text) },
  });
  const file = makePst({
    crypt: 'none',
    folders: [
      folder('Inbox', [
        letter('entier'),
        letter('pièce abîmée', { attachments: [attachment('mark-in-attachment'.repeat(300))] }),
        letter('illisible', {
          named: [{ set: PUBLIC_STRINGS, name: 'Keywords', value: 'mark-in-properties' }],
        }),
        letter('parti', { nodeless: true }),
      ]),
    ],
    strays: [letter('sans dossier')],
  });
  for (const mark of ['mark-in-attachment', Buffer.from('mark-in-properties', 'utf16le')]) {
    const at = file.indexOf(mark);
    assert.ok(at > 0);
    file[at] = file[at]! ^ 0xff;
  }
  await withFiles(
    { 'a.pst': file },
    async (source) => {
      const told = await answers(source, ['INBOX']);
      assert.equal(told[0], 'received');
      assert.equal(told[1], 'received attachment-lost');
      assert.match(told[2]!, /^malformed pst:test INBOX "illisible": block \w+: its checksum/);
      assert.match(told[3]!, /^malformed pst:test INBOX "parti": only the folder’s list still has it/);
      assert.deepEqual(await answers(source, ['Lost items']), ['received']);
    },
    'a.pst',
  );
});

test('an appointment that cannot be read is an appointment still, where the folder’s list says so', async () => {
  const appointment = thing('IPM.Appointment', 'dentiste');
  const marked = {
    ...appointment,
    named: [{ set: PUBLIC_STRINGS, name: 'Keywords', value: 'mark-in-item' }],
  };
  const file = makePst({
    crypt: 'none',
    folders: [folder('Agenda', [marked], { properties: { [CONTAINER_CLASS]: 'IPF.Appointment' } })],
  });
  const at = file.indexOf(Buffer.from('mark-in-item', 'utf16le'));
  file[at] = file[at]! ^ 0xff;
  await withFiles(
    { 'a.pst': file },
    async (source) => {
      assert.deepEqual(await listed(source), []);
      assert.deepEqual(source.aside!(), [{ path: 'Agenda/dentiste', because: 'no-mail' }]);
    },
    'a.pst',
  );
});

test('a message of which Outlook has only the header is told, not copied as if that were all', async () => {
  const header = letter('à distance', { named: [{ set: COMMON, name: 0x8578, value: 1 }] });
  const whole = letter('ici', { named: [{ set: COMMON, name: 0x8578, value: 0 }] });
  await withFiles(
    { 'a.ost': makePst({ kind: 'unicode-4k', folders: [folder('Inbox', [header, whole])] }) },
    async (source) => {
      const [told, ...more] = await answers(source, ['INBOX']);
      assert.match(told!, /^refused pst:test INBOX "à distance": Outlook fetched only its header/);
      assert.deepEqual(more, ['received']);
    },
    'a.ost',
  );
});

test('a damaged page of nodes is told with what is lost', async () => {
  const messages = Array.from({ length: 40 }, (_, n) => letter(`lettre ${n}`));
  const file = makePst({ pageMax: 5, folders: [folder('Inbox', messages)] });
  const leaf = [...Array(file.length / 512).keys()]
    .map((n) => n * 512)
    .find((at) => file[at + 496] === 0x81 && file[at + 491] === 0 && file.readUInt32LE(at) > 0x200000);
  file.fill(0, leaf!, leaf! + 512);
  await withFiles(
    { 'a.pst': file },
    async (source) => {
      const told = await answers(source, ['INBOX']);
      assert.equal(told.length, 40);
      const lost = told.filter((each) => each !== 'received');
      assert.ok(lost.length > 0 && lost.length <= 5);
      for (const each of lost) assert.match(each, /^malformed pst:test INBOX "lettre \d+"/);
      const [place, ...more] = await answers(source, ['Lost items']);
      assert.match(
        place!,
        /^malformed pst:test Lost items: page of nodes at \d+: it is no page of this kind/,
      );
      assert.deepEqual(more, []);
    },
    'a.pst',
  );
});

test('a directory: each file is a folder at the top, links are not followed, others are named', async () => {
  const file = (name: string) => makePst({ folders: [folder('Inbox', [letter(name)], { role: 'sent' })] });
  const files = {
    'archive 2019.pst': file('a'),
    'Été/vieux.OST': file('b'),
    'notes.txt': Buffer.from('x'),
    'broken.pst': Buffer.concat([file('c').subarray(0, 600), Buffer.alloc(9000)]),
    'none.pst': Buffer.from('nothing of the kind'),
    'wiped.pst': Buffer.concat([Buffer.alloc(512), file('d').subarray(512)]),
    'empty.ost': Buffer.alloc(0),
  };
  await withFiles(files, async (source, root) => {
    await symlink('/etc', path.join(root, 'elsewhere'));
    assert.deepEqual(await listed(source), [
      ['archive 2019/Inbox', 1],
      ['Été/vieux/Inbox', 1],
    ]);
    assert.deepEqual(
      (await source.folders()).map(({ role }) => role),
      [null, null],
    );
    assert.deepEqual(
      source.aside!()
        .map(({ path: at, because }) => `${at} ${because}`)
        .sort(),
      [
        ...['broken.pst unreadable', 'elsewhere symbolic-link', 'empty.ost no-message'],
        ...['none.pst unreadable', 'notes.txt no-message', 'wiped.pst unreadable'],
      ],
    );
  });
});

test('a password is only a checksum: the file opens', async () => {
  const file = makePst({ folders: [folder('Inbox', [letter('a')])], properties: { [PASSWORD]: 0x1234abcd } });
  await withFiles(
    { 'a.pst': file },
    async (source) => assert.deepEqual(await listed(source), [['INBOX', 1]]),
    'a.pst',
  );
});

test('a file encrypted for one user says so', async () => {
  for (const [at, value] of [
    [10, 37],
    [513, 0x10],
  ] as const) {
    const file = makePst({ folders: [folder('Inbox', [letter('a')])] });
    file[at] = value;
    await withFiles(
      { 'a.pst': file },
      async (source) => {
        const trouble = await troubleOf(() => source.folders());
        assert.equal(trouble?.kind, 'malformed');
        assert.match(trouble?.answer ?? '', /encrypted for one user/);
      },
      'a.pst',
    );
  }
});

test('what is no PST, or is not there, is a trouble', async () => {
  await withFiles(
    { 'a.pst': Buffer.from('no PST at all, though it has the name') },
    async (source) => assert.equal((await troubleOf(() => source.folders()))?.kind, 'malformed'),
    'a.pst',
  );
  await withFiles(
    {},
    async (source) => assert.equal((await troubleOf(() => source.folders()))?.kind, 'missing'),
    'a.pst',
  );
});

test('a file that is written over while it is read: lost, then as it is now', async () => {
  const made = (text: string) =>
    makePst({
      folders: [
        folder(
          'Inbox',
          Array.from({ length: 6 }, (_, n) => letter(`${text} ${n}`)),
        ),
      ],
    });
  await withFiles(
    { 'a.pst': made('avant') },
    async (source, root) => {
      const inbox = await folderAt(source, ['INBOX']);
      const keys = await keysOf(source, inbox);
      let told = 0;
      const trouble = await troubleOf(async () => {
        for await (const answer of source.read(inbox, keys, memoryHold())) {
          assert.equal(answer.is, 'received');
          if (++told === 2) await writeFile(path.join(root, 'a.pst'), made('après'));
        }
      });
      assert.deepEqual([trouble?.kind, told], ['lost', 2]);
      assert.equal((await answers(source, ['INBOX'])).length, 6);
    },
    'a.pst',
  );
});

test('a handle that leads elsewhere names no folder', async () => {
  await withFiles({ 'dir/a.pst': makePst({ folders: [folder('Inbox', [letter('a')])] }) }, async (source) => {
    const [there] = await source.folders();
    for (const handle of [
      '',
      'x',
      '122',
      '8022/../a.pst',
      '8042/dir/../dir/a.pst',
      '8042//dir/a.pst',
      'lost/..',
    ]) {
      const trouble = await troubleOf(() => collect(source.entries({ ...there!, handle })));
      assert.ok(trouble !== null && ['missing', 'malformed', 'refused'].includes(trouble.kind), handle);
    }
  });
});

test('an edited draft is another message; a letter that was read or flagged is the same', async () => {
  const root = await mkdtemp(path.join(tmpdir(), 'pst-source-'));
  const file = path.join(root, 'a.pst');
  const source = openPstSource({ path: file, name: 'pst:test' });
  const keyOf = async (properties: MessageFacts['properties']) => {
    await writeFile(file, makePst({ folders: [folder('Inbox', [{ properties: { ...properties } }])] }));
    const [key] = await keysOf(source, await folderAt(source, ['INBOX']));
    return key;
  };
  const changed = (day: number) => new Date(Date.UTC(2020, 1, day));
  const draft = (day: number) =>
    keyOf({ [PidTag.MessageFlags]: 8, [PidTag.LastModificationTime]: changed(day) });
  const sent = (flags: number, day: number) =>
    keyOf({
      [PidTag.MessageFlags]: flags,
      [PidTag.FlagStatus]: day,
      [PidTag.LastModificationTime]: changed(day),
    });
  try {
    assert.notEqual(await draft(1), await draft(2));
    assert.equal(await sent(0, 1), await sent(1, 2));
  } finally {
    await source.close();
    await rm(root, { recursive: true });
  }
});

test('a file with changed bytes gives messages, unread ones, or a trouble', { timeout: 60_000 }, async () => {
  const seed = Number(process.env.SEED ?? 20_261_124);
  let state = seed;
  const random = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const messages = [1, 2, 3].map((n) =>
    letter(`lettre ${n}`, {
      recipients: [{ properties: { [PidTag.DisplayName]: 'Elle', [PidTag.RecipientType]: 1 } }],
      attachments: [
        { properties: { [PidTag.AttachMethod]: 1, [PidTag.AttachDataBinary]: Buffer.alloc(3000, n) } },
      ],
    }),
  );
  for (const kind of ['unicode', 'ansi', 'unicode-4k'] as const) {
    const file = makePst({ kind, crypt: 'none', folders: [folder('Inbox', messages)] });
    const places = [...file.keys()].filter((at) => file[at] !== 0);
    for (let n = 0; n < 60; n += 1) {
      const bytes = Buffer.from(file);
      for (let more = random(5); more >= 0; more -= 1) bytes[places[random(places.length)]!] = random(256);
      await withFiles(
        { 'a.pst': bytes },
        async (source) => {
          const trouble = await troubleOf(async () => {
            for (const each of await source.folders()) await answers(source, each.path);
          });
          assert.ok(trouble === null || trouble.kind === 'malformed', `${seed}/${kind}/${n}: ${trouble}`);
        },
        'a.pst',
      );
    }
  }
});
