import { hash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { type Extent, type Noted, PLIST_MAX_BYTES, readExtent, readNoted } from '../../formats/emlx/index.ts';
import type { FilePath } from '../below.ts';
import type { Hold } from '../hold.ts';
import { pourSpan, readAt, withFile } from '../pour-file.ts';
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
export function lookAt(file: FilePath, outside: OutsideParts | null): Looked {
  return withFile(file, (fd, stats) => look(fd, stats, outside));
}

function look(fd: number, stats: Stats, outside: OutsideParts | null): Looked {
  const head = readAt(fd, 0, Math.min(LOOK_BYTES, stats.size));
  const { start, length } = readExtent(head, stats.size);
  const end = start + length;
  const rest = Math.min(PLIST_MAX_BYTES, stats.size - end);
  const tail = end + rest <= head.length ? head.subarray(end, end + rest) : readAt(fd, end, rest);
  const digest = digestOf(head.subarray(start, Math.min(end, start + DIGEST_MAX_BYTES)));
  const seal = `${length}.${digest}${outside === null ? '' : `:${digestOf(outside.stamp())}`}`;
  return { start, length, seal, ...readNoted(tail) };
}

function digestOf(data: Uint8Array | string): string {
  return hash('sha256', data, 'hex').slice(0, DIGEST_CHARS);
}

/** Pours the message into the hold, as it was looked at; `check` may throw. Throws as `lookAt` does. */
export function pourEmlx<B>(
  file: FilePath,
  outside: OutsideParts | null,
  hold: Hold<B>,
  check: (looked: Looked) => void,
): { body: B; looked: Looked } {
  return withFile(file, (fd, stats) => {
    const looked = look(fd, stats, outside);
    check(looked);
    const { start, length } = looked;
    if (outside !== null) return { body: pourPartial({ fd, start, length }, outside, hold), looked };
    const sink = hold.begin(length);
    try {
      pourSpan({ fd, file, from: start, to: start + length }, (piece) => sink.write(piece));
    } catch (cause) {
      sink.abort();
      throw cause;
    }
    return { body: sink.end(), looked };
  });
}
