/**
 * Line ends: finding the odd ones fast, and writing them all CRLF.
 *
 * A line end is CRLF, a lone LF, a lone CR, or CRs followed by LF (text written twice through a converter, seen to be
 * folded to CRLF by Dovecot's Maildir).
 */

import { asBuffer } from './header.ts';

const CR = 13;
const LF = 10;
/** Below this, making a view over words costs more than it saves. */
const WORDWISE_MIN = 128;

/** How often each oddity occurs. */
export interface LineEndCount {
  nul: number;
  bareLf: number;
  bareCr: number;
}

/**
 * Counts NUL, LF without CR before it, CR without LF after it. `before` and `after` are the neighbouring bytes, or -1
 * at the ends of the text.
 */
export function countLineEnds(bytes: Uint8Array, before = -1, after = -1): LineEndCount {
  const count = { nul: 0, bareLf: 0, bareCr: 0 };
  const n = bytes.length;
  if (n === 0) return count;
  if (n < WORDWISE_MIN) {
    countRange(bytes, 0, n, before, after, count);
    return count;
  }
  const head = -bytes.byteOffset & 3;
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + head, (n - head) >> 2);
  countRange(bytes, 0, head, before, after, count);
  const done = countWords(bytes, words, head, before, after, count);
  countRange(bytes, done, n, before, after, count);
  return count;
}

/** (v - 0x10101010) & ~v has the top bit set of a byte below 0x10, which all we look for are; never misses one. */
const BELOW_16 = 0x10101010;
const TOP_BITS = 0x80808080 | 0;

/** Sixteen bytes at a time; answers how far it came. Lines of 76 characters rarely hit. */
function countWords(
  bytes: Uint8Array,
  words: Int32Array,
  head: number,
  before: number,
  after: number,
  count: LineEndCount,
): number {
  const end = words.length - 3;
  let i = 0;
  for (; i < end; i += 4) {
    const a = words[i]!;
    const b = words[i + 1]!;
    const c = words[i + 2]!;
    const d = words[i + 3]!;
    const hit = ((a - BELOW_16) & ~a) | ((b - BELOW_16) & ~b) | ((c - BELOW_16) & ~c) | ((d - BELOW_16) & ~d);
    if ((hit & TOP_BITS) === 0) continue;
    for (let j = i; j < i + 4; j++) {
      const v = words[j]!;
      if (((v - BELOW_16) & ~v & TOP_BITS) === 0) continue;
      countRange(bytes, head + (j << 2), head + (j << 2) + 4, before, after, count);
    }
  }
  return head + (i << 2);
}

function countRange(
  bytes: Uint8Array,
  from: number,
  to: number,
  before: number,
  after: number,
  count: LineEndCount,
): void {
  for (let k = from; k < to; k++) {
    const c = bytes[k]!;
    if (c > CR) continue;
    if (c === LF) {
      if ((k === 0 ? before : bytes[k - 1]) !== CR) count.bareLf++;
    } else if (c === CR) {
      if ((k + 1 === bytes.length ? after : bytes[k + 1]) !== LF) count.bareCr++;
    } else if (c === 0) count.nul++;
  }
}

/** Where the last run of CR and LF begins. */
export function contentEnd(bytes: Uint8Array): number {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === LF || bytes[end - 1] === CR)) end--;
  return end;
}

/** Every line end CRLF and nothing else changed. The same bytes back when there is nothing to do. */
export function toCrlf(bytes: Uint8Array, count: LineEndCount = countLineEnds(bytes)): Uint8Array {
  if (count.bareLf === 0 && count.bareCr === 0) return bytes;
  const out = Buffer.allocUnsafe(bytes.length + count.bareLf + count.bareCr);
  const buffer = asBuffer(bytes);
  if (!buffer.includes(CR)) return out.subarray(0, lfToCrlf(buffer, out));
  const writer = new CrlfWriter();
  let size = writer.copy(bytes, out);
  for (const ends of lineBreaks(writer.release())) {
    out.set(ends, size);
    size += ends.length;
  }
  return out.subarray(0, size);
}

