import type { Head } from '../../formats/mbox/head.ts';
import type { Part } from '../../formats/mbox/index.ts';
import { INTERNAL_HEAD_MAX_BYTES, isInternalHead } from '../internal-data.ts';

/** The note of a part that is the account book of a mail server and no message. */
const INTERNAL = 'internal data';

/** `SplitRules.head`: such a message stands at the beginning of the file. */
export function noteInternalData(bytes: Buffer, _at: number, head: Head): string | undefined {
  if (head.body - head.start > INTERNAL_HEAD_MAX_BYTES) return undefined;
  return isInternalHead(bytes.toString('latin1', head.start, head.body)) ? INTERNAL : undefined;
}

/** Only at the beginning of the file: anywhere else a person put it there. */
export function isInternalData(part: Part): boolean {
  return part.offset === 0 && part.note === INTERNAL;
}
