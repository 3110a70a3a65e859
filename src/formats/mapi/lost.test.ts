import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RebuildNote } from '../../mail/rebuild-note.ts';
import { type AttachmentFacts, type ItemFacts, makeItem } from './item.fixture.ts';
import type { Item } from './item.ts';
import { PidTag } from './properties.ts';
import { renderMessage } from './render.ts';
import { compressRtf } from './rtf.fixture.ts';

const COMMON = {
  [PidTag.MessageClass]: 'IPM.Note',
  [PidTag.Subject]: 'Devis',
  [PidTag.ClientSubmitTime]: new Date('2019-05-17T07:30:12Z'),
  [PidTag.SenderEmailAddress]: 'a@example.org',
};

/** The message, quoted-printable undone, and its notes; twice the same. */
function rendered(facts: ItemFacts | Item): { text: string; notes: RebuildNote[] } {
  const make = () => ('ids' in facts ? facts : makeItem(facts));
  const [one, other] = [make(), make()].map((item) => {
    const message = renderMessage(item, { codePage: 1252 });
    const bytes = Buffer.concat([...message.chunks()].map((chunk) => Buffer.from(chunk)));
    return { bytes, notes: message.notes() };
  });
  assert.deepEqual(one, other);
  const { bytes, notes } = one!;
  const plain = bytes
    .toString('latin1')
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return { text: Buffer.from(plain, 'latin1').toString('utf8'), notes };
}

function damagedAt(bytes: number): { size: number; chunks: () => Iterable<Uint8Array> } {
  return {
    size: 300_000,
    *chunks() {
      if (bytes > 0) yield Buffer.alloc(bytes, 'x');
      makeItem({ damaged: [1] }).get(1);
    },
  };
}

const file = (name: string, more: Partial<AttachmentFacts> = {}): AttachmentFacts => ({
  ...more,
  properties: { [PidTag.AttachLongFilename]: name, ...more.properties },
});

test('an attachment of which nothing can be read: a text that names it, and no file of that name', () => {
  for (const attachment of [
    file('devis.pdf', { streams: { [PidTag.AttachDataBinary]: damagedAt(0) } }),
    file('devis.pdf', { damaged: [PidTag.AttachDataBinary] }),
  ]) {
    const { text, notes } = rendered({
      properties: { ...COMMON, [PidTag.Body]: 'x' },
      attachments: [attachment],
    });
    assert.deepEqual(notes, ['attachment-lost']);
    assert.ok(text.includes('[Malleposte] La pièce jointe « devis.pdf » n’a pas pu être lue'), text);
    assert.ok(text.includes('[Malleposte] The attachment “devis.pdf” could not be read'));
    assert.doesNotMatch(text, /filename/);
  }
});

test('one that breaks off is there as far as it goes, and the text behind it says how far', () => {
  const { text, notes } = rendered({
    properties: { ...COMMON, [PidTag.Body]: 'x' },
    attachments: [
      file('a.bin', { streams: { [PidTag.AttachDataBinary]: damagedAt(90_000) } }),
      file('b.bin'),
    ],
  });
  assert.deepEqual(notes, ['attachment-lost', 'attachment-cut']);
  assert.match(text, /filename="a\.bin"/);
  assert.ok(text.includes('only its first 90000 bytes could be read'));
  assert.ok(text.includes('“b.bin” is announced, but the Outlook file does not have its content'));
});

test('a damaged message inside, a list that breaks off, a property that cannot be had', () => {
  const inner = makeItem({ properties: COMMON });
  const broken: Item = { ...inner, ids: () => makeItem({ damaged: [1] }).get(1) as never };
  const inside = {
    properties: { [PidTag.DisplayName]: 'joint', [PidTag.AttachMethod]: 5 },
    embedded: broken,
  };
  const whole = makeItem({ properties: { ...COMMON, [PidTag.Body]: 'x' }, attachments: [inside] });
  const first = rendered(whole);
  assert.deepEqual(first.notes, ['attachment-lost']);
  assert.ok(first.text.includes('“joint” could not be read'));
  assert.doesNotMatch(first.text, /message\/rfc822/);
  const cut: Item = {
    ...makeItem({ properties: { ...COMMON, [PidTag.DisplayTo]: 'Anne; Jean' } }),
    attachments: () => makeItem({ damaged: [1] }).get(1) as never,
    *recipients() {
      yield makeItem({ properties: { [PidTag.RecipientType]: 1, [PidTag.SmtpAddress]: 'b@example.org' } });
      makeItem({ damaged: [1] }).get(1);
    },
  };
  const second = rendered(cut);
  assert.deepEqual(second.notes, ['attachment-lost', 'recipients-lost']);
  assert.match(second.text, /^To: b@example\.org\r$/m);
  assert.ok(second.text.includes('Outlook affichait : Anne; Jean'), second.text);
  assert.ok(second.text.includes('some may be missing'));
  const third = rendered({ properties: { ...COMMON, [PidTag.Body]: 'x' }, damaged: [PidTag.Importance] });
  assert.deepEqual(third.notes, ['detail-lost']);
});

