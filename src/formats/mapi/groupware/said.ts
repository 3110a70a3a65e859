/** What every kind of item says in the same way. */
import { hash } from 'node:crypto';
import { htmlText } from '../../../mail/canonical-text.ts';
import { decode } from '../../../mail/charset.ts';
import { bodiesOf, type Text } from '../bodies.ts';
import { type Line, textValue } from '../content-line.ts';
import type { Item } from '../item.ts';
import { PidLid, PidTag, PropertySet } from '../properties.ts';
import { rtfText } from '../rtf-text.ts';
import { codePageOf, Notes, Values } from '../values.ts';
import { Lid, Tag } from './ids.ts';
import type { ProblemCode, Problems } from './problem.ts';

/** An item, how its texts are to be read, and where to say what could not be said. */
export interface Said {
  item: Item;
  values: Values;
  problems: Problems;
}

/** `codePage`: of the store. */
export function saidOf(item: Item, codePage: number, problems: Problems): Said {
  const notes = new Notes();
  return { item, values: new Values(item, codePageOf(item, codePage, notes), notes), problems };
}

export function text(value: string | null): string | null {
  return value === null ? null : textValue(value.trim());
}

export function utc(ms: number): string {
  return `${local(ms)}Z`;
}

/** The year 0 to 9999, which is all that dates can say. */
export function local(ms: number): string {
  return new Date(Math.min(Math.max(ms, EARLIEST), LATEST)).toISOString().slice(0, 19).replace(/[-:]/g, '');
}

const [EARLIEST, LATEST] = [Date.UTC(1, 0, 1), Date.UTC(9999, 11, 31, 23, 59, 59)];
const HALF_DAY_MS = 12 * 3600 * 1000;

/** The midnight of some time zone: the nearest one in UTC is the day meant. */
export function day(ms: number): string {
  return local(ms + HALF_DAY_MS).slice(0, 8);
}

/** When it was last changed, else made: the same for the same item. */
export function changedAt(values: Values): number {
  return values.time(PidTag.LastModificationTime) ?? values.time(PidTag.CreationTime) ?? 0;
}

/** Outlook keeps a subject's prefix apart by two characters (MS-OXCMSG §2.2.1.46, MS-PST §2.5.3.1.1.1). */
export function subjectText(values: Values): string | null {
  return values.text(PidTag.Subject)?.replace(/^\x01[\s\S]/, '') ?? null;
}

export function categories(values: Values): string | null {
  return values.namedTexts(PropertySet.PublicStrings, 'Keywords').map(textValue).join(',') || null;
}

const CLASSES: readonly (string | undefined)[] = [undefined, 'PRIVATE', 'PRIVATE', 'CONFIDENTIAL'];
const PRIORITIES: readonly (string | undefined)[] = ['9', undefined, '1'];

export function privacy(values: Values): Line {
  const told = CLASSES[values.number(PidTag.Sensitivity) ?? 0];
  const isPrivate = told === undefined && values.namedFlag(PropertySet.Common, Lid.Private);
  return ['CLASS', isPrivate ? 'PRIVATE' : (told ?? null)];
}

export function priority(values: Values): Line {
  return ['PRIORITY', PRIORITIES[values.number(PidTag.Importance) ?? 1] ?? null];
}

/** Of whoever has no id of its own: the same for the same item, in every copy of its archive. */
export function ownUid({ item, values }: Said): string {
  const key = values.bytes(Tag.SearchKey);
  if (key !== null && key.length > 0) return hash('sha256', key).slice(0, 40).toUpperCase();
  const ids = [PidTag.MessageClass, PidTag.Subject, PidTag.DisplayName, PidTag.CreationTime, PidTag.Body];
  const parts = ids.map((id) => {
    const property = values.property(id);
    return property === null ? '' : String(property.value);
  });
  const start = values.namedTime(PropertySet.Appointment, PidLid.AppointmentStartWhole) ?? '';
  return hash('sha256', [...parts, start, item.ids().length].join('\n'))
    .slice(0, 40)
    .toUpperCase();
}

const TEXT_MAX_CHARS = 1_000_000;

/** What was written into it, as plain text; null when there is nothing. */
export function bodyText({ values, problems }: Said): string | null {
  const { plain, html, file } = bodiesOf(values, '');
  const whole = plainText(plain) ?? fromHtml(html) ?? fromRtf(file);
  const written = whole?.trim() ?? '';
  if (written.length > TEXT_MAX_CHARS) problems.add('text-cut');
  return written === '' ? null : written.slice(0, TEXT_MAX_CHARS);
}

function plainText(body: Text | null): string | null {
  return body === null ? null : blankless(decode(bytesOf(body), body.charset));
}

function fromHtml(body: Text | null): string | null {
  if (body === null) return null;
  const lines = decode(bytesOf(body), body.charset)
    .replace(/[\r\n]+/g, ' ')
    .replace(/<(?:br|\/p|\/div|\/tr|\/li|\/h[1-6])\b[^>]{0,200}>/gi, '\n');
  return blankless(
    htmlText(lines)
      .replace(/[ \t\u00a0]+/g, ' ')
      .replace(/ ?\n ?/g, '\n'),
  );
}

function fromRtf(file: { chunks(): Iterable<Uint8Array> } | null): string | null {
  if (file === null) return null;
  const read = rtfText(Buffer.concat([...file.chunks()].map((chunk) => Buffer.from(chunk))));
  return read === null ? null : blankless(read.text);
}

function blankless(written: string): string | null {
  return written.trim() === '' ? null : written;
}

/** A little more than is kept: what is cut is told. */
const BYTES_MAX = 4 * TEXT_MAX_CHARS + 4;

function bytesOf(body: Text): Uint8Array {
  if ('bytes' in body) return body.bytes;
  const pieces: Buffer[] = [];
  let size = 0;
  for (const chunk of body.chunks()) {
    pieces.push(Buffer.from(chunk));
    size += chunk.length;
    if (size > BYTES_MAX) break;
  }
  return Buffer.concat(pieces);
}

const TEXTS: Readonly<Record<ProblemCode, string | null>> = {
  // Noted where the address is read.
  'address-unknown': null,
  'part-damaged': null,
  'no-time-zone': null,
  'no-start': null,
  'member-unknown': 'a member of a list has no e-mail address',
  'recurrence-unknown': 'how an appointment repeats was not understood: only the first is there',
  'attachment-large': 'a file attached to an appointment or a contact is too large to stand in it',
  'attachment-elsewhere': 'a file attached to an appointment or a contact is only a link',
  'attachment-item': 'an item attached to an appointment or a contact is not there',
  'text-cut': 'the text of an appointment or a contact is cut',
  'too-many': 'an appointment or a list has more people or files than are written',
};

/** Of an item inside mail: among what is noted of that. */
export function noteProblems({ list }: Problems, notes: Notes): void {
  for (const { code, on } of list) {
    const text = TEXTS[code];
    if (text !== null) notes.add('detail-lost', on === '' ? text : `${text}: ${on}`);
  }
}
