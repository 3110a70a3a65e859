import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite, test } from 'node:test';
import { memoryRoad } from '../../test/journeys/memory-road.ts';
import type { Attachment } from '../formats/mapi/item.ts';
import { PidTag } from '../formats/mapi/properties.ts';
import { writeMsg } from '../formats/msg/msg.fixture.ts';
import { type AttachmentFacts, itemOf, type MessageFacts, makePst } from '../formats/pst/write.fixture.ts';
import { openEmlSource } from '../stores/eml/source.ts';
import { memoryHold } from '../stores/holds/memory.ts';
import { memoryMailbox } from '../stores/memory/mailbox.ts';
import { openPstSource } from '../stores/pst/source.ts';
import type { Source } from '../stores/source.ts';
import { collect } from '../stores/stand.suite.ts';
import { isTrouble } from '../trouble.ts';
import { writeCertificate } from './certificate.ts';
import { checkCertificate } from './certificate-check.ts';
import { gatherExceptions } from './certificate-exceptions.ts';
import type { Event, Finding } from './event.ts';

const SENT = new Date(Date.UTC(2020, 4, 4, 8));

function letter(subject: string, more: Partial<MessageFacts> = {}): MessageFacts {
  const properties = {
    [PidTag.MessageClass]: 'IPM.Note',
    [PidTag.Subject]: subject,
    [PidTag.ClientSubmitTime]: SENT,
    [PidTag.SenderEmailAddress]: 'anne@atelier.example',
    [PidTag.Body]: `Bonjour de ${subject}.`,
    ...more.properties,
  };
  return { ...more, properties };
}

function attached(name: string, bytes: Buffer): AttachmentFacts {
  return {
    properties: {
      [PidTag.AttachMethod]: 1,
      [PidTag.AttachLongFilename]: name,
      [PidTag.AttachDataBinary]: bytes,
    },
  };
}

const filler = (mark: string): Buffer => Buffer.from(mark.repeat(Math.ceil(6000 / mark.length)));
const { [PidTag.ClientSubmitTime]: _, ...UNDATED } = letter('sans date').properties!;

/** Each with one kind of damage, at the mark that stands in it, and what is to be noted of it. */
const LETTERS: readonly { facts: MessageFacts; mark?: string; notes: string[]; says?: string }[] = [
  { facts: letter('entier'), notes: [] },
  {
    facts: letter('pièce perdue', { attachments: [attached('devis.pdf', filler('mark-one '))] }),
    mark: 'mark-one ',
    notes: ['attachment-lost'],
    says: '“devis.pdf” could not be read',
  },
  {
    facts: letter('pièce coupée', {
      attachments: [attached('plan.bin', Buffer.concat([Buffer.alloc(60_000, 7), filler('mark-two ')]))],
    }),
    mark: 'mark-two ',
    notes: ['attachment-cut'],
    says: '“plan.bin” is not whole',
  },
  {
    facts: letter('texte perdu', {
      properties: { [PidTag.Body]: filler('mark-three ').toString() },
      attachments: [attached('reste.txt', Buffer.from('there'))],
    }),
    mark: 'mark-three ',
    notes: ['body-lost'],
    says: 'The plain text of this message could not be read',
  },
  {
    facts: letter('destinataires', {
      properties: { [PidTag.DisplayTo]: 'Jean; Anne' },
      recipients: [{ properties: { [PidTag.RecipientType]: 1, [PidTag.DisplayName]: 'mark-four' } }],
    }),
    mark: 'mark-four',
    notes: ['recipients-lost'],
    says: 'Outlook showed: Jean; Anne',
  },
  {
    facts: letter('message joint', {
      attachments: [
        {
          properties: { [PidTag.AttachMethod]: 5, [PidTag.DisplayName]: 'joint' },
          embedded: letter('mark-five'),
        },
      ],
    }),
    mark: 'mark-five',
    notes: ['attachment-lost'],
    says: '“joint” could not be read',
  },
  {
    facts: {
      properties: { ...UNDATED, [PidTag.Subject]: 'date faite', [PidTag.CreationTime]: SENT },
    },
    notes: ['date-made'],
  },
  {
    facts: letter('annuaire', {
      recipients: [
        {
          properties: {
            [PidTag.RecipientType]: 1,
            [PidTag.DisplayName]: 'Jean',
            [PidTag.AddressType]: 'EX',
            [PidTag.EmailAddress]: '/o=x/cn=jean',
          },
        },
      ],
    }),
    notes: ['address-without-smtp'],
  },
];
const LOST = new Set(['attachment-lost', 'attachment-cut', 'body-lost', 'recipients-lost']);
const INCOMPLETE = LETTERS.filter(({ notes }) => notes.some((note) => LOST.has(note))).length;
const NOTHING_OF_IT = letter('mark-nothing');

