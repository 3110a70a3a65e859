import assert from 'node:assert/strict';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { corpusDir } from '../../../test/corpus.ts';
import { makeZip } from '../../formats/zip/zip.fixture.ts';
import type { Found } from './found.ts';
import { scan } from './scan.ts';

const MBOX = 'From a@example.org Mon Nov 23 10:00:00 2026\nFrom: a\n\nhello\n';
const signal = new AbortController().signal;
let root: string;

function put(name: string, text: string | Buffer): string {
  const file = path.join(root, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

before(() => {
  root = mkdtempSync(path.join(tmpdir(), 'malleposte-scan-'));
  utimesSync(put('Old/mail', MBOX.repeat(3)), 1000, 1_000_000_000);
  put('Old/letter.txt', 'From now on, nothing.\n\nThe end.\n');
  put('Old/bare.mbox', 'From MAILER-DAEMON\nSubject: x\n\nx\n');
  put('AppData/Local/Microsoft/Outlook/marie.dat', MBOX);
  put('.thunderbird/x.default/prefs.js', '');
  put('.thunderbird/x.default/Mail/Local Folders/Inbox', MBOX);
  put('.thunderbird/x.default/ImapMail/host/INBOX', MBOX);
  for (const sub of ['cur', 'new', 'tmp', '.Sent/cur', '.Sent/new'])
    put(`Maildir/${sub}/1`, 'Subject: x\n\n');
  for (const name of ['a.eml', 'deep/er/b.eml', 'c.msg']) put(`Letters/${name}`, 'Subject: x\n\n');
  put('Library/Mail/V10/ABC/INBOX.mbox/Data/Messages/1.emlx', '12\nSubject: x\n\n');
  put('Library/Mail/V10/ABC/Sent.mbox/Data/Messages/2.emlx', '12\nSubject: x\n\n');
  put('Zips/takeout-1.zip', makeZip([{ name: 'Takeout/Mail/All.mbox', bytes: Buffer.from(MBOX) }]));
  put('Zips/profile.zip', makeZip([{ name: 'x/Mail/Local Folders/Inbox', bytes: Buffer.from(MBOX) }]));
  put('Zips/letters.zip', makeZip([{ name: 'a/1.eml', bytes: Buffer.from('Subject: x\n\n') }]));
  put('Zips/photos.zip', makeZip([{ name: 'a/1.jpg', bytes: Buffer.from('x') }]));
  put('Export/All.mbox', MBOX.replace('\nFrom: a', '\nX-Gmail-Labels: Inbox\nFrom: a'));
  symlinkSync(path.join(root, 'Old'), path.join(root, 'link'));
});
after(() => rmSync(root, { recursive: true, force: true }));

const short = ({ kind, address, files, hidden }: Found): string =>
  `${kind} ${address?.replace(root, '')} ${files}${hidden ? ' hidden' : ''}`;

test('every kind of archive is found by what is in it, with the address to read it', async () => {
  const { found, links, tooMany, tooDeep } = await scan(root, { signal });
  assert.deepEqual(found.map(short).sort(), [
    'eml eml:/Letters 3',
    'eml eml:/Library/Mail/V10 2',
    'eml eml:/Zips/letters.zip 1',
    'maildir maildir:/Maildir 5',
    'mbox mbox:/AppData/Local/Microsoft/Outlook/marie.dat 1 hidden',
    'mbox mbox:/Old/bare.mbox 1',
    'mbox mbox:/Old/mail 1',
    'mbox mbox:/Zips/profile.zip 1',
    'takeout takeout:/Export/All.mbox 1',
    'takeout takeout:/Zips/takeout-1.zip 1',
    'thunderbird mbox:/.thunderbird/x.default 2 hidden',
  ]);
  assert.deepEqual([links, tooMany, tooDeep], [1, false, 0]);
  assert.deepEqual(
    found.map(({ bytes }) => bytes),
    found.map(({ bytes }) => bytes).sort((a, b) => b - a),
  );
  const old = found.find(({ path: file }) => file.endsWith('Old/mail'))!;
  assert.equal(old.lastWrite, 1_000_000_000_000);
  assert.equal(old.bytes, 3 * MBOX.length);
  if (process.getuid) assert.equal(old.owner!.uid, process.getuid());
});

test('limits are told when they are reached', async () => {
  assert.ok((await scan(root, { signal, namesMax: 5 })).tooMany);
  assert.ok((await scan(root, { signal, depthMax: 1 })).tooDeep > 0);
  await assert.rejects(scan(path.join(root, 'none'), { signal }), { kind: 'missing' });
  await assert.rejects(scan(path.join(root, 'Old/mail'), { signal }), { kind: 'malformed' });
  await assert.rejects(scan(root, { signal: AbortSignal.abort() }), { name: 'AbortError' });
});

const corpus = corpusDir();
test('PST files: generation, password, damage', { skip: corpus === null && 'no corpus' }, async () => {
  const directory = path.join(root, 'pst');
  mkdirSync(directory);
  const from = (name: string, to: string): string => {
    copyFileSync(path.join(corpus!, name), path.join(directory, to));
    return path.join(directory, to);
  };
  from('java-libpst/passworded.pst', 'a.bak');
  from('hiraoka-pst/src/__tests__/testdata/contacts97-2002.pst', 'b.pst');
  truncateSync(from('java-libpst/dist-list.pst', 'c.pst'), 100_000);
  put('pst/d.pst', Buffer.concat([Buffer.from('!BDN'), Buffer.alloc(2000, 7)]));
  put('pst/no.pst', 'nothing of the kind');
  const { found } = await scan(directory, { signal });
  const by = (name: string): Found => found.find((each) => each.path.endsWith(name))!;
  assert.equal(found.length, 4);
  assert.deepEqual([by('a.bak').kind, by('a.bak').outlook!.password], ['pst', true]);
  assert.deepEqual(by('b.pst').outlook, {
    generation: 'ansi',
    password: false,
    damages: [],
    unfinished: false,
  });
  assert.ok(by('c.pst').outlook!.damages.length > 0);
  assert.deepEqual([by('d.pst').outlook!.generation, by('d.pst').outlook!.damages.length], [null, 1]);
});
