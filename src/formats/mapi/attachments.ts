/** What is attached to an item: files, pictures inside the text, messages (MS-OXCMSG §2.2.2, MS-OXCMAIL §2.2.3.4). */
import { CrlfWriter, lineBreaks } from '../../mail/line-ends.ts';
import { untilDamaged } from './bodies.ts';
import { base64, CRLF, oneLine, parameter } from './encode.ts';
import type { Break, Entity, Run } from './entity.ts';
import { fileType } from './file-type.ts';
import { icalendarOf } from './icalendar.ts';
import type { Attachment, Item, PropertyStream } from './item.ts';
import { kindOfClass, messageClass } from './kind.ts';
import {
  cutAttachment,
  emptyAttachment,
  LOST_ATTACHMENTS,
  lostAttachment,
  omittedMessage,
  type Said,
  saidEntity,
} from './lost.ts';
import { AttachMethod, PidTag, Ptyp } from './properties.ts';
import { Notes, Values } from './values.ts';
import { vcardOf } from './vcard.ts';

/** More are noted and left out. */
const ATTACHMENTS_MAX = 5000;

/** Writes a message inside a message; why not, where there are too many or it cannot be opened. */
export type WriteInner = (item: Item, run: Run) => Iterable<Uint8Array> | 'too-many' | 'damaged';

export interface Attached {
  /** Part of the HTML text, shown where that says. */
  inline: Entity[];
  files: Entity[];
  /** One of them is an iCalendar text. */
  hasCalendar: boolean;
}

export function attachmentsOf(item: Item, of: Values, html: string | null, inner: WriteInner): Attached {
  const attached: Attached = { inline: [], files: [], hasCalendar: false };
  const referred = referredIn(html);
  const isWhole = of.notes.unlessDamaged('attachment-lost', 'the list of attachments', () => {
    let count = 0;
    for (const attachment of item.attachments()) {
      if (++count > ATTACHMENTS_MAX) {
        of.notes.add('attachment-lost', `more than ${ATTACHMENTS_MAX} attachments: the rest was left out`);
        return false;
      }
      const facts = factsOf(attachment, of);
      const isInline = html !== null && isReferred(facts, referred);
      attached.hasCalendar ||= CALENDAR.test(fileType(facts.told, facts.name));
      const entity = entityOf(attachment, facts, isInline, inner);
      (isInline ? attached.inline : attached.files).push(entity);
    }
    return true;
  });
  if (isWhole !== true) attached.files.push(saidEntity([LOST_ATTACHMENTS]));
  return attached;
}

const CALENDAR = /^(text\/calendar|application\/ics)$/;

interface Facts {
  values: Values;
  /** Null when it has none. */
  name: string | null;
  told: string | null;
  method: number;
  contentId: string | null;
  contentLocation: string | null;
  /** It says itself that the text shows it. */
  related: boolean;
}

/** PidTagAttachFlags (MS-OXCMSG §2.2.2.18). */
const RENDERED_IN_BODY = 4;
const NAME_MAX_CHARS = 1000;

function factsOf(attachment: Attachment, of: Values): Facts {
  // Where nothing can be read of it, that is said once, not of each of its properties.
  const isThere = new Notes().unlessDamaged(null, 'attachment', () => attachment.ids());
  const values = new Values(attachment, of.codePage, of.notes, isThere === null ? null : 'detail-lost');
  const name =
    values.text(PidTag.AttachLongFilename) ??
    values.text(PidTag.AttachFilename) ??
    values.text(PidTag.DisplayName);
  const plain = name === null ? '' : oneLine(name).slice(0, NAME_MAX_CHARS);
  return {
    values,
    name: plain === '' ? null : plain,
    told: values.text(PidTag.AttachMimeTag),
    method: values.number(PidTag.AttachMethod) ?? AttachMethod.ByValue,
    contentId: idText(values.text(PidTag.AttachContentId)),
    contentLocation: idText(values.text(PidTag.AttachContentLocation)),
    related: ((values.number(PidTag.AttachFlags) ?? 0) & RENDERED_IN_BODY) !== 0,
  };
}

/** As it may stand between angle brackets. */
function idText(text: string | null): string | null {
  const plain = text?.replace(/^\s*<|>\s*$/g, '').replace(/[^\x21-\x7e]|[<>]/g, '') ?? '';
  return plain === '' || plain.length > 900 ? null : plain;
}