test('texts: a form that is lost is named; one that is had from another form is not', () => {
  const html = compressRtf(Buffer.from('{\\rtf1\\ansi\\fromhtml1{\\*\\htmltag64 <p>}bonjour}'));
  const saved = rendered({
    properties: { ...COMMON, [PidTag.RtfCompressed]: html },
    damaged: [PidTag.Html],
  });
  assert.deepEqual(saved.notes, []);
  assert.match(saved.text, /<p>bonjour/);
  const plainOnly = rendered({ properties: { ...COMMON, [PidTag.Body]: 'texte' }, damaged: [PidTag.Html] });
  assert.deepEqual(plainOnly.notes, ['body-lost']);
  assert.match(plainOnly.text, /texte\r\n/);
  assert.ok(plainOnly.text.includes('The formatted text (HTML) of this message could not be read'));
  const none = rendered({ properties: COMMON, damaged: [PidTag.Body, PidTag.RtfCompressed] });
  assert.deepEqual(none.notes, ['body-lost']);
  assert.ok(none.text.includes('Le texte simple de ce message n’a pas pu être lu'));
  const cut = rendered({
    properties: { ...COMMON, [PidTag.RtfCompressed]: Buffer.from(html.subarray(0, html.length - 12)) },
  });
  assert.deepEqual(cut.notes, ['body-lost']);
  assert.ok(cut.text.includes('could not be read whole'));
});

test('a text that is damaged further on is there as far as it goes', () => {
  const streams = { [PidTag.Body]: damagedAt(5000) };
  const { chunks, notes } = renderMessage(makeItem({ properties: COMMON, streams }), { codePage: 1252 });
  const text = Buffer.concat([...chunks()].map((chunk) => Buffer.from(chunk))).toString('latin1');
  const body = Buffer.from(text.slice(text.indexOf('\r\n\r\n')), 'base64').toString('utf8');
  assert.match(body, /^x{5000}\r\n\r\n\[Malleposte\] Le texte simple/);
  assert.deepEqual(notes(), ['body-lost']);
});

test('a text of nothing but NULs is none, and nothing is said of it', () => {
  const { text, notes } = rendered({ properties: { ...COMMON, [PidTag.Body]: '\0\0' } });
  assert.deepEqual(notes, []);
  assert.match(text, /charset="us-ascii"[\s\S]*\r\n\r\n$/);
});

test('a text beyond memory that breaks off says so at its end', () => {
  const streams = {
    [PidTag.Html]: {
      size: 20_000_000,
      *chunks() {
        for (let i = 0; i < 90; i++) yield Buffer.alloc(100_000, 'y');
        makeItem({ damaged: [1] }).get(1);
      },
    },
  };
  const { chunks, notes } = renderMessage(makeItem({ properties: COMMON, streams }), { codePage: 1252 });
  const text = Buffer.concat([...chunks()].map((chunk) => Buffer.from(chunk))).toString('latin1');
  const body = Buffer.from(text.slice(text.indexOf('\r\n\r\n')), 'base64').toString('utf8');
  assert.ok(body.includes('n’a pas pu être lu en entier'));
  assert.deepEqual(notes(), ['body-lost']);
});

test('a signed message that is cut is no signed message: what there is of it is a file, and it is said', () => {
  const signed =
    'Content-Type: multipart/signed; boundary="b"; protocol="application/pkcs7-signature"\r\n\r\n--b\r\n';
  const attachment = {
    properties: { [PidTag.AttachMimeTag]: 'multipart/signed', [PidTag.AttachLongFilename]: 'smime.p7m' },
    streams: {
      [PidTag.AttachDataBinary]: {
        size: 5000,
        *chunks() {
          yield Buffer.from(signed);
          makeItem({ damaged: [1] }).get(1);
        },
      },
    },
  };
  const properties = { ...COMMON, [PidTag.MessageClass]: 'IPM.Note.SMIME.MultipartSigned' };
  const { text, notes } = rendered({ properties, attachments: [attachment] });
  assert.deepEqual(notes, ['attachment-cut']);
  assert.match(text, /^Content-Type: multipart\/mixed/m);
});

test('what was made up: a date of its making, a stand-in, nothing where nothing is known', () => {
  const { [PidTag.ClientSubmitTime]: _, ...undated } = COMMON;
  const made = rendered({ properties: { ...undated, [PidTag.CreationTime]: new Date(0) } });
  assert.deepEqual(made.notes, ['date-made']);
  const draft = { ...undated, [PidTag.MessageFlags]: 8, [PidTag.LastModificationTime]: new Date(0) };
  assert.deepEqual(rendered({ properties: draft }).notes, []);
  assert.deepEqual(rendered({ properties: undated }).notes, ['date-unknown']);
  const exchange = {
    [PidTag.RecipientType]: 1,
    [PidTag.DisplayName]: 'Jean',
    [PidTag.EmailAddress]: '/o=x/cn=jean',
  };
  assert.deepEqual(rendered({ properties: COMMON, recipients: [{ properties: exchange }] }).notes, [
    'address-without-smtp',
  ]);
});
