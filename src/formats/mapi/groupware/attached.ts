/** What is attached to an item: files inside it, or named where they are (RFC 5545 §3.8.1.1). */
import { isTrouble } from '../../../trouble.ts';
import { type Line, quoted } from '../content-line.ts';
import { oneLine } from '../encode.ts';
import { fileType } from '../file-type.ts';
import type { Attachment, Item } from '../item.ts';
import { AttachMethod, PidTag } from '../properties.ts';
import { Values } from '../values.ts';
import { Tag } from './ids.ts';
import type { Said } from './said.ts';

/**
 * Calendar programs read a whole calendar into memory, and servers refuse items of more than a few megabytes: beyond
 * this a file is named and stays in the archive.
 */
const FILE_MAX_BYTES = 4 * 1024 * 1024;
const ITEM_MAX_BYTES = 16 * 1024 * 1024;
const ATTACHMENTS_MAX = 1000;

/** What `read` gives; null where the file is damaged, and that is told. */
export function unlessDamaged<T>({ problems }: Said, what: string, read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (!isTrouble(error, 'malformed')) throw error;
    problems.add('part-damaged', what);
    return null;
  }
}

export interface OwnFile {
  name: string;
  /** MIME type. */
  type: string;
  bytes: Buffer;
}

export interface OwnFiles {
  files: OwnFile[];
  /** A contact's picture. */
  photo: OwnFile | null;
  /** Changed occurrences of an appointment. */
  occurrences: { start: number | null; replaces: number | null; item: Item }[];
}

export function filesOf(said: Said): OwnFiles {
  const { item, values, problems } = said;
  const found: OwnFiles = { files: [], photo: null, occurrences: [] };
  let [room, count] = [ITEM_MAX_BYTES, 0];
  const meet = (attachment: Attachment): void => {
    const of = new Values(attachment, values.codePage, values.notes);
    const name = nameOf(of);
    const method = of.number(PidTag.AttachMethod) ?? AttachMethod.ByValue;
    if (method === AttachMethod.Embedded) {
      const inner = unlessDamaged(said, name, () => attachment.embedded());
      const [start, replaces] = [of.time(Tag.ExceptionStartTime), of.time(Tag.ExceptionReplaceTime)];
      if (inner !== null && (start !== null || replaces !== null))
        found.occurrences.push({ start, replaces, item: inner });
      else problems.add('attachment-item', name);
      return;
    }
    const isLink = LINKS.has(method);
    const stream = isLink ? null : of.stream(PidTag.AttachDataBinary);
    if (stream === null) {
      problems.add('attachment-elsewhere', isLink ? pathOf(of) : name);
      return;
    }
    if (stream.size > Math.min(room, FILE_MAX_BYTES)) {
      problems.add('attachment-large', name);
      return;
    }
    const bytes = unlessDamaged(said, name, () =>
      Buffer.concat([...stream.chunks()].map((each) => Buffer.from(each))),
    );
    if (bytes === null) return;
    room -= bytes.length;
    const file = { name, type: fileType(of.text(PidTag.AttachMimeTag), name), bytes };
    if (of.flag(Tag.AttachmentContactPhoto) || PHOTO.test(name)) found.photo ??= file;
    else found.files.push(file);
  };
  unlessDamaged(said, '', () => {
    for (const attachment of item.attachments()) {
      if (++count > ATTACHMENTS_MAX) {
        problems.add('too-many');
        return;
      }
      unlessDamaged(said, '', () => meet(attachment));
    }
  });
  return found;
}

const PHOTO = /^ContactP(?:icture|hoto)\.\w{3,4}$/i;
const LINKS: ReadonlySet<number> = new Set([
  AttachMethod.ByReference,
  AttachMethod.ByReferenceOnly,
  AttachMethod.ByWebReference,
]);
const NAME_MAX_CHARS = 200;

function nameOf(of: Values): string {
  const name =
    of.text(PidTag.AttachLongFilename) ?? of.text(PidTag.AttachFilename) ?? of.text(PidTag.DisplayName);
  return (
    oneLine(name ?? '')
      .slice(0, NAME_MAX_CHARS)
      .toWellFormed() || 'file'
  );
}

function pathOf(of: Values): string {
  return of.text(PidTag.AttachLongPathname) ?? of.text(PidTag.AttachPathname) ?? nameOf(of);
}

export function attachLines(files: readonly OwnFile[]): Line[] {
  return files.map(({ name, type, bytes }) => [
    `ATTACH;ENCODING=BASE64;VALUE=BINARY;FMTTYPE=${type};X-FILENAME=${quoted(name)}`,
    bytes.toString('base64'),
  ]);
}
