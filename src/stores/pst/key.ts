import { hash } from 'node:crypto';
import type { Item, PropertyValue } from '../../formats/mapi/item.ts';
import { isTrouble } from '../../trouble.ts';

/** What a key names. */
export type Named =
  /** A message: `NID.DIGEST`. */
  | { is: 'item'; nid: number; digest: string }
  /** A message that cannot be read, or that only the folder's list still has. */
  | { is: 'unreadable'; nid: number }
  /** A place of the file that cannot be read. */
  | { is: 'damage'; digest: string };

const DIGEST_CHARS = 16;
const KEY = /^(?:([0-9a-f]{1,8})\.([0-9A-Za-z_-]{16}|unreadable)|damage\.([0-9A-Za-z_-]{16}))$/;

/** Null for what is no key of ours. */
export function readKey(key: string): Named | null {
  const match = KEY.exec(key);
  if (match === null) return null;
  const [, nid, digest, place] = match;
  if (place !== undefined) return { is: 'damage', digest: place };
  if (digest === 'unreadable') return { is: 'unreadable', nid: Number.parseInt(nid!, 16) };
  return { is: 'item', nid: Number.parseInt(nid!, 16), digest: digest! };
}

export function itemKey(nid: number, digest: string): string {
  return `${nid.toString(16)}.${digest}`;
}

export function unreadableKey(nid: number): string {
  return `${nid.toString(16)}.unreadable`;
}

export function damageKey(message: string): string {
  return `damage.${shortened(message)}`;
}

/**
 * Nodes are used again for other items, and items are edited in place. So beside the node a key has a digest of what
 * tells one item from another and one text from another, and of nothing that reading, flagging or filing changes.
 */
const SAME_ITEM: readonly number[] = [
  // PidTagMessageClass, PidTagSubject, PidTagClientSubmitTime, PidTagSenderEmailAddress
  ...[0x001a, 0x0037, 0x0039, 0x0c1f],
  // PidTagMessageDeliveryTime, PidTagInternetMessageId, PidTagCreationTime, PidTagSearchKey
  ...[0x0e06, 0x1035, 0x3007, 0x300b],
];
/** PidTagTransportMessageHeaders, PidTagBody, PidTagRtfCompressed, PidTagHtml: by their size. */
const SAME_TEXT: readonly number[] = [0x007d, 0x1000, 0x1009, 0x1013];
const MESSAGE_FLAGS = 0x0e07;
const UNSENT = 8;
/** PidTagMessageSize, PidTagLastModificationTime: a draft is edited again and again. */
const SAME_DRAFT: readonly number[] = [0x0e08, 0x3008];

/**
 * `reading`: what else decides how the item becomes bytes. Throws `malformed` where the item has no list of properties that can
 * be read; one that is damaged by itself is only told apart.
 */
export function digestOf(item: Item, reading: string): string {
  const flags = item.get(MESSAGE_FLAGS)?.value;
  const draft = typeof flags === 'number' && (flags & UNSENT) !== 0;
  let text = reading;
  for (const id of draft ? [...SAME_ITEM, ...SAME_DRAFT] : SAME_ITEM)
    text += `\n${id} ${unlessDamaged(() => textOf(item.get(id)?.value))}`;
  for (const id of SAME_TEXT) text += `\n${id} ${unlessDamaged(() => item.stream(id)?.size ?? '-')}`;
  return shortened(text);
}

function unlessDamaged<T>(read: () => T): T | 'damaged' {
  try {
    return read();
  } catch (cause) {
    if (!isTrouble(cause, 'malformed')) throw cause;
    return 'damaged';
  }
}

function textOf(value: PropertyValue | undefined): string {
  if (value === undefined) return '-';
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return Array.isArray(value) ? value.map(textOf).join(' ') : JSON.stringify(String(value));
}

function shortened(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, DIGEST_CHARS);
}
