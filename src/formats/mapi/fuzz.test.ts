import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identify } from '../../mail/identity.ts';
import { makeItem } from './item.fixture.ts';
import type { PropertyValue } from './item.ts';
import { marksOf, receivedAtOf } from './marks.ts';
import { mutations } from './mutate.fixture.ts';
import { PidTag, Ptyp } from './properties.ts';
import { renderMessage } from './render.ts';
import { compressRtf } from './rtf.fixture.ts';

/** What an item says in bytes, in a form that can be damaged as a whole: id, type, length, bytes, and so on. */
function packed(values: readonly (readonly [id: number, type: number, bytes: Buffer])[]): Buffer {
  return Buffer.concat(
    values.flatMap(([id, type, bytes]) => {
      const head = Buffer.alloc(8);
      head.writeUInt16LE(id, 0);
      head.writeUInt16LE(type, 2);
      head.writeUInt32LE(bytes.length, 4);
      return [head, bytes];
    }),
  );
}

type Values = Record<number, { type: number; value: PropertyValue }>;

function unpacked(bytes: Buffer): Values {
  const values: Values = {};
  for (let at = 0; at + 8 <= bytes.length; ) {
    const type = bytes.readUInt16LE(at + 2);
    const size = Math.min(bytes.readUInt32LE(at + 4), bytes.length - at - 8);
    values[bytes.readUInt16LE(at)] = { type, value: readValue(type, bytes.subarray(at + 8, at + 8 + size)) };
    at += 8 + size;
  }
  return values;
}

function readValue(type: number, bytes: Buffer): PropertyValue {
  if (type === Ptyp.String) return bytes.toString('utf16le', 0, bytes.length & ~1);
  if (type === Ptyp.Time || type === Ptyp.Integer32)
    return bytes.length < 8 ? Number.NaN : bytes.readDoubleLE(0);
  return type === Ptyp.Boolean ? bytes[0] === 1 : bytes;
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}

const wide = (text: string): Buffer => Buffer.from(text, 'utf16le');

const HEADERS =
  'Received: from a\r\n by b; Fri, 17 May 2019 09:30:13 +0200\r\nFrom: "É" <a@example.org>\r\nContent-Type: text/html\r\nSubject: x\r\n';
const MESSAGES = [
  packed([
    [PidTag.MessageClass, Ptyp.String, wide('IPM.Note')],
    [PidTag.TransportMessageHeaders, Ptyp.String, wide(HEADERS)],
    [PidTag.InternetCodepage, Ptyp.Integer32, number(28591)],
    [PidTag.Html, Ptyp.Binary, Buffer.from('<html><meta charset=utf-8><img src="cid:a@b">\xe9', 'latin1')],
    [PidTag.Body, Ptyp.String, wide('texte é\r\n')],
  ]),
  packed([
    [PidTag.Subject, Ptyp.String, wide('\x01\x05Re: sujet é')],
    [PidTag.ClientSubmitTime, Ptyp.Time, number(Date.UTC(2019, 4, 17))],
    [PidTag.SentRepresentingName, Ptyp.String, wide('Nom, "X"')],
    [PidTag.SentRepresentingEmailAddress, Ptyp.String, wide('/o=x/cn=nom')],
    [
      PidTag.SentRepresentingEntryId,
      Ptyp.Binary,
      Buffer.from('00000000812b1fa4bea310199d6e00dd010f54020000008041004200430000005300', 'hex'),
    ],
    [PidTag.ReplyRecipientEntries, Ptyp.Binary, Buffer.from('010000000400000004000000aabbccdd', 'hex')],
    [PidTag.InternetReferences, Ptyp.String, wide('<a@b> <c@d>')],
    [
      PidTag.RtfCompressed,
      Ptyp.Binary,
      compressRtf(Buffer.from("{\\rtf1\\ansi\\fromhtml1{\\*\\htmltag1 <p>}\\'e9\\u233?}")),
    ],
    [PidTag.Importance, Ptyp.Integer32, number(2)],
  ]),
  packed([
    [PidTag.MessageClass, Ptyp.String8, Buffer.from('IPM.Note.SMIME')],
    [PidTag.DisplayTo, Ptyp.String, wide('a@example.org; b')],
    [
      PidTag.AttachDataBinary,
      Ptyp.Binary,
      Buffer.from('Content-Type: multipart/signed; boundary="x"\r\n\r\n--x\r\n\r\na\r\n--x--\r\n'),
    ],
    [PidTag.AttachLongFilename, Ptyp.String, wide('été.txt')],
    [PidTag.AttachMimeTag, Ptyp.String, wide('multipart/signed')],
    [PidTag.AttachContentId, Ptyp.String, wide('a@b')],
    [PidTag.AttachMethod, Ptyp.Integer32, number(1)],
    [PidTag.RecipientType, Ptyp.Integer32, number(3)],
    [PidTag.DisplayName, Ptyp.String, wide('Destinataire')],
    [PidTag.SmtpAddress, Ptyp.String, wide('c@example.org')],
  ]),
];

test('fuzz: whatever the properties say, it is a message of valid lines, the same each time', () => {
  for (const bytes of mutations(MESSAGES)) {
    const properties = unpacked(bytes);
    // Recipient and attachment say the same as the item, whatever that means.
    const item = makeItem({
      properties,
      recipients: [{ properties }],
      attachments: [{ properties }, { properties }],
    });
    const single = makeItem({ properties, attachments: [{ properties, embedded: item }] });
    for (const one of [item, single]) {
      marksOf(one);
      receivedAtOf(one);
      const { chunks } = renderMessage(one, { codePage: 1252 });
      const message = Buffer.concat([...chunks()].map((chunk) => Buffer.from(chunk)));
      const { oddities } = identify(message, { likely: true });
      assert.deepEqual(
        [oddities.bareCr, oddities.bareLf, oddities.noHeader, oddities.noFinalLineEnd],
        [false, false, false, false],
      );
      assert.ok(message.equals(Buffer.concat([...renderMessage(one, { codePage: 1252 }).chunks()])));
      const header = message.subarray(0, message.indexOf('\r\n\r\n')).toString('latin1');
      for (const line of header.split('\r\n')) {
        assert.ok(
          line.length <= 998 && /^([!-9;-~]+[ \t]*:|[ \t]+[^ \t]|[ \t]+$)/.test(line),
          JSON.stringify(line),
        );
      }
    }
  }
});
