/** Mail as Outlook takes it in (MS-OXCMAIL §2.2): for tests that bring it back out. */
import { mailboxes } from '../../mail/address.ts';
import { decode } from '../../mail/charset.ts';
import { parseDate } from '../../mail/date.ts';
import { decodeWords, parseParameterised } from '../../mail/encoded-word.ts';
import { asBuffer, headerEnd, valuesOf } from '../../mail/header.ts';
import { toCrlf } from '../../mail/line-ends.ts';
import { decoderFor } from '../../mail/transfer-encoding.ts';
import { type AttachmentFacts, type BagFacts, makeItem } from './item.fixture.ts';
import type { Item, PropertyValue } from './item.ts';
import { PidTag } from './properties.ts';

export interface Keeps {
  /** PidTagTransportMessageHeaders. */
  transport: boolean;
}

interface Leaf {
  type: string;
  charset: string | null;
  name: string | null;
  attached: boolean;
  contentId: string | null;
  bytes: Buffer;
}

interface Taken {
  plain: Leaf | null;
  html: Leaf | null;
  attachments: AttachmentFacts[];
  keeps: Keeps;
}

export function outlookItem(message: Uint8Array, keeps: Keeps): Item {
  const bytes = asBuffer(toCrlf(message));
  const taken: Taken = { plain: null, html: null, attachments: [], keeps };
  take(bytes, taken, true);
  const header = bytes.subarray(0, headerEnd(bytes).end);
  const properties: Record<number, PropertyValue | Date> = { [PidTag.MessageClass]: 'IPM.Note' };
  if (keeps.transport) properties[PidTag.TransportMessageHeaders] = decode(header, 'windows-1252');
  else Object.assign(properties, headerProperties(header));
  if (taken.plain !== null) properties[PidTag.Body] = decode(taken.plain.bytes, taken.plain.charset);
  if (taken.html !== null) properties[PidTag.Html] = decode(taken.html.bytes, taken.html.charset);
  return makeItem({ properties, recipients: recipientsIn(header), attachments: taken.attachments });
}

function headerProperties(header: Buffer): Record<number, PropertyValue | Date> {
  const properties: Record<number, PropertyValue | Date> = {};
  const [subject] = valuesOf(header, 'subject');
  if (subject !== undefined) properties[PidTag.Subject] = decodeWords(subject);
  const date = parseDate(valuesOf(header, 'date')[0] ?? '');
  if (date !== null) properties[PidTag.ClientSubmitTime] = new Date(date);
  const [from] = mailboxes(valuesOf(header, 'from')[0] ?? '');
  if (from !== undefined) {
    properties[PidTag.SentRepresentingName] = from.name || from.address;
    properties[PidTag.SentRepresentingAddressType] = 'SMTP';
    properties[PidTag.SentRepresentingEmailAddress] = from.address;
  }
  const [id] = valuesOf(header, 'message-id');
  if (id !== undefined) properties[PidTag.InternetMessageId] = id;
  return properties;
}

function recipientsIn(header: Buffer): BagFacts[] {
  return (['to', 'cc', 'bcc'] as const).flatMap((field, index) =>
    valuesOf(header, field).flatMap((value) =>
      [...mailboxes(value)].map(({ name, address }) => ({
        properties: {
          [PidTag.RecipientType]: index + 1,
          [PidTag.DisplayName]: name || address,
          [PidTag.AddressType]: 'SMTP',
          [PidTag.EmailAddress]: address,
        },
      })),
    ),
  );
}

/** `isBody`: this may be the text of the message. */
function take(entity: Buffer, taken: Taken, isBody: boolean): void {
  const { end, body } = headerEnd(entity);
  const header = entity.subarray(0, end);
  const content = entity.subarray(body);
  const contentType = parseParameterised(valuesOf(header, 'content-type')[0] ?? 'text/plain');
  const type = /^[^/]+\/[^/]+$/.test(contentType.value) ? contentType.value : 'text/plain';
  const boundary = contentType.parameters.get('boundary');
  if (type.startsWith('multipart/') && boundary !== undefined) {
    for (const [index, part] of partsIn(content, boundary).entries()) {
      take(part, taken, isBody && (index === 0 || type === 'multipart/alternative'));
    }
    return;
  }
  const encoding = decoderFor(valuesOf(header, 'content-transfer-encoding')[0] ?? '');
  const bytes = Buffer.concat([Buffer.from(encoding.write(content)), encoding.end()]);
  const disposition = parseParameterised(valuesOf(header, 'content-disposition')[0] ?? '');
  const name = disposition.parameters.get('filename') ?? contentType.parameters.get('name') ?? null;
  keep(
    {
      type,
      charset: contentType.parameters.get('charset') ?? null,
      name,
      attached: disposition.value === 'attachment' || name !== null,
      contentId: valuesOf(header, 'content-id')[0] ?? null,
      bytes,
    },
    taken,
    isBody,
  );
}

function keep(leaf: Leaf, taken: Taken, isBody: boolean): void {
  const isText = isBody && !leaf.attached;
  if (isText && leaf.type === 'text/plain' && taken.plain === null) taken.plain = leaf;
  else if (isText && leaf.type === 'text/html' && taken.html === null) taken.html = leaf;
  else if (leaf.type === 'message/rfc822') {
    taken.attachments.push({
      properties: { [PidTag.AttachMethod]: 5 },
      embedded: outlookItem(leaf.bytes, taken.keeps),
    });
  } else taken.attachments.push({ properties: attachmentProperties(leaf, taken.attachments.length + 1) });
}

function attachmentProperties(leaf: Leaf, number: number): Record<number, PropertyValue> {
  const extension = { 'text/plain': 'txt', 'text/html': 'htm' }[leaf.type] ?? 'bin';
  const madeUp = `ATT${String(number).padStart(5, '0')}.${extension}`;
  return {
    [PidTag.AttachMethod]: 1,
    [PidTag.AttachMimeTag]: leaf.type,
    [PidTag.AttachLongFilename]: leaf.name ?? (leaf.attached ? 'attachment' : madeUp),
    [PidTag.AttachDataBinary]: leaf.bytes,
    [PidTag.AttachContentId]: leaf.contentId ?? '',
    [PidTag.TextAttachmentCharset]: leaf.charset ?? '',
  };
}

function partsIn(content: Buffer, boundary: string): Buffer[] {
  const text = `\r\n${content.toString('latin1')}`;
  const delimiter = `\r\n--${decodeWords(boundary).trimEnd()}`;
  const parts: Buffer[] = [];
  let start = -1;
  for (let at = text.indexOf(delimiter); at >= 0; at = text.indexOf(delimiter, at + 2)) {
    const rest = /^(--)?[ \t]*(?:\r\n|$)/.exec(
      text.slice(at + delimiter.length, at + delimiter.length + 100),
    );
    if (rest === null) continue;
    if (start >= 0) parts.push(Buffer.from(text.slice(start, at), 'latin1'));
    if (rest[1] !== undefined) return parts;
    start = at + delimiter.length + rest[0].length;
  }
  if (start >= 0) parts.push(Buffer.from(text.slice(start), 'latin1'));
  return parts;
}
