import type { Item, PropertyBag } from '../../formats/mapi/item.ts';
import { itemKind, kindOfClass } from '../../formats/mapi/kind.ts';
import { marksOf, receivedAtOf } from '../../formats/mapi/marks.ts';
import { type Archive, type Listed, messagesOf } from '../../formats/pst/index.ts';
import { isTrouble, Trouble } from '../../trouble.ts';
import type { Entry } from '../entry.ts';
import { digestOf, itemKey, unreadableKey } from './key.ts';
import type { OpenFile } from './open-file.ts';

/** A folder of a file: its node, or what lies in no folder. */
export type Place = number | 'lost';

/** What a listing meets: mail, or something else by its name. */
export type Met = { is: 'entry'; entry: Entry } | { is: 'other'; name: string };

const [CLASS, SUBJECT, DISPLAY_NAME, SIZE] = [0x001a, 0x0037, 0x3001, 0x0e08] as const;

/** Everything in a folder, in the order of its nodes; places that cannot be read are told with what is lost. */
export function* metIn(file: OpenFile, place: Place): Generator<Met> {
  for (const listed of listedIn(file, place)) yield metAs(file.archive, listed);
  if (place === 'lost')
    for (const key of file.damages().keys())
      yield { is: 'entry', entry: { key, marks: [], receivedAt: null, size: 0 } };
}

export function* listedIn(file: OpenFile, place: Place): Generator<Listed> {
  const { adopted, lost } = file.strays();
  if (place === 'lost') for (const nid of lost) yield { nid, row: null, there: true };
  else yield* messagesOf(file.archive, place, adopted.get(place) ?? NONE);
}

const NONE: ReadonlySet<number> = new Set();

function metAs(archive: Archive, { nid, row, there }: Listed): Met {
  const item = archive.item(nid);
  try {
    if (there && itemKind(item) !== 'mail') return { is: 'other', name: nameOf(archive, item) };
    if (there) return { is: 'entry', entry: entryOf(archive, nid, item) };
  } catch (cause) {
    if (!isTrouble(cause, 'malformed')) throw cause;
  }
  // All that can be known of it is what the folder's table says.
  if (row !== null && kindOfClass(textOf(archive, row, CLASS).trim().toLowerCase()) !== 'mail')
    return { is: 'other', name: nameOf(archive, row) };
  return { is: 'entry', entry: { key: unreadableKey(nid), marks: [], receivedAt: null, size: 0 } };
}

/** Throws `malformed`. */
function entryOf(archive: Archive, nid: number, item: Item): Entry {
  return {
    key: itemKey(nid, digestOf(item, readingOf(archive, item))),
    marks: marksOf(item),
    receivedAt: receivedAtOf(item),
    size: sizeOf(archive, item),
  };
}

/** As the file tells it, and it may lie: never more than the file can hold. */
export function sizeOf(archive: Archive, item: PropertyBag): number {
  const size = item.get(SIZE)?.value;
  return typeof size === 'number' && size > 0 ? Math.min(size, archive.mostBytes) : 0;
}

/** PidTagMessageCodepage, PidTagInternetCodepage. */
const CODE_PAGES = [0x3ffd, 0x3fde];

/** What decides, beside the item, how it becomes bytes: the code page of texts in an ANSI file, where the item tells none. */
export function readingOf(archive: Archive, item: PropertyBag): string {
  if (archive.header.layout.kind !== 'ansi') return '';
  return CODE_PAGES.some((id) => item.get(id) !== null) ? '' : `cp${archive.codePage()}`;
}

/** How people would name an item; empty when nothing can be read of it. */
export function nameOf(archive: Archive, bag: PropertyBag): string {
  return textOf(archive, bag, SUBJECT) || textOf(archive, bag, DISPLAY_NAME);
}

/** Before a subject stand two characters that tell how long its prefix is (MS-PST §2.5.3.1.1.1). */
const SUBJECT_PREFIX = /^\x01[\s\S]/;

function textOf(archive: Archive, bag: PropertyBag, id: number): string {
  try {
    return (archive.text(bag, id) ?? '').replace(SUBJECT_PREFIX, '');
  } catch (cause) {
    if (!isTrouble(cause, 'malformed')) throw cause;
    return '';
  }
}

/** Why messages that the listing told as such cannot be read: `malformed`, by node. One that can be read now is not told. */
export function whyUnread(
  file: OpenFile,
  place: Place,
  nids: ReadonlySet<number>,
  on: string,
): Map<number, Trouble> {
  const why = new Map<number, Trouble>();
  if (nids.size === 0) return why;
  for (const { nid, row, there } of listedIn(file, place)) {
    if (!nids.has(nid)) continue;
    const told = named(on, row === null ? '' : nameOf(file.archive, row));
    if (!there) {
      why.set(nid, damaged(told, 'only the folder’s list still has it'));
      continue;
    }
    try {
      digestOf(file.archive.item(nid), '');
    } catch (cause) {
      if (!isTrouble(cause, 'malformed')) throw cause;
      why.set(nid, damaged(told, `${cause.on}: ${cause.answer ?? ''}`));
    }
  }
  return why;
}

/** A place with the name of what lies there, if it has one. */
export function named(on: string, name: string): string {
  return name === '' ? on : `${on} "${name}"`;
}

const COMMON = '00062008-0000-0000-c000-000000000046';
/** PidLidHeaderItem. */
const HEADER_ITEM = 0x8578;

/** Whether Outlook has only fetched the header of a message from its server; the message itself is not in the file. */
export function isHeaderOnly(item: PropertyBag): boolean {
  const value = item.named(COMMON, HEADER_ITEM)?.value;
  return typeof value === 'number' && value !== 0;
}

export function damaged(on: string, answer: string): Trouble {
  return new Trouble('malformed', { tried: 'read-message', on, answer });
}
