import { hash } from 'node:crypto';
import { type Extent, type Noted, PLIST_MAX_BYTES, readExtent, readNoted } from '../../formats/emlx/index.ts';
import type { Files, OpenFile } from '../files.ts';
import { type Hold, poured } from '../hold.ts';
import type { OutsideParts } from './outside.ts';
import { pourPartial } from './partial.ts';

/** What a file of Apple Mail tells of its message. */
export interface Looked extends Extent, Noted {
  /** See `key.ts`. */
  seal: string;
}

/** Most messages are read whole by the first look. */
const LOOK_BYTES = 64 * 1024;
/** How much of a message its digest covers: more than a header has. */
const DIGEST_MAX_BYTES = 8 * 1024;
const DIGEST_CHARS = 12;

/** Throws `malformed` and what the file system throws. `outside`: what lies beside, of a message in parts. */
export function lookAt(files: Files, handle: string, outside: OutsideParts | null): Looked {
  return files.use(handle, (file) => look(file, outside));
}

function look(file: OpenFile, outside: OutsideParts | null): Looked {
  const head = file.read(0, Math.min(LOOK_BYTES, file.size));
  const { start, length } = readExtent(head, file.size);
  const end = start + length;
  const rest = Math.min(PLIST_MAX_BYTES, file.size - end);
  const tail = end + rest <= head.length ? head.subarray(end, end + rest) : file.read(end, rest);
  const digest = digestOf(head.subarray(start, Math.min(end, start + DIGEST_MAX_BYTES)));
  const seal = `${length}.${digest}${outside === null ? '' : `:${digestOf(outside.stamp())}`}`;
  return { start, length, seal, ...readNoted(tail) };
}

function digestOf(data: Uint8Array | string): string {
  return hash('sha256', data, 'hex').slice(0, DIGEST_CHARS);
}

/** Pours the message into the hold, as it was looked at; `check` may throw. Throws as `lookAt` does. */
export function pourEmlx<B>(
  files: Files,
  handle: string,
  outside: OutsideParts | null,
  hold: Hold<B>,
  check: (looked: Looked) => void,
): { body: B; looked: Looked } {
  return files.use(handle, (file) => {
    const looked = look(file, outside);
    check(looked);
    const { start, length } = looked;
    if (outside !== null) return { body: pourPartial({ file, start, length }, outside, hold), looked };
    const body = poured(hold, length, (write) => file.pour(start, start + length, write));
    return { body, looked };
  });
}
