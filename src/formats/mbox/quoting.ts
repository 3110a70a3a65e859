import type { FromLines } from './split.ts';
import { QUOTE_DEPTH_MAX } from './split.ts';

/**
 * How the writer of a file protected lines that begin with `From `:
 *
 * - `mboxrd` every line of `>`s and `From ` got one `>` more: all levels are undone
 * - `mboxo`  only `From ` itself got one: only `>From ` is undone. What was `>From ` before cannot be told apart
 * - `none`   nothing was quoted (mboxcl2, and programs that trust dates): every byte is as it was
 */
export type Quoting = 'mboxrd' | 'mboxo' | 'none';

/** What was seen of a file, or of its beginning. */
export interface Evidence extends FromLines {
  messages: number;
  /** Messages whose `Content-Length` led to a separator. */
  measured: number;
}

/**
 * Decides by what the lines show. One bare `From ` line inside a message proves that the writer does not quote, so
 * nothing is undone: altering a line that was never quoted would be worse than leaving a sign. Else the signs are a
 * writer's. Writers that measure (mboxcl) quote as mboxo; of the others, mboxrd is what programs write that are alive
 * today, and it differs from mboxo only for `>>From `, which nearly nobody writes by hand.
 */
export function quotingOf(evidence: Evidence): Quoting {
  if (evidence.bare > 0) return 'none';
  return evidence.messages > 0 && evidence.measured * 2 > evidence.messages ? 'mboxo' : 'mboxrd';
}

const QUOTED = Buffer.from('>From ');
const LF = 10;
const GT = 62;
/** How many bytes at the end of a piece may belong to a quoted line that goes on in the next. */
export const UNQUOTE_BEHIND = QUOTE_DEPTH_MAX + QUOTED.length;

/**
 * Writes `bytes[from, to)` without the signs. `bytes[from - 1]` must be the byte before, or `first` be set. Unless
 * `last`, up to `UNQUOTE_BEHIND` bytes at the end may be left for the next call; answers how far it came.
 */
export function writeUnquoted(
  bytes: Buffer,
  span: { from: number; to: number; first: boolean; last: boolean },
  quoting: Quoting,
  write: (piece: Uint8Array) => void,
): number {
  const { from, to, first, last } = span;
  const sure = last ? to : Math.max(from, to - UNQUOTE_BEHIND);
  if (quoting === 'none') {
    if (sure > from) write(bytes.subarray(from, sure));
    return sure;
  }
  let written = from;
  let at = from;
  for (;;) {
    const hit = bytes.indexOf(QUOTED, at);
    if (hit === -1 || hit + QUOTED.length > to) break;
    at = hit + QUOTED.length;
    const line = lineStart(bytes, hit, from, first);
    if (line === -1 || (quoting === 'mboxo' && line !== hit)) continue;
    if (line > sure) break;
    if (line > written) write(bytes.subarray(written, line));
    written = line + 1;
  }
  const end = Math.max(sure, written);
  if (end > written) write(bytes.subarray(written, end));
  return end;
}

/** Where the run of `>` that ends at `hit` begins, when it begins a line; else -1. */
function lineStart(bytes: Buffer, hit: number, from: number, first: boolean): number {
  let line = hit;
  while (line > from && bytes[line - 1] === GT && hit - line < QUOTE_DEPTH_MAX) line -= 1;
  if (line === from && first) return line;
  return bytes[line - 1] === LF ? line : -1;
}
