import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { corpusDir } from '../../../test/corpus.ts';
import { fieldOf, meant, readComponents } from '../../formats/mapi/groupware/lines.fixture.ts';
import { seriesFacts } from '../../formats/mapi/groupware/outlook.fixture.ts';
import { calendarText } from '../../formats/mapi/groupware/render.ts';
import { PidLid, PropertySet } from '../../formats/mapi/properties.ts';
import { type MessageFacts, makePst, type PstFacts } from '../../formats/pst/write.fixture.ts';
import type { GroupwareItem } from '../../groupware/item.ts';
import type { Told } from '../../groupware/source.ts';
import { isTrouble } from '../../trouble.ts';
import { openPstGroupware } from './groupware.ts';
import { openPstSource } from './source.ts';

const root = mkdtempSync(path.join(tmpdir(), 'pst-groupware-'));
after(() => rmSync(root, { recursive: true }));

interface Read {
  folder: string;
  told: Told;
}

async function readAll(file: string): Promise<Read[]> {
  const source = openPstGroupware({ path: file, name: `pst:${file}` });
  try {
    const all: Read[] = [];
    for (const folder of await source.folders())
      for await (const told of source.contents(folder)) all.push({ folder: folder.path.join('/'), told });
    return all;
  } finally {
    await source.close();
  }
}

function itemsOf(all: readonly Read[]): GroupwareItem[] {
  return all.flatMap(({ told }) => (told.is === 'item' ? [told.item] : []));
}

const contact = (name: string): MessageFacts => ({
  properties: { 26: 'IPM.Contact', 12289: name, 14865: name },
  named: [{ set: PropertySet.Address, name: PidLid.Email1EmailAddress, value: 'a@example.org' }],
});
const mail: MessageFacts = { properties: { 26: 'IPM.Note', 55: 'Bonjour' } };

function fileOf(facts: PstFacts): string {
  const file = path.join(root, `${readdirSync(root).length}.pst`);
  writeFileSync(file, makePst(facts));
  return file;
}

test('everything in a file is told once, whatever folder it lies in', async () => {
  const weekly = seriesFacts({
    ...{ frequency: 'weekly', kind: 1, specific: [2], period: 1, first: '2024-03-18' },
    changed: [
      { was: '2024-03-25T09:00', start: '2024-03-26T14:00', end: '2024-03-26T15:00', subject: 'Déplacé' },
    ],
  }) as MessageFacts;
  const all = await readAll(
    fileOf({
      folders: [
        { name: 'Boîte de réception', messages: [mail, contact('Perdu')] },
        {
          name: 'Contacts',
          messages: [contact('Émilie'), contact('Zoé'), { ...contact('Nulle'), nodeless: true }],
        },
        { name: 'Calendrier', messages: [weekly] },
        { name: 'Réglages', messages: [{ properties: { 26: 'IPM.Configuration.X', 55: 'Y' } }] },
      ],
    }),
  );
  assert.deepEqual(
    all.map(({ folder, told }) => [folder, told.is, told.is === 'item' ? told.item.kind : '']),
    [
      ['Boîte de réception', 'mail', ''],
      ['Boîte de réception', 'item', 'contact'],
      ['Contacts', 'item', 'contact'],
      ['Contacts', 'item', 'contact'],
      ['Contacts', 'unreadable', ''],
      ['Calendrier', 'item', 'appointment'],
      ['Réglages', 'other', ''],
    ],
  );
  const series = itemsOf(all).find(({ kind }) => kind === 'appointment')!;
  const zones = series.zones.map(({ text }) => text);
  const [calendar] = readComponents(calendarText(zones, series.text, null));
  assert.deepEqual(
    calendar!.components.map(({ name }) => name),
    ['VTIMEZONE', 'VEVENT', 'VEVENT'],
  );
  assert.equal(fieldOf(calendar!.components[2]!, 'SUMMARY'), 'Déplacé');
});

test('an ANSI file', async () => {
  const string8 = (text: string) => ({ type: 0x1e, value: Buffer.from(text, 'latin1') });
  const properties = { 26: string8('IPM.Contact'), 12289: string8('Émilie Brûlé') };
  const [item] = itemsOf(
    await readAll(fileOf({ kind: 'ansi', folders: [{ name: 'Contacts', messages: [{ properties }] }] })),
  );
  assert.equal(fieldOf(readComponents(item!.text)[0]!, 'FN'), 'Émilie Brûlé');
});

