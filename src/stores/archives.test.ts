/** Zip archives of mail files: read as what was packed into them, whatever they pretend to be. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { makeZip, type Packed } from '../formats/zip/zip.fixture.ts';
import { isTrouble } from '../trouble.ts';
import { openEmlSource } from './eml/source.ts';
import { digestHold } from './holds/digest.ts';
import { memoryHold } from './holds/memory.ts';
import { openMboxSource } from './mbox/source.ts';
import { zipOf } from './packed.fixture.ts';
import type { Source } from './source.ts';
import { collect, gather } from './stand.suite.ts';

const base = mkdtempSync(path.join(tmpdir(), 'archives-'));
after(() => rmSync(base, { recursive: true }));
let count = 0;
const fresh = (): string => {
  const directory = path.join(base, String(++count));
  mkdirSync(directory);
  return directory;
};
const eml = (file: string): Source => openEmlSource({ path: file, name: 'eml:x' });
const mbox = (file: string): Source => openMboxSource({ path: file, name: 'mbox:x' });

const letter = (n: number | string, body = 'Bonjour.\n'): string =>
  `From: Élodie <elodie@example.org>\nSubject: lettre ${n}\n\n${body}`;
const inMbox = (...texts: string[]): Buffer =>
  Buffer.from(texts.map((text) => `From - Mon Jan  5 10:00:00 2026\n${text}\n`).join(''));
const packed = (name: string, text: string | Buffer = letter(name), more: Partial<Packed> = {}): Packed => ({
  ...{ name, bytes: Buffer.from(text) },
  ...more,
});

/** A file that is old enough to be trusted. */
function place(file: string, bytes: Buffer | string): string {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  utimesSync(file, 1_700_000_000, 1_700_000_000);
  return file;
}

/** By folder: the subject of what is received, the reason of what is not. */
async function told(source: Source): Promise<Record<string, string[]>> {
  const all: Record<string, string[]> = {};
  for (const folder of await source.folders()) {
    const keys = (await collect(source.entries(folder))).map(({ key }) => key);
    const lines: string[] = [];
    for await (const answer of source.read(folder, keys, memoryHold()))
      lines.push(
        answer.is === 'received'
          ? (/^Subject: (.*)$/m.exec(gather(answer.body).toString())?.[1] ?? '')
          : `${answer.trouble.kind}: ${answer.trouble.answer}`,
      );
    all[folder.path.join(' > ')] = lines.sort();
  }
  return all;
}

const asides = (source: Source): string[] =>
  source.aside!()
    .map(({ path: name, because }) => `${name}: ${because}`)
    .sort();

test('an archive in place of the directory is the directory; one inside is a folder of its name', async () => {
  const root = fresh();
  const zip = makeZip([packed('un.eml'), packed('Envoyés/deux.eml'), packed('Envoyés/notes.txt', 'x')]);
  const whole = eml(place(path.join(root, 'Vieux courrier.zip'), zip));
  assert.deepEqual(await told(whole), {
    'Vieux courrier': ['lettre un.eml'],
    Envoyés: ['lettre Envoyés/deux.eml'],
  });
  assert.deepEqual(asides(whole), ['Envoyés/notes.txt: no-message']);
  place(path.join(root, 'ici.eml'), letter('ici'));
  place(path.join(root, 'Photos.ZIP'), makeZip([packed('a.jpg', 'x'), packed('b/c.jpg', 'x')]));
  place(path.join(root, 'abîmé.zip'), zip.subarray(0, 100));
  symlinkSync(path.join(root, 'Photos.ZIP'), path.join(root, 'lien.zip'));
  const around = eml(root);
  assert.deepEqual(await told(around), {
    [path.basename(root)]: ['lettre ici'],
    'Vieux courrier': ['lettre un.eml'],
    'Vieux courrier > Envoyés': ['lettre Envoyés/deux.eml'],
  });
  assert.deepEqual(asides(around), [
    'Photos.ZIP: no-message',
    'Vieux courrier.zip/Envoyés/notes.txt: no-message',
    'abîmé.zip: unreadable',
    'lien.zip: symbolic-link',
  ]);
  const mailboxes = mbox(root);
  assert.deepEqual(await told(mailboxes), {});
  assert.deepEqual(asides(mailboxes).slice(0, 2), [
    'Photos.ZIP: no-mbox',
    'Vieux courrier.zip/Envoyés/deux.eml: other-store',
  ]);
  await Promise.all([whole.close(), around.close(), mailboxes.close()]);
});

test('a Thunderbird profile in an archive', async () => {
  const root = fresh();
  const zip = makeZip([
    packed('profil/prefs.js', 'x'),
    packed('profil/Mail/Local Folders/Inbox', inMbox(letter(1), letter(2))),
    packed('profil/Mail/Local Folders/Inbox.msf', 'x'),
    packed('profil/Mail/Local Folders/Inbox.sbd/Clients', inMbox(letter(3))),
    packed('profil/Mail/Local Folders/Vide', ''),
    packed('profil/ImapMail/imap.example.org/Serveur.msf', 'x'),
    packed('profil/Mail/Local Folders/archive.pst', '!BDN'),
    packed('__MACOSX/profil/Mail/._Inbox', 'x'),
  ]);
  const source = mbox(place(path.join(root, 'x.zip'), zip));
  assert.deepEqual(await told(source), {
    INBOX: ['lettre 1', 'lettre 2'],
    'INBOX > Clients': ['lettre 3'],
    Vide: [],
  });
  await source.close();
});

