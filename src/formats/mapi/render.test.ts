import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identify } from '../../mail/identity.ts';
import { type Part, partsOf } from '../../mail/mime.ts';
import { type ItemFacts, makeItem, string8 } from './item.fixture.ts';
import type { Item } from './item.ts';
import { PidTag, PropertySet } from './properties.ts';
import { renderMessage } from './render.ts';
import { compressRtf } from './rtf.fixture.ts';

const CONTEXT = { codePage: 1252 };

function rendered(facts: ItemFacts | Item): { bytes: Buffer; text: string; notes: readonly string[] } {
  const item = 'ids' in facts ? facts : makeItem(facts);
  const { chunks, notes } = renderMessage(item, CONTEXT);
  const bytes = Buffer.concat([...chunks()].map((chunk) => Buffer.from(chunk)));
  const told = notes();
  assert.deepEqual(
    Buffer.concat([...chunks()].map((chunk) => Buffer.from(chunk))),
    bytes,
    'the same bytes again',
  );
  assert.deepEqual(notes(), told, 'and the same notes');
  assert.doesNotMatch(bytes.toString('latin1'), /[^\r]\n|\r[^\n]/);
  for (const line of bytes.toString('latin1').split('\r\n'))
    assert.ok(line.length <= 998, line.slice(0, 100));
  return { bytes, text: bytes.toString('latin1'), notes: told };
}

function sameAs(original: string, facts: ItemFacts): void {
  const lines = Buffer.from(original.replace(/\r?\n/g, '\r\n'), 'utf8');
  const ours = identify(rendered(facts).bytes, { likely: true });
  const theirs = identify(lines, { likely: true });
  assert.equal(ours.kin, theirs.kin, 'kin');
  assert.equal(ours.likely, theirs.likely, 'likely');
  assert.equal(ours.messageId, theirs.messageId);
}

const SENT = new Date('2019-05-17T07:30:12.400Z');

/** What every message of these tests has, as Outlook keeps it. */
const COMMON = {
  [PidTag.MessageClass]: 'IPM.Note',
  [PidTag.Subject]: '\x01\x05Re: Réunion du 17',
  [PidTag.ClientSubmitTime]: SENT,
  [PidTag.SentRepresentingName]: 'Émilie Martin',
  [PidTag.SentRepresentingAddressType]: 'SMTP',
  [PidTag.SentRepresentingEmailAddress]: 'Emilie.Martin@example.org',
  [PidTag.InternetMessageId]: '<1@example.org>',
};

const HEAD = `From: =?utf-8?Q?=C3=89milie_Martin?= <emilie.martin@example.org>
Subject: =?iso-8859-1?Q?Re:_R=E9union_du_17?=
Date: Fri, 17 May 2019 09:30:12 +0200
Message-ID: <1@example.org>
MIME-Version: 1.0
`;

test('plain text: the same message as the original, whatever charset the file keeps it in', () => {
  const original = `${HEAD}Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nBonjour,=0D=0A=E0 demain.\n`;
  sameAs(original, { properties: { ...COMMON, [PidTag.Body]: 'Bonjour,\r\nà demain.\r\n' } });
  sameAs(original, {
    properties: { ...COMMON, [PidTag.Body]: string8(Buffer.from('Bonjour,\r\n\xe0 demain.\0', 'latin1')) },
  });
});

test('HTML alone, with its plain text made up by Outlook; RTF that wraps HTML', () => {
  const html = '<html><body><p>Voir <a href="http://x.example/">ici</a> — à bientôt</p></body></html>';
  const original = `${HEAD}Content-Type: text/html; charset=utf-8\n\n${html}\n`;
  const transport = `${HEAD}Content-Type: text/html; charset=utf-8\n\n`;
  const properties = {
    ...COMMON,
    [PidTag.TransportMessageHeaders]: transport,
    [PidTag.Body]: 'Voir ici <http://x.example/> — à bientôt',
    [PidTag.Html]: Buffer.from(html),
    [PidTag.InternetCodepage]: 65001,
  };
  sameAs(original, { properties });
  const rtf = Buffer.from(
    '{\\rtf1\\ansi\\fromhtml1{\\*\\htmltag64 <p>}Voir {\\*\\htmltag84 <a href="http://x.example/">}ici{\\*\\htmltag92 </a>} \\emdash  \\\'e0 bient\\\'f4t{\\*\\htmltag72 </p>}}',
  );
  sameAs(original, { properties: { ...COMMON, [PidTag.RtfCompressed]: compressRtf(rtf) } });
});