function damaged(file: Buffer, mark: string): void {
  for (const bytes of [Buffer.from(mark), Buffer.from(mark, 'utf16le')]) {
    const at = file.indexOf(bytes);
    if (at < 0) continue;
    file[at] = file[at]! ^ 0xff;
    return;
  }
  assert.fail(`${mark} is nowhere`);
}

function pstFile(): Buffer {
  const messages = [...LETTERS.map(({ facts }) => facts), NOTHING_OF_IT];
  const file = makePst({ crypt: 'none', folders: [{ name: 'Inbox', messages }] });
  for (const { mark } of LETTERS) if (mark) damaged(file, mark);
  damaged(file, 'mark-nothing');
  return file;
}

/** The road from a real source into memory: what memoryRoad wants of a mailbox is only that it opens. */
function roadFrom(open: () => Source) {
  const mailbox = memoryMailbox({ name: 'old' });
  mailbox.source = open as never;
  return memoryRoad([mailbox], memoryMailbox({ name: 'new' }));
}

async function inFolder(act: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'rebuilt-'));
  try {
    await act(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const withNotes = (notes: readonly string[]): string[] => notes.map((note) => `rebuilt:${note}`);

function noted(events: readonly Event[]): Map<string | null, string[]> {
  return new Map(
    events.flatMap((told): [string | null, string[]][] =>
      told.event === 'altered' ? [[told.subject, told.classes]] : [],
    ),
  );
}

function findings(events: readonly Event[]): Finding[] {
  return events.flatMap((told) => (told.event === 'finding' ? [told.finding] : []));
}

/** Quoted-printable undone. */
function plain(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('latin1').replace(/=\r\n/g, '');
  const whole = text.replace(/=([0-9A-F]{2})/g, (_all, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(whole, 'latin1').toString('utf8');
}

suite('messages rebuilt from damaged archives', () => {
  test('each arrives with what can be read of it; it is told, proven and certified, with a ledger and without', () =>
    inFolder(async (folder) => {
      const file = path.join(folder, 'mail.pst');
      writeFileSync(file, pstFile());
      const road = roadFrom(() => openPstSource({ path: file, name: 'pst:mail' }));
      const summary = await road.move();
      assert.deepEqual(
        [summary.entries, summary.copied, summary.left, summary.missing, summary.altered, summary.incomplete],
        [LETTERS.length + 1, LETTERS.length, 1, 0, 0, INCOMPLETE],
      );
      const told = noted(road.events);
      const there = road.target.messages(['INBOX']);
      for (const { facts, notes, says } of LETTERS) {
        const subject = facts.properties![PidTag.Subject] as string;
        assert.deepEqual(told.get(subject), notes.length === 0 ? undefined : withNotes(notes), subject);
        if (says)
          assert.ok(
            there.some(({ bytes }) => plain(bytes).includes(says)),
            says,
          );
      }
      const reason = road.events.find((one) => one.event === 'left')?.reason;
      assert.equal(reason?.code, 'unreadable-at-source');

      const again = await road.move();
      assert.deepEqual([again.carried, again.incomplete, road.target.messages(['INBOX']).length], [0, 0, 8]);

      for (const lost of [false, true]) {
        // Without a ledger the message that was left is one that cannot be read.
        if (lost) road.ledger = memoryRoad([], road.target).ledger;
        const proof = await road.prove();
        assert.deepEqual(
          [proof.copied, proof.altered, proof.incomplete, proof.left, proof.missing],
          [LETTERS.length, 0, INCOMPLETE, lost ? 0 : 1, lost ? 1 : 0],
        );
        for (const { facts, notes } of LETTERS) {
          const subject = facts.properties![PidTag.Subject];
          const finding = findings(road.events).find((one) => one.subject === subject);
          assert.deepEqual([finding?.is, finding?.classes], ['same', withNotes(notes)], String(subject));
        }
        await certified(folder, road.events, lost ? 'failed' : 'exceptions');
      }
    }));

  test('the same bytes on two runs, and in a second place they are merged, note and all', () =>
    inFolder(async (folder) => {
      const files = ['one.pst', 'other.pst'].map((name) => path.join(folder, name));
      for (const file of files) writeFileSync(file, pstFile());
      const [one, other] = files.map((file) =>
        roadFrom(() => openPstSource({ path: file, name: `pst:${file}` })),
      );
      await one!.move();
      await other!.move();
      const bytes = (road: typeof one) =>
        road!.target.messages(['INBOX']).map((message) => Buffer.from(message.bytes).toString('latin1'));
      assert.deepEqual(bytes(one), bytes(other));
      one!.sources.push(other!.sources[0]!);
      const both = await one!.move();
      assert.deepEqual([both.carried, both.merged], [0, LETTERS.length]);
      const proof = await one!.prove();
      assert.deepEqual([proof.copied, proof.merged, proof.incomplete], [8, 8, 2 * INCOMPLETE]);
      assert.equal(
        findings(one!.events).filter(({ is, classes }) => is === 'merged' && classes.length).length,
        7,
      );
    }));

  test('.msg files: one without the content of its attachment; one cut at every sector', () =>
    inFolder(async (folder) => {
      const root = path.join(folder, 'msg');
      mkdirSync(root);
      const item = itemOf(letter('exporté', { attachments: [attached('devis.pdf', filler('mark-one '))] }));
      const [attachment] = [...item.attachments()];
      const none: Attachment = {
        ...attachment!,
        ids: () => attachment!.ids().filter((id) => id !== PidTag.AttachDataBinary),
      };
      const whole = writeMsg(item);
      writeFileSync(path.join(root, 'whole.msg'), whole);
      writeFileSync(path.join(root, 'stripped.msg'), writeMsg({ ...item, attachments: () => [none] }));
      const road = roadFrom(() => openEmlSource({ path: root, name: 'eml:msg' }));
      const summary = await road.move();
      assert.deepEqual([summary.copied, summary.left, summary.incomplete], [2, 0, 1]);
      assert.deepEqual([...noted(road.events).values()], [['rebuilt:attachment-lost']]);
      assert.equal((await road.prove()).incomplete, 1);

      for (let size = 512; size < whole.length; size += 512)
        writeFileSync(path.join(root, `cut-${size}.msg`), whole.subarray(0, size));
      const { text: wanted } = (await readAll(openEmlSource({ path: root, name: 'x' }))).get('whole.msg')!;
      for (const [key, { text, notes }] of await readAll(openEmlSource({ path: root, name: 'x' })))
        if (notes.length === 0) assert.ok(text === wanted, key);
    }));

  test('one bit anywhere in an archive: what comes without a note is what it was', () =>
    inFolder(async (folder) => {
      const file = path.join(folder, 'mail.pst');
      const sound = makePst({
        crypt: 'none',
        folders: [{ name: 'Inbox', messages: LETTERS.map((one) => one.facts) }],
      });
      writeFileSync(file, sound);
      const wanted = await readAll(openPstSource({ path: file, name: 'x' }));
      let losses = 0;
      // The header apart: it is read or the file is none.
      for (let at = 1024; at < sound.length; at += Math.ceil(sound.length / 120)) {
        sound[at] = sound[at]! ^ 0x10;
        writeFileSync(file, sound);
        sound[at] = sound[at]! ^ 0x10;
        for (const [key, { text, notes }] of await readAll(openPstSource({ path: file, name: 'x' }))) {
          const same = wanted.get(key);
          if (same === undefined || notes.join() !== same.notes.join()) losses++;
          else assert.ok(text === same.text, `${at} ${key}`);
        }
      }
      assert.ok(losses > 20, String(losses));
    }));
});

/** What can be read in the inbox, by key without what seals it. */
async function readAll(source: Source): Promise<Map<string, { text: string; notes: readonly string[] }>> {
  const found = new Map<string, { text: string; notes: readonly string[] }>();
  try {
    for (const folder of (await source.folders()).filter(({ selectable }) => selectable)) {
      const keys = (await collect(source.entries(folder))).map(({ key }) => key);
      for await (const got of source.read(folder, keys, memoryHold()))
        if (got.is === 'received')
          found.set(got.key.replace(/\/.*$/, ''), {
            text: Buffer.from(got.body.memory!).toString('latin1'),
            notes: got.notes ?? [],
          });
    }
  } catch (error) {
    if (!isTrouble(error)) throw error;
  } finally {
    await source.close();
  }
  return found;
}

/** Writes a certificate of what the proof told, and checks it. */
async function certified(
  folder: string,
  events: readonly Event[],
  verdict: 'exceptions' | 'failed',
): Promise<void> {
  const file = path.join(folder, 'certificate.json');
  const { privateKey } = generateKeyPairSync('ed25519');
  const header = { target: 'memory:new', accounts: ['pst:mail'], madeBy: 'test' };
  const writer = writeCertificate({ file, header, privateKey });
  const gathering = gatherExceptions(100);
  for (const told of events) {
    if (told.event === 'finding') gathering.add(told.finding);
    if (told.event === 'finding') writer.add(told.finding);
    if (told.event === 'summary') writer.finish(told);
  }
  const check = await checkCertificate(file);
  assert.deepEqual([check.faults, check.certificate?.verdict], [[], verdict]);
  assert.equal(check.certificate?.counts.incomplete, INCOMPLETE);
  assert.equal(gathering.gathered().exceptions.length, LETTERS.length);
  assert.ok(existsSync(file));
  // A sum that hides what is incomplete is no certificate.
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replaceAll(`"incomplete": ${INCOMPLETE}`, '"incomplete": 0'));
  const { faults } = await checkCertificate(file);
  assert.ok(faults.some(({ fault }) => fault === 'counts'));
}