/** Strings of this size are replaced in and written back faster than any loop of ours copies bytes (1.8 against 1 GB/s). */
const BLOCK_BYTES = 64 * 1024;

/** For text without any CR: what Maildir and mbox hold. Answers the bytes written. */
function lfToCrlf(from: Buffer, out: Buffer): number {
  let size = 0;
  for (let at = 0; at < from.length; at += BLOCK_BYTES) {
    const block = from.toString('latin1', at, Math.min(from.length, at + BLOCK_BYTES));
    size += out.write(block.replaceAll('\n', '\r\n'), size, 'latin1');
  }
  return size;
}

const NOTHING = new Uint8Array(0);
const MANY_CRLF = Buffer.from('\r\n'.repeat(2048));

/** `count` line ends, in pieces. */
export function* lineBreaks(count: number): Iterable<Uint8Array> {
  for (; count > 2048; count -= 2048) yield MANY_CRLF;
  if (count > 0) yield MANY_CRLF.subarray(0, count * 2);
}

/**
 * Writes every line end CRLF, piece by piece. Line ends are held back (as a number) until something follows, so that
 * the caller decides how a text ends.
 */
export class CrlfWriter {
  #breaks = 0;
  /** CRs whose follower is not known yet: one line end together with an LF, else one each. */
  #crs = 0;
  /** Written over by each `write`: a new buffer for each costs more than the copying. */
  #room: Buffer = Buffer.alloc(0);

  /** Line ends held back. */
  get held(): number {
    return this.#breaks + this.#crs;
  }

  /** Of those, the ones that are known to be whole. */
  get heldBreaks(): number {
    return this.#breaks;
  }

  /**
   * What can be told after this piece; at most two bytes for each of it, and what was held back. Valid until the next
   * call.
   */
  write(piece: Uint8Array): Uint8Array[] {
    let start = 0;
    while (start < piece.length && (piece[start] === LF || piece[start] === CR)) start++;
    this.hold(piece.subarray(0, start));
    if (start === piece.length) return [];
    const out: Uint8Array[] = [...lineBreaks(this.release())];
    const content = asBuffer(piece.subarray(start));
    if (this.#room.length < 2 * content.length) this.#room = Buffer.allocUnsafe(2 * content.length);
    const room = this.#room;
    if (content.includes(CR)) out.push(room.subarray(0, this.copy(content, room)));
    else {
      const end = contentEnd(content);
      out.push(room.subarray(0, lfToCrlf(content.subarray(0, end), room)));
      this.hold(content.subarray(end));
    }
    return out;
  }

  /** Takes bytes that are all CR or LF. */
  hold(lineEnds: Uint8Array): void {
    this.copy(lineEnds, NOTHING);
  }

  /** How many line ends were held back; holds none from now on. */
  release(): number {
    const count = this.held;
    this.#breaks = 0;
    this.#crs = 0;
    return count;
  }

  /** Copies `from` into `out`; line ends at its end stay held. Answers the bytes written. */
  copy(from: Uint8Array, out: Uint8Array): number {
    const n = from.length;
    let size = 0;
    let i = this.#takeRun(from, 0);
    while (i < n) {
      for (const ends of lineBreaks(this.release())) {
        out.set(ends, size);
        size += ends.length;
      }
      const end = contentRun(from, i, out, size);
      size += end - i;
      i = this.#takeRun(from, end);
    }
    return size;
  }

  /** Counts the CRs and LFs from `at` on; answers where they end. */
  #takeRun(from: Uint8Array, at: number): number {
    let i = at;
    for (; i < from.length; i++) {
      const c = from[i]!;
      if (c === LF) {
        this.#breaks++;
        this.#crs = 0;
      } else if (c === CR) this.#crs++;
      else break;
    }
    return i;
  }
}

/** Copies up to the next CR or LF; answers where that is. The hot loop. */
function contentRun(from: Uint8Array, at: number, out: Uint8Array, to: number): number {
  const n = from.length;
  let i = at;
  let o = to;
  for (; i < n; i++) {
    const c = from[i]!;
    if (c <= CR && (c === LF || c === CR)) break;
    out[o++] = c;
  }
  return i;
}