test('both texts, a picture inside, files: the same message as the original', () => {
  const text = `Ci-joint le compte rendu. ${'Merci de le relire. '.repeat(20)}`;
  const html = `<p>${text}</p><img src="cid:logo@1">`;
  const picture = Buffer.from('89504e470d0a1a0a00', 'hex');
  const file = Buffer.alloc(70_000, 'PDF \n');
  const original = `${HEAD}Content-Type: multipart/mixed; boundary=a

--a
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain

${text}
--b
Content-Type: multipart/related; boundary=c

--c
Content-Type: text/html

${html}
--c
Content-Type: image/png
Content-ID: <logo@1>
Content-Transfer-Encoding: base64

${picture.toString('base64')}
--c--
--b--
--a
Content-Type: application/pdf; name="compte rendu.pdf"
Content-Transfer-Encoding: base64

${file.toString('base64')}
--a--
`;
  const facts: ItemFacts = {
    properties: { ...COMMON, [PidTag.Body]: text, [PidTag.Html]: Buffer.from(html) },
    attachments: [
      {
        properties: {
          [PidTag.AttachMethod]: 1,
          [PidTag.AttachLongFilename]: 'logo.png',
          [PidTag.AttachContentId]: 'logo@1',
          [PidTag.AttachDataBinary]: picture,
        },
      },
      {
        properties: {
          [PidTag.AttachMethod]: 1,
          [PidTag.AttachLongFilename]: 'compte rendu – été.pdf',
          [PidTag.AttachDataBinary]: file,
        },
      },
    ],
  };
  sameAs(original, facts);
  assert.deepEqual(shape(partsOf(rendered(facts).bytes)), [
    'multipart/mixed',
    ['multipart/alternative', ['text/plain'], ['multipart/related', ['text/html'], ['image/png']]],
    ['application/pdf'],
  ]);
  assert.match(rendered(facts).text, /filename\*=utf-8''compte%20rendu%20%E2%80%93%20%C3%A9t%C3%A9\.pdf/);
});

type Shape = [string, ...Shape[]];

function shape(part: Part): Shape {
  return [part.type, ...part.parts.map(shape)];
}

test('a message inside a message, and a text that Exchange numbered', () => {
  const inner = `From: a@example.org\nDate: Fri, 17 May 2019 09:30:12 +0200\nSubject: inside\n\nhello\n`;
  const original = `${HEAD}Content-Type: multipart/mixed; boundary=a

--a

See below.
--a
Content-Type: message/rfc822

${inner}
--a

_____ list footer
--a--
`;
  sameAs(original, {
    properties: { ...COMMON, [PidTag.Body]: 'See below.' },
    attachments: [
      {
        properties: { [PidTag.AttachMethod]: 5, [PidTag.DisplayName]: 'inside' },
        embedded: makeItem({
          properties: {
            [PidTag.Subject]: 'inside',
            [PidTag.ClientSubmitTime]: SENT,
            [PidTag.SentRepresentingEmailAddress]: 'a@example.org',
            [PidTag.Body]: 'hello',
          },
        }),
      },
      {
        properties: {
          [PidTag.AttachMethod]: 1,
          [PidTag.AttachFilename]: 'ATT00001.txt',
          [PidTag.AttachMimeTag]: 'text/plain',
          [PidTag.AttachDataBinary]: Buffer.from('_____ list footer'),
        },
      },
    ],
  });
});

test('transport headers stay as they are; only what tells of the body is new; blind copies are added', () => {
  const headers = `Microsoft Mail Internet Headers Version 2.0
Received: from a by b;
\tFri, 17 May 2019 09:30:13 +0200
X-Odd:  two  blanks
From: "Martin,  Émilie" <Emilie.Martin@example.org>
To: =?utf-8?Q?Un?= <un@example.org>
Content-Type: multipart/mixed;
 boundary="x"
MIME-Version: 1.0
Subject: a

--x
Content-Type: text/plain
`;
  const { text } = rendered({
    properties: { ...COMMON, [PidTag.TransportMessageHeaders]: headers, [PidTag.Body]: 'x' },
    recipients: [
      {
        properties: {
          [PidTag.RecipientType]: 1,
          [PidTag.DisplayName]: 'Un',
          [PidTag.SmtpAddress]: 'un@example.org',
        },
      },
      {
        properties: {
          [PidTag.RecipientType]: 3,
          [PidTag.DisplayName]: 'Deux',
          [PidTag.SmtpAddress]: 'deux@example.org',
        },
      },
    ],
  });
  const from = Buffer.from('Émilie').toString('latin1');
  assert.ok(
    text.startsWith(
      `Received: from a by b;\r\n\tFri, 17 May 2019 09:30:13 +0200\r\nX-Odd:  two  blanks\r\nFrom: "Martin,  ${from}" <Emilie.Martin@example.org>\r\nTo: =?utf-8?Q?Un?= <un@example.org>\r\nSubject: a\r\nBcc: Deux <deux@example.org>\r\nDate: Fri, 17 May 2019 07:30:12 +0000\r\nMessage-ID: <1@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain`,
    ),
    text,
  );
});

