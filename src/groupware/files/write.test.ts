import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { readComponents } from '../../formats/mapi/groupware/lines.fixture.ts';
import { isTrouble, Trouble } from '../../trouble.ts';
import type { GroupwareItem } from '../item.ts';
import type { GroupwareSource, Told } from '../source.ts';
import { addsUp, type GroupwareSummary } from './summary.ts';
import { writeGroupware } from './write.ts';

const root = mkdtempSync(path.join(tmpdir(), 'groupware-'));
after(() => rmSync(root, { recursive: true }));
let made = 0;
const freshDirectory = (): string => path.join(root, String(made++));

function contact(key: string, name = key): Told {
  const text = `BEGIN:VCARD\r\nVERSION:3.0\r\nFN:${name}\r\nN:;;;;\r\nEND:VCARD\r\n`;
  return { is: 'item', item: { ...BASE, kind: 'contact', key, name, format: 'vcard', text } };
}

function event(key: string, tzid: string): Told {
  const text = `BEGIN:VEVENT\r\nUID:${key}\r\nDTSTART;TZID=${tzid}:20240101T090000\r\nEND:VEVENT\r\n`;
  const zone = `BEGIN:VTIMEZONE\r\nTZID:${tzid}\r\nEND:VTIMEZONE\r\n`;
  const zones = [{ tzid, text: zone }];
  return {
    is: 'item',
    item: { ...BASE, kind: 'appointment', key, name: key, format: 'icalendar', text, zones },
  };
}

const BASE: Pick<GroupwareItem, 'zones' | 'problems'> = { zones: [], problems: [] };

function sourceOf(folders: Record<string, readonly Told[]>, name = 'pst:/archive.pst'): GroupwareSource {
  return {
    name,
    folders: async () => Object.keys(folders).map((handle) => ({ path: handle.split('/'), handle })),
    async *contents({ handle }) {
      yield* folders[handle]!;
    },
    close: async () => {},
  };
}

function write(directory: string, ...sources: GroupwareSource[]): Promise<GroupwareSummary> {
  return writeGroupware(sources, directory, {
    signal: new AbortController().signal,
    tellFolder: () => {},
    tellNotice: () => {},
    report: (summary) => `${summary.totals.items}\n`,
  });
}

function filesIn(directory: string): Record<string, string> {
  const names = readdirSync(directory).sort();
  return Object.fromEntries(names.map((name) => [name, readFileSync(path.join(directory, name), 'utf8')]));
}

const unreadable: Told = {
  is: 'unreadable',
  name: 'Perdu',
  trouble: new Trouble('malformed', { tried: 'read-message', on: 'x' }),
};

test('a file for each folder, zones once and first; the sum adds up', async () => {
  const directory = freshDirectory();
  const summary = await write(
    directory,
    sourceOf({
      Contacts: [contact('a'), contact('b'), { is: 'mail' }, unreadable],
      Calendrier: [event('1', 'Europe/Paris'), event('2', 'America/New_York'), event('3', 'Europe/Paris')],
      'Les deux': [contact('c'), event('4', 'Europe/Paris'), { is: 'other', name: 'X', what: 'ipm.x' }],
      Courrier: [{ is: 'mail' }],
      Vide: [],
    }),
  );
  const files = filesIn(directory);
  assert.deepEqual(Object.keys(files), [
    ...['Calendrier.ics', 'Contacts.vcf', 'Les deux.ics', 'Les deux.vcf'],
    ...['not-whole.jsonl', 'summary.json', 'summary.txt'],
  ]);
  const { totals } = summary;
  assert.deepEqual([totals.items, totals.mail, totals.other, totals.unreadable], [11, 2, 1, 1]);
  assert.deepEqual([totals.written.contact, totals.written.appointment], [3, 4]);
  assert.ok(addsUp(totals));
  const [calendar] = readComponents(files['Calendrier.ics']!);
  assert.deepEqual(
    calendar!.components.map(({ name }) => name),
    ['VTIMEZONE', 'VTIMEZONE', 'VEVENT', 'VEVENT', 'VEVENT'],
  );
  assert.equal(readComponents(files['Contacts.vcf']!).length, 2);
  assert.deepEqual(JSON.parse(files['summary.json']!), JSON.parse(JSON.stringify(summary)));
  for (const { name, bytes, sha256 } of summary.files) {
    assert.equal(hash('sha256', files[name]!), sha256);
    assert.equal(Buffer.byteLength(files[name]!), bytes);
  }
  assert.equal(files['not-whole.jsonl']!.trimEnd().split('\n').length, 2);
});

test('the same again: the same bytes; what is gone goes, what is somebody else’s stays', async () => {
  const directory = freshDirectory();
  await write(directory, sourceOf({ Contacts: [contact('a')], Vieux: [contact('b')] }));
  const first = filesIn(directory);
  await write(directory, sourceOf({ Contacts: [contact('a')], Vieux: [contact('b')] }));
  assert.deepEqual(filesIn(directory), first);
  writeFileSync(path.join(directory, 'lettre.vcf'), 'à moi');
  await write(directory, sourceOf({ Contacts: [contact('a')], Lettre: [contact('c')] }));
  const { 'lettre.vcf': own, ...rest } = filesIn(directory);
  assert.equal(own, 'à moi');
  assert.deepEqual(Object.keys(rest), ['Contacts.vcf', 'Lettre (2).vcf', 'summary.json', 'summary.txt']);
});

