import { Trouble } from '../../trouble.ts';
import { type PlistValue, readPlist } from './plist.ts';

/** Where the message lies in its file. */
export interface Extent {
  start: number;
  /** In bytes. */
  length: number;
}

/** What Apple Mail notes of a message behind it. */
export interface Noted {
  /** As IMAP spells them, sorted. */
  marks: string[];
  /** Milliseconds since 1970, whole seconds. */
  receivedAt: number | null;
}

/** The line before the message: digits, often padded to ten characters. */
export const COUNT_LINE_MAX_BYTES = 64;
const COUNT_LINE = /^[ \t]*(\d{1,15})[ \t]*\r?\n/;

/** Of the first bytes of a file. Throws `malformed` where they do not begin with a count. */
export function readExtent(bytes: Uint8Array, fileSize: number): Extent {
  const text = Buffer.from(bytes.subarray(0, COUNT_LINE_MAX_BYTES)).toString('latin1');
  const line = COUNT_LINE.exec(text);
  if (line === null) throw malformed('the file does not begin with the count of its bytes');
  const extent = { start: line[0].length, length: Number(line[1]) };
  if (extent.start + extent.length > fileSize)
    throw malformed(`${extent.length} bytes are counted, ${fileSize - extent.start} are there`);
  return extent;
}

/** Bits of `flags`; 10–22 and above 25 hold numbers and what only Mail's window needs. */
const BITS: readonly (readonly [number, string])[] = [
  [0, '\\Seen'],
  [1, '\\Deleted'],
  [2, '\\Answered'],
  [4, '\\Flagged'],
  [6, '\\Draft'],
  [8, '$Forwarded'],
  [24, '$Junk'],
  [25, '$NotJunk'],
];

/**
 * What comes after the message. Nothing there means that nothing is noted. Throws `malformed` where it is no property
 * list: then the count does not tell where the message ends.
 */
export function readNoted(bytes: Uint8Array): Noted {
  const start = bytes.findIndex((byte) => byte > 32);
  if (start === -1) return { marks: [], receivedAt: null };
  const head = Buffer.from(bytes.subarray(start, start + 16)).toString('latin1');
  if (!/^<(?:\?xml|!doctype|plist)/i.test(head))
    throw malformed('no property list follows where the message is said to end');
  const values = readPlist(bytes.subarray(start));
  return { marks: marksOf(values.get('flags')), receivedAt: dateOf(values.get('date-received')) };
}

/** The number has more than 32 bits. */
function marksOf(flags: PlistValue | undefined): string[] {
  if (typeof flags !== 'number' || !Number.isSafeInteger(flags) || flags < 0) return [];
  return BITS.filter(([bit]) => Math.floor(flags / 2 ** bit) % 2 === 1)
    .map(([, mark]) => mark)
    .sort();
}

/** Beyond the year 9999 it is no date. */
const SECONDS_MAX = 253_402_300_799;

function dateOf(seconds: PlistValue | undefined): number | null {
  if (typeof seconds !== 'number' || seconds <= 0 || seconds > SECONDS_MAX) return null;
  return Math.floor(seconds) * 1000;
}

export function malformed(answer: string): Trouble {
  return new Trouble('malformed', { tried: 'read-file', on: 'emlx', answer });
}