test('Exchange addresses: from the properties, the one-off form, the name; else a stand-in and a note', () => {
  const entry = Buffer.concat([
    Buffer.from('00000000812b1fa4bea310199d6e00dd010f540200000080', 'hex'),
    Buffer.from('Quatre\0SMTP\0quatre@example.org\0', 'utf16le'),
  ]);
  const ex = (name: string, more: object) => ({
    properties: {
      [PidTag.RecipientType]: 1,
      [PidTag.DisplayName]: name,
      [PidTag.AddressType]: 'EX',
      [PidTag.EmailAddress]: `/O=FIRST/OU=SITE/CN=RECIPIENTS/CN=${name}`,
      ...more,
    },
  });
  const { text, notes } = rendered({
    properties: { ...COMMON, [PidTag.Body]: 'x' },
    recipients: [
      ex('Un', { [PidTag.SmtpAddress]: 'un@example.org' }),
      ex('Deux', { [PidTag.EmailAddress]: 'IMCEASMTP-deux+40example+2Eorg@host' }),
      ex("'trois@example.org'", {}),
      ex('Quatre', { [PidTag.EntryId]: entry }),
      ex('Cinq, "C"', { [PidTag.EmailAddress]: '/O=FIRST/CN=RECIPIENTS/CN=cinq.c' }),
      ex('Six', { [PidTag.SearchKey]: Buffer.from('SMTP:SIX@EXAMPLE.ORG\0') }),
    ],
  });
  assert.ok(
    text.includes(
      'To: Un <un@example.org>,\r\n Deux <deux@example.org>,\r\n trois@example.org,\r\n Quatre <quatre@example.org>,\r\n "Cinq, \\"C\\"" <cinq.c@exchange.invalid>,\r\n Six <six@example.org>\r\n',
    ),
    text,
  );
  assert.deepEqual(notes, ['address-without-smtp']);
});

test('a signed message is the original inside, to the byte', () => {
  const entity = `Content-Type: multipart/signed; micalg=sha-256;\r\n protocol="application/pkcs7-signature"; boundary="s"\r\n\r\n--s\r\nContent-Type: text/plain\r\n\r\nhello  \r\n--s\r\nContent-Type: application/pkcs7-signature\r\n\r\nMAA=\r\n--s--\r\n`;
  const { text } = rendered({
    properties: {
      ...COMMON,
      [PidTag.MessageClass]: 'IPM.Note.SMIME.MultipartSigned',
      [PidTag.Body]: 'hello',
    },
    attachments: [
      {
        properties: {
          [PidTag.AttachMimeTag]: 'multipart/signed',
          [PidTag.AttachDataBinary]: Buffer.from(entity),
        },
      },
    ],
  });
  assert.ok(text.endsWith(`MIME-Version: 1.0\r\n${entity}`), text);
  const cms = Buffer.from('308006092a864886f70d010703a080', 'hex');
  const opaque = rendered({
    properties: { ...COMMON, [PidTag.MessageClass]: 'IPM.Note.SMIME' },
    attachments: [{ properties: { [PidTag.AttachDataBinary]: cms } }],
  });
  assert.match(opaque.text, /Content-Type: application\/pkcs7-mime;\r?\n? ?smime-type=enveloped-data;/);
  assert.ok(opaque.text.endsWith(`\r\n\r\n${cms.toString('base64')}\r\n`));
});

test('real rich text: its plain form, and itself as a file; a report without a text gets one', () => {
  const { bytes, text } = rendered({
    properties: { ...COMMON, [PidTag.RtfCompressed]: compressRtf(Buffer.from('{\\rtf1\\ansi {\\b bold}}')) },
  });
  assert.deepEqual(shape(partsOf(bytes)), ['multipart/mixed', ['text/plain'], ['application/rtf']]);
  assert.match(text, /\r\n\r\nbold\r\n/);
  const report = rendered({
    properties: {
      [PidTag.MessageClass]: 'REPORT.IPM.Note.NDR',
      [PidTag.Subject]: 'Undeliverable: x',
      [PidTag.OriginalSubject]: 'x',
    },
    recipients: [
      {
        properties: { [PidTag.DisplayName]: 'a@example.org', [PidTag.SupplementaryInfo]: '550 no such user' },
      },
    ],
  });
  assert.match(
    report.text,
    /could not be delivered[\s\S]*Subject: x[\s\S]*Recipient: a@example.org\r\n550 no such user/,
  );
});