test('a file of ours that somebody changed is theirs', async () => {
  const directory = freshDirectory();
  await write(directory, sourceOf({ Contacts: [contact('a')] }));
  writeFileSync(path.join(directory, 'Contacts.vcf'), 'changé');
  await write(directory, sourceOf({ Contacts: [contact('a')] }));
  const files = filesIn(directory);
  assert.equal(files['Contacts.vcf'], 'changé');
  assert.ok(files['Contacts (2).vcf']!.startsWith('BEGIN:VCARD'));
});

test('folders that would share a name get files of their own', async () => {
  const directory = freshDirectory();
  const summary = await write(
    directory,
    sourceOf({ 'A/B': [contact('a')], 'A - B': [contact('b')], 'a - b': [contact('c')] }),
  );
  assert.deepEqual(
    summary.sources[0]!.folders.flatMap(({ files }) => files),
    ['A - B.vcf', 'A - B (2).vcf', 'a - b (3).vcf'],
  );
});

test('several sources: each file says whose it is', async () => {
  const directory = freshDirectory();
  const of = (name: string): GroupwareSource => sourceOf({ Contacts: [contact('a')] }, name);
  const { files } = await write(directory, of('pst:/x/marie.pst'), of('pst:/y/marie.pst'));
  assert.deepEqual(
    files.map(({ name }) => name),
    ['marie - Contacts.vcf', 'marie - Contacts (2).vcf', 'summary.txt'],
  );
});

test('a run that ends in the middle leaves what was there, and nothing of its own', async () => {
  const directory = freshDirectory();
  await write(directory, sourceOf({ Contacts: [contact('a')] }));
  const before = filesIn(directory);
  const broken = sourceOf({ Contacts: [contact('b')], Mauvais: [] });
  broken.contents = async function* ({ handle }) {
    yield contact('b');
    if (handle === 'Mauvais') throw new Trouble('lost', { tried: 'read-file', on: 'x' });
  };
  await assert.rejects(write(directory, broken), (error) => isTrouble(error, 'lost'));
  assert.deepEqual(filesIn(directory), before);
});

test('what a killed run leaves between its files is still known as ours', async () => {
  const directory = freshDirectory();
  const summary = await write(directory, sourceOf({ Contacts: [contact('a')], Vieux: [contact('b')] }));
  // As it is after the first summary: files of both runs are named, and only some have their places.
  const next = { ...summary, complete: false, former: summary.files, files: [] };
  writeFileSync(path.join(directory, 'summary.json'), JSON.stringify(next));
  await write(directory, sourceOf({ Contacts: [contact('c')] }));
  assert.deepEqual(Object.keys(filesIn(directory)), ['Contacts.vcf', 'summary.json', 'summary.txt']);
});

test('a summary that is no word of ours leads nowhere else', async () => {
  const directory = freshDirectory();
  const outside = path.join(root, 'outside.vcf');
  writeFileSync(outside, 'là');
  await write(directory, sourceOf({ Contacts: [contact('a')] }));
  const digest = { bytes: 3, sha256: hash('sha256', 'là') };
  const evil = ['../outside.vcf', outside, '..', 'summary.json'].map((name) => ({ name, ...digest }));
  const summary = JSON.parse(readFileSync(path.join(directory, 'summary.json'), 'utf8')) as GroupwareSummary;
  summary.files.push(...evil);
  writeFileSync(path.join(directory, 'summary.json'), JSON.stringify(summary));
  await write(directory, sourceOf({}));
  assert.equal(readFileSync(outside, 'utf8'), 'là');
  assert.deepEqual(Object.keys(filesIn(directory)), ['summary.json', 'summary.txt']);
});

test('somebody else’s summary is refused before anything is written', async () => {
  const directory = freshDirectory();
  await write(directory, sourceOf({}));
  writeFileSync(path.join(directory, 'summary.json'), '{"mine":true}');
  await assert.rejects(write(directory, sourceOf({ Contacts: [contact('a')] })), (error) =>
    isTrouble(error, 'refused'),
  );
  assert.equal(readFileSync(path.join(directory, 'summary.json'), 'utf8'), '{"mine":true}');
  assert.equal(existsSync(path.join(directory, 'Contacts.vcf')), false);
});

test('a link that lies where a draft should is removed, not followed', async () => {
  const directory = freshDirectory();
  await write(directory, sourceOf({}));
  const other = path.join(root, 'other');
  await write(other, sourceOf({ Contacts: [contact('a')] }));
  symlinkSync(other, path.join(directory, '.malleposte-groupware'));
  await write(directory, sourceOf({ Contacts: [contact('b')] }));
  assert.ok(existsSync(path.join(other, 'Contacts.vcf')));
  assert.ok(existsSync(path.join(directory, 'Contacts.vcf')));
});