test('among several files, one that cannot be opened is told as unreadable; alone it is the trouble', async () => {
  const directory = path.join(root, 'several');
  mkdirSync(directory);
  const whole = makePst({ folders: [{ name: 'Contacts', messages: [contact('A')] }] });
  writeFileSync(path.join(directory, 'a.pst'), whole);
  writeFileSync(path.join(directory, 'b.pst'), whole.subarray(0, 700));
  writeFileSync(path.join(directory, 'c.pst'), Buffer.concat([Buffer.alloc(512), whole.subarray(512)]));
  writeFileSync(path.join(directory, 'd.pst'), '');
  const all = await readAll(directory);
  assert.deepEqual(
    all.map(({ folder, told }) => [folder, told.is]),
    [
      ['a/Contacts', 'item'],
      ['b.pst', 'unreadable'],
      ['c.pst', 'unreadable'],
    ],
  );
  await assert.rejects(readAll(path.join(directory, 'b.pst')), (error) => isTrouble(error, 'malformed'));
});

test('every cut of a file: what is told is sound, or the file is malformed', async () => {
  const whole = makePst({ folders: [{ name: 'Contacts', messages: [contact('A'), contact('B')] }] });
  const file = path.join(root, 'cut.pst');
  for (let size = 512; size < whole.length; size += 397) {
    writeFileSync(file, whole.subarray(0, size));
    try {
      for (const { text } of itemsOf(await readAll(file))) readComponents(text);
    } catch (error) {
      if (!isTrouble(error, 'malformed')) throw error;
    }
  }
});

/** Files that Outlook wrote. */
const FILES = [corpusDir(), process.env.MALLEPOSTE_PST_DIR ?? null].flatMap((dir) =>
  dir === null ? [] : filesBelow(dir).filter((file) => /\.(?:pst|ost)$/i.test(file)),
);

function filesBelow(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

const readpst = spawnSync('readpst', ['-V'], { stdio: 'ignore' }).status === 0;
const READPST_MS = 60_000;

/**
 * Addresses of contacts and subjects of appointments, as readpst has them; null where it gives up. (As a name it writes
 * what the contact is filed under, and that in no charset.)
 */
function byReadpst(file: string): { cards: number; emails: string[]; subjects: string[] } | null {
  const dir = mkdtempSync(path.join(root, 'readpst-'));
  const options = ['-j', '0', '-r', '-cv', '-t', 'ca', '-q', '-o', dir, file];
  if (spawnSync('readpst', options, { timeout: READPST_MS, stdio: 'ignore' }).status !== 0) return null;
  const text = filesBelow(dir)
    .map((each) => readFileSync(each, 'utf8'))
    .join('\n');
  const values = (name: string): string[] =>
    [...text.matchAll(new RegExp(`^${name}:(.*)$`, 'gm'))].map(([, value]) => meant(value!.trim()));
  const cards = values('FN').length;
  return { cards, emails: values('EMAIL').sort(), subjects: values('SUMMARY').sort() };
}

describe('files of Outlook', { skip: FILES.length === 0 && 'no corpus here' }, () => {
  for (const file of FILES)
    describe(path.basename(file), () => {
      test('mail and all the rest are what the source of mail tells', async () => {
        const all = await readAll(file);
        const source = openPstSource({ path: file, name: `pst:${file}` });
        let mails = 0;
        for (const folder of await source.folders())
          for await (const change of source.changes(folder, null)) if (change.is === 'entry') mails += 1;
        const aside = source.aside!().length;
        await source.close();
        assert.equal(all.filter(({ told }) => told.is === 'mail').length, mails);
        assert.equal(all.length, mails + aside);
        assert.deepEqual(
          all.filter(({ told }) => told.is === 'unreadable'),
          [],
        );
      });

      test('the texts are sound, and the same every time', async () => {
        const items = itemsOf(await readAll(file));
        for (const { format, text, zones } of items)
          readComponents(
            format === 'vcard'
              ? text
              : calendarText(
                  zones.map((zone) => zone.text),
                  text,
                  null,
                ),
          );
        assert.deepEqual(itemsOf(await readAll(file)), items);
      });

      test('readpst tells the same contacts and appointments', {
        skip: !readpst && 'no readpst here',
      }, async (t) => {
        const other = byReadpst(file);
        if (other === null) return t.skip('readpst gave up on this file');
        const items = itemsOf(await readAll(file));
        const shown = (kinds: readonly string[], field: string): string[] =>
          items
            .filter(({ kind }) => kinds.includes(kind))
            .map(({ text }) => meant(fieldOf(readComponents(text)[0]!, field) ?? ''))
            .sort();
        assert.equal(shown(['contact'], 'FN').length, other.cards);
        assert.deepEqual(shown(['contact'], 'EMAIL'), other.emails);
        assert.deepEqual(shown(['appointment', 'meeting'], 'SUMMARY'), other.subjects);
      });
    });
});