test('an invitation carries its calendar part', () => {
  const { text } = rendered({
    properties: { ...COMMON, [PidTag.MessageClass]: 'IPM.Schedule.Meeting.Request', [PidTag.Body]: 'Venez' },
  });
  assert.match(
    text,
    /multipart\/alternative[\s\S]*text\/calendar;\r\n charset="utf-8";\r\n method="REQUEST"/,
  );
});

test('damage costs only what is damaged, and is noted', () => {
  const broken = {
    size: 200_000,
    *chunks() {
      yield Buffer.alloc(100_000, 'x');
      makeItem({ damaged: [1] }).get(1);
    },
  };
  const { bytes, notes } = rendered({
    properties: { ...COMMON, [PidTag.Body]: 'text' },
    damaged: [PidTag.Html, PidTag.Subject],
    attachments: [
      {
        properties: { [PidTag.AttachLongFilename]: 'a.bin' },
        streams: { [PidTag.AttachDataBinary]: broken },
      },
      {
        properties: { [PidTag.AttachLongFilename]: 'b.bin', [PidTag.AttachDataBinary]: Buffer.of(1) },
        damaged: [PidTag.AttachMimeTag],
      },
      { properties: { [PidTag.AttachLongFilename]: 'c.bin', [PidTag.AttachMethod]: 5 } },
    ],
  });
  assert.deepEqual(notes, ['body-lost', 'attachment-lost', 'attachment-cut', 'detail-lost']);
  // Text; what is said of the HTML; a.bin and what is said of it; b.bin; what stands for c.bin.
  const { parts } = partsOf(bytes);
  assert.deepEqual([parts.length, parts[2]!.size, parts[4]!.size], [6, 100_000, 1]);
});

test('an item that holds itself ends', () => {
  const item: Item = makeItem({
    properties: COMMON,
    attachments: [{ properties: { [PidTag.AttachMethod]: 5 } }, { properties: { [PidTag.AttachMethod]: 5 } }],
  });
  const attachments = [...item.attachments()].map((one) => ({ ...one, embedded: () => item }));
  item.attachments = () => attachments;
  const { notes } = rendered(item);
  assert.deepEqual(notes, ['attachment-lost']);
});

test('a file of any size passes piece by piece', () => {
  const piece = Buffer.alloc(1024 * 1024, 7);
  const size = 64;
  const { chunks } = renderMessage(
    makeItem({
      properties: COMMON,
      attachments: [
        {
          properties: { [PidTag.AttachLongFilename]: 'large.bin' },
          streams: {
            [PidTag.AttachDataBinary]: {
              size: size * piece.length,
              *chunks() {
                for (let i = 0; i < size; i++) yield piece;
              },
            },
          },
        },
      ],
    }),
    CONTEXT,
  );
  let total = 0;
  for (const chunk of chunks()) {
    assert.ok(chunk.length < 100_000);
    total += chunk.length;
  }
  assert.ok(total > (size * piece.length * 4) / 3);
});

test('a text too large to hold is streamed, and is the same message', () => {
  const line = 'Une ligne avec des accents : éàù.\r\n';
  const text = line.repeat(300_000);
  const bytes = Buffer.from(text, 'utf16le');
  const { chunks } = renderMessage(
    makeItem({
      properties: COMMON,
      damaged: [],
      streams: {
        [PidTag.Body]: {
          size: bytes.length,
          *chunks() {
            for (let at = 0; at < bytes.length; at += 9_999) yield bytes.subarray(at, at + 9_999);
          },
          type: 0x1f,
        } as never,
      },
    }),
    CONTEXT,
  );
  const message = Buffer.concat([...chunks()]);
  const body = message.subarray(message.indexOf('\r\n\r\n') + 4).toString('latin1');
  assert.ok(Buffer.from(body, 'base64').toString('utf8') === text);
});

test('categories and named sets are not needed: an empty item is a message', () => {
  const { text, notes } = rendered({});
  assert.match(text, /^MIME-Version: 1\.0\r\nContent-Type: text\/plain/);
  assert.deepEqual(notes, ['sender-unknown', 'date-unknown']);
  assert.ok(PropertySet.InternetHeaders.startsWith('00020386'));
});