function referredIn(html: string | null): Set<string> {
  const found = new Set<string>();
  for (const match of html?.matchAll(/cid:([^"'\s<>)]{1,900})/gi) ?? []) found.add(unescaped(match[1]!));
  return found;
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function isReferred({ contentId, contentLocation, related }: Facts, referred: ReadonlySet<string>): boolean {
  if (contentId !== null && (related || referred.has(contentId))) return true;
  return contentLocation !== null && related;
}

function entityOf(attachment: Attachment, facts: Facts, isInline: boolean, inner: WriteInner): Entity {
  const { values, method, name } = facts;
  const { notes } = values;
  const before = notes.damages;
  if (method === AttachMethod.Embedded) {
    const item = notes.unlessDamaged(null, 'attachment', () => attachment.embedded());
    if (item !== null) return itemEntity(item, facts, inner);
    if (notes.damages > before) return lostEntity(notes, lostAttachment(name));
  }
  const isReference =
    method === AttachMethod.ByReference ||
    method === AttachMethod.ByReferenceOnly ||
    method === AttachMethod.ByWebReference;
  const stream = notes.unlessDamaged(null, 'attachment', () => attachment.stream(PidTag.AttachDataBinary));
  if (stream === null && isReference) return referenceEntity(facts);
  if (stream === null) {
    const isDamaged = notes.damages > before || values.lost === null;
    return lostEntity(notes, (isDamaged ? lostAttachment : emptyAttachment)(name));
  }
  const type = method === AttachMethod.Ole ? 'application/octet-stream' : fileType(facts.told, facts.name);
  const content = readUntilDamaged(facts, stream);
  if (type.startsWith('message/')) {
    const plain = linesEntity(type, facts, content);
    if (plain !== null) return plain;
  }
  const safe = type.startsWith('message/') ? 'application/octet-stream' : type;
  return {
    header: `${typeField(safe, facts)}Content-Transfer-Encoding: base64${CRLF}${placeFields(facts, isInline)}`,
    body: () => base64(content.chunks()),
    broken: content.broken,
  };
}

/** Stands where an attachment should. */
function lostEntity(notes: Notes, said: Said): Entity {
  notes.add('attachment-lost', said[1]);
  return saidEntity([said]);
}

type Content = Required<Pick<Entity, 'broken'>> & { chunks(): Iterable<Uint8Array> };

function readUntilDamaged({ values, name }: Facts, stream: PropertyStream): Content {
  let broken: Break | null = null;
  return {
    broken: () => broken,
    chunks: () =>
      untilDamaged(values, stream, (bytes) => {
        const said = bytes === 0 ? lostAttachment(name) : cutAttachment(name, bytes);
        values.notes.add(bytes === 0 ? 'attachment-lost' : 'attachment-cut', said[1]);
        broken = { bytes, said: saidEntity([said]) };
      }),
  };
}

function typeField(type: string, { values, name }: Facts): string {
  const charset = type.startsWith('text/') ? values.text(PidTag.TextAttachmentCharset) : null;
  const label = charset !== null && /^[\w.:-]{2,40}$/.test(charset) ? parameter('charset', charset) : '';
  return `Content-Type: ${type}${label}${isMadeUp(name, type) || name === null ? '' : parameter('name', name)}${CRLF}`;
}

/** A text without a name of its own, which Exchange numbers: it was a piece of the message's text, and is so again. */
function isMadeUp(name: string | null, type: string): boolean {
  return (
    name !== null && /^ATT\d{5}\.\w{1,4}$/i.test(name) && /^text\/(plain|html|enriched|richtext)$/.test(type)
  );
}

function placeFields(facts: Facts, isInline: boolean): string {
  const { name, contentId, contentLocation, told } = facts;
  const madeUp = isMadeUp(name, fileType(told, name));
  const place = isInline || madeUp ? 'inline' : 'attachment';
  const named = name === null || madeUp ? '' : parameter('filename', name);
  return (
    `Content-Disposition: ${place}${named}${CRLF}` +
    (contentId === null ? '' : `Content-ID: <${contentId}>${CRLF}`) +
    (contentLocation === null
      ? ''
      : `Content-Location:${contentLocation.length > 900 ? CRLF : ''} ${contentLocation}${CRLF}`)
  );
}

/** A contact or an appointment as what it is, anything else as a message. */
function itemEntity(item: Item, facts: Facts, inner: WriteInner): Entity {
  const { values } = facts;
  const kind = kindOfClass(messageClass(item));
  if (kind === 'contact' || kind === 'distribution-list')
    return textFile(facts, 'text/vcard', 'vcf', vcardOf(item, values));
  if (kind === 'appointment') return textFile(facts, 'text/calendar', 'ics', icalendarOf(item, values));
  let broken: Break | null = null;
  return {
    header: `Content-Type: message/rfc822${CRLF}${placeFields({ ...facts, name: null, told: null }, false)}`,
    body(run) {
      const written = inner(item, run);
      if (typeof written !== 'string') return written;
      const said = written === 'damaged' ? lostAttachment(facts.name) : omittedMessage();
      broken = { bytes: 0, said: lostEntity(run.notes, said) };
      return [];
    },
    broken: () => broken,
  };
}

function textFile(facts: Facts, type: string, extension: string, text: string): Entity {
  const name = /\.\w{2,4}$/.test(facts.name ?? '') ? facts.name! : `${facts.name ?? 'item'}.${extension}`;
  return {
    header:
      `Content-Type: ${type}${parameter('charset', 'utf-8')}${parameter('name', name)}${CRLF}` +
      `Content-Transfer-Encoding: base64${CRLF}` +
      `Content-Disposition: attachment${parameter('filename', name)}${CRLF}`,
    body: () => base64([Buffer.from(text, 'utf8')]),
  };
}

/** The file lies elsewhere: where is told, in a file of its own. */
function referenceEntity(facts: Facts): Entity {
  const { values } = facts;
  const path = values.text(PidTag.AttachLongPathname) ?? values.text(PidTag.AttachPathname) ?? '';
  const name = facts.name ?? 'link';
  values.notes.add('attachment-link', `attachment ${name} is only a link, to ${oneLine(path).slice(0, 300)}`);
  return textFile({ ...facts, name: `${name}.link.txt` }, 'text/plain', 'txt', `${path}${CRLF}`);
}

const LINE_MAX_BYTES = 998;

/** A message kept as a file, or a report, stands there as it is (RFC 2046 §5.2); null when its lines do not allow that. */
function linesEntity(type: string, facts: Facts, { chunks, broken }: Content): Entity | null {
  const form = lineForm(chunks());
  if (form === null) return null;
  return {
    header: `${typeField(type, facts)}Content-Transfer-Encoding: ${form}${CRLF}${placeFields(facts, false)}`,
    body: () => crlfLines(chunks()),
    broken,
  };
}

function lineForm(chunks: Iterable<Uint8Array>): '7bit' | '8bit' | null {
  let column = 0;
  let bits = 0;
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at++) {
      const c = chunk[at]!;
      if (c === 0) return null;
      bits |= c;
      column = c === 10 || c === 13 ? 0 : column + 1;
      if (column > LINE_MAX_BYTES) return null;
    }
  }
  return bits === 0 ? null : bits > 127 ? '8bit' : '7bit';
}

/** Every line end CRLF, one at the end. */
export function* crlfLines(chunks: Iterable<Uint8Array>): Iterable<Uint8Array> {
  const writer = new CrlfWriter();
  for (const chunk of chunks) yield* copies(writer.write(chunk));
  yield* lineBreaks(Math.max(1, writer.release()));
}

/** The writer's pieces lie in a buffer that it writes over. */
function* copies(pieces: readonly Uint8Array[]): Iterable<Uint8Array> {
  for (const piece of pieces) yield Buffer.from(piece);
}

/** Where a single attachment is the whole message, and whole itself: its type as told, and its bytes. */
export function onlyAttachment(
  item: Item,
  of: Values,
): { told: string; size: number; chunks(): Iterable<Uint8Array> } | null {
  const attachments: Attachment[] = [];
  const none = new Notes();
  none.unlessDamaged(null, 'the list of attachments', () => {
    for (const attachment of item.attachments()) if (attachments.push(attachment) > 1) return;
  });
  if (attachments.length !== 1) return null;
  const values = new Values(attachments[0]!, of.codePage, none, null);
  const stream = values.stream(PidTag.AttachDataBinary);
  if (stream === null || stream.type !== Ptyp.Binary) return null;
  const told = values.text(PidTag.AttachMimeTag)?.trim().toLowerCase() ?? '';
  if (none.damages > 0 || !isReadable(stream)) return null;
  return { told, size: stream.size, chunks: () => stream.chunks() };
}

/** Cut, it is no signed message any more: it is read once to know. */
function isReadable(stream: PropertyStream): boolean {
  const notes = new Notes();
  const whole = notes.unlessDamaged(null, 'the signed message', () => {
    for (const _ of stream.chunks());
    return true;
  });
  return whole === true;
}