test('what an archive pretends: names, links, doubles, codes, checksums, sizes', async () => {
  const root = fresh();
  const bomb = Buffer.alloc(70_000_000, 'A');
  const file = place(
    path.join(root, 'x.zip'),
    makeZip([
      packed('../../evil.eml'),
      packed('/etc/evil.eml'),
      packed('C:\\evil.eml'),
      packed('a/../../evil.eml'),
      packed('nul\0.eml'),
      packed('lien.eml', '/etc/passwd', { mode: 0xa1ff }),
      packed('double.eml', letter('first')),
      packed('double.eml', letter('second')),
      packed('Double.eml', letter('twin')),
      packed('double.eml/inner.eml', letter('below')),
      packed('secret.eml', 'xxxx', { flags: 0x801 }),
      packed('crc.eml', letter('crc'), { crc: 1 }),
      packed('short.eml', letter('short'), { size: 9 }),
      packed('other.eml', letter('other'), { localName: 'otter.eml' }),
      packed('streamed.eml', letter('streamed'), { flags: 0x808 }),
      packed('bomb.eml', bomb),
      packed('inner.zip', makeZip([packed('x.eml')])),
      packed('win\\dows.eml', letter('windows')),
    ]),
  );
  const source = eml(file);
  const all = await told(source);
  assert.deepEqual(all, {
    x: [
      'lettre first',
      'lettre second',
      'lettre streamed',
      'lettre twin',
      'malformed: encrypted',
      `malformed: it would grow to ${/grow to (\d+)/.exec(all.x![5]!)?.[1]} times its size`,
      'malformed: the checksum (CRC-32) is wrong: the archive is damaged',
      'malformed: the header of the entry and the directory contradict each other',
      'malformed: unpacks to more than the 9 bytes it tells of',
      'refused: a symbolic link',
    ],
    'double.eml': ['lettre below'],
    win: ['lettre windows'],
  });
  assert.deepEqual(asides(source), [
    '../../evil.eml: unsafe-name',
    '/etc/evil.eml: unsafe-name',
    'C:\\evil.eml: unsafe-name',
    'a/../../evil.eml: unsafe-name',
    'inner.zip: nested',
    'nul\0.eml: unsafe-name',
  ]);
  await source.close();
  assert.deepEqual(readdirSync(root), ['x.zip'], 'nothing is written beside it');
  const asked = eml(file);
  const [folder] = await asked.folders();
  const keys = ['../../../etc/passwd/1.2', 'lien.eml/11.0', '../x.zip/1.2', 'double.eml/9.9', 'none'];
  for await (const answer of asked.read(folder!, keys, memoryHold()))
    assert.ok(answer.is === 'unread' && isTrouble(answer.trouble, 'missing', 'refused'), answer.key);
  await asked.close();
});

test('of an mbox whose packed bytes are damaged nothing is copied, and all of it is named', async () => {
  const root = fresh();
  const texts = Array.from({ length: 40 }, (_, n) => letter(n, 'Une ligne.\n'.repeat(3000)));
  for (const damage of ['crc', 'bits', 'encrypted'] as const) {
    const whole = packed('Inbox', inMbox(...texts), damage === 'crc' ? { crc: 7 } : {});
    const zip = makeZip([
      { ...whole, flags: damage === 'encrypted' ? 0x801 : 0x800 },
      packed('Sent', inMbox(letter('sound'))),
    ]);
    if (damage === 'bits') zip.fill(0xff, 2500, 2600);
    const source = mbox(place(path.join(root, `${damage}.zip`), zip));
    const { Sent, ...others } = await told(source);
    assert.deepEqual(Sent, ['lettre sound']);
    if (damage === 'encrypted') assert.deepEqual([asides(source), others], [['Inbox: encrypted'], {}]);
    for (const lines of Object.values(others)) {
      assert.ok(lines.length >= 1);
      for (const line of lines) assert.match(line, /^malformed: (?:the checksum|the packed bytes|unpacks)/);
    }
    await source.close();
  }
});

test('an mbox beyond what is kept of it is read in any order as the same mbox unpacked', async () => {
  const root = fresh();
  const long = 'Une ligne de lettre assez longue pour peser.\n'.repeat(9000);
  const texts = Array.from({ length: 60 }, (_, n) =>
    n % 5 === 0
      ? `Content-Length: ${Buffer.byteLength(long) + 40}\n${letter(n, `From - Mon Jan  5 10:00:00 2026\n123\nxxx\n${long}`)}`
      : letter(n, long),
  );
  place(path.join(root, 'plain/Inbox'), inMbox(...texts));
  place(path.join(root, 'x.zip'), zipOf(path.join(root, 'plain'), 8));
  const [plain, zipped] = [mbox(path.join(root, 'plain')), mbox(path.join(root, 'x.zip'))];
  const digests = async (source: Source, sort: (a: string, b: string) => number) => {
    const [folder] = await source.folders();
    const entries = await collect(source.entries(folder!));
    const keys = entries.map(({ key }) => key).sort(sort);
    const found = new Map<string, string>();
    for (const key of keys)
      for await (const answer of source.read(folder!, [key], digestHold())) {
        assert.ok(answer.is === 'received');
        found.set(key, JSON.stringify(answer.body));
      }
    return [...found].sort();
  };
  const backwards = (a: string, b: string) => Number(b.split('.')[0]) - Number(a.split('.')[0]);
  const wanted = await digests(plain, (a, b) => -backwards(a, b));
  assert.ok(wanted.length >= 60);
  assert.deepEqual(await digests(zipped, (a, b) => -backwards(a, b)), wanted);
  await Promise.all([plain.close(), zipped.close()]);
});

test('more entries than two bytes can count (zip64)', async () => {
  const files = Array.from({ length: 66_000 }, (_, n) =>
    packed(`${n % 7}/${n}.eml`, n % 1000 === 0 ? letter(n) : 'a:b\n\n', { method: 0 }),
  );
  const source = eml(place(path.join(fresh(), 'x.zip'), makeZip(files, { zip64: true })));
  let sum = 0;
  for (const folder of await source.folders()) {
    const keys = (await collect(source.entries(folder))).map(({ key }) => key);
    sum += keys.length;
    for await (const answer of source.read(folder, keys.slice(-2), memoryHold()))
      assert.equal(answer.is, 'received');
  }
  assert.equal(sum, 66_000);
  await source.close();
});

test('an archive that is put in the place of another is seen', async () => {
  const file = path.join(fresh(), 'x.zip');
  const source = mbox(place(file, makeZip([packed('Inbox', inMbox(letter(1)))])));
  const [folder] = await source.folders();
  const changes = await collect(source.changes(folder!, null));
  place(file, makeZip([packed('other', 'x'), packed('Inbox', inMbox(letter(1), letter(2)))]));
  const [now] = await source.folders();
  assert.notEqual(now!.state, folder!.state);
  const last = changes.at(-1)!;
  assert.ok(last.is === 'checkpoint');
  const more = await collect(source.changes(now!, last.checkpoint));
  assert.deepEqual(
    more.map(({ is }) => is),
    ['entry', 'checkpoint'],
  );
  place(file, makeZip([packed('Inbox', inMbox(letter(1), letter(2)))]));
  const again = await collect(
    source.changes((await source.folders())[0]!, (more.at(-1) as { checkpoint: string }).checkpoint),
  );
  assert.deepEqual(
    again.map(({ is }) => is),
    ['checkpoint'],
    'packed anew, the same mail',
  );
  await source.close();
});

test('of many archives only a few lists are kept, and all are read', async () => {
  const root = fresh();
  for (let n = 0; n < 12; n += 1)
    place(path.join(root, `${n}.zip`), makeZip([packed('Inbox', inMbox(letter(n)))]));
  const source = mbox(root);
  const folders = await source.folders();
  assert.equal(folders.length, 12);
  for (const round of [1, 2])
    for (const folder of folders) {
      const keys = (await collect(source.entries(folder))).map(({ key }) => key);
      for await (const answer of source.read(folder, keys, memoryHold()))
        assert.equal(answer.is, 'received', `round ${round}`);
    }
  await source.close();
});

test('closing while an archive is read ends the reading, and leaves nothing open', async () => {
  const texts = Array.from({ length: 300 }, (_, n) => letter(n, 'Une ligne de lettre.\n'.repeat(5000)));
  const source = mbox(place(path.join(fresh(), 'x.zip'), makeZip([packed('Inbox', inMbox(...texts))])));
  const [folder] = await source.folders();
  const keys = (await collect(source.entries(folder!))).map(({ key }) => key);
  const reading = (async () => {
    for await (const _ of source.read(folder!, keys, memoryHold()));
  })();
  const listing = collect(source.entries(folder!));
  const ended = Promise.allSettled([reading, listing]);
  await new Promise((resolve) => setTimeout(resolve, 5));
  await source.close();
  for (const outcome of await ended)
    if (outcome.status === 'rejected') assert.ok(isTrouble(outcome.reason, 'lost'), String(outcome.reason));
});

test('an archive cut at every byte is malformed', async () => {
  const root = fresh();
  const zip = makeZip([packed('a.eml'), packed('d/b.eml'), packed('Inbox', inMbox(letter(1)))]);
  for (let length = 0; length < zip.length; length += 1) {
    const file = place(path.join(root, 'x.zip'), zip.subarray(0, length));
    for (const source of [eml(file), mbox(file)]) {
      await assert.rejects(told(source), (error) => isTrouble(error, 'malformed'), `cut at ${length}`);
      await source.close();
    }
  }
});
