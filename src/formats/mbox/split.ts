import { HEAD_MAX_BYTES, type Head, lineAfter, readHead } from './head.ts';
import { POSTMARK_MAX_BYTES, type Postmark, readPostmark } from './postmark.ts';

/**
 * Finds the messages of an mbox of any size in one pass over bounded memory. Each byte of the file belongs to exactly
 * one part: `offset` of the first part is 0, `next` of each is the `offset` of the one after it, and of the last the
 * size of the file.
 */
export interface Part {
  /** `preamble`: bytes before the first separator line, which are no message but must not be lost either. */
  is: 'message' | 'preamble';
  /** Of the separator line, in the file. */
  offset: number;
  /** The message itself: without separator line and without the one empty line that ends it. */
  start: number;
  end: number;
  /** Where the next part begins. */
  next: number;
  /** Of the separator line, milliseconds since 1970. */
  date: number | null;
  digest: string;
  marks: string[];
  lines: FromLines;
  /** Its extent was told by a `Content-Length` that leads to a separator. */
  measured: boolean;
  /** What `SplitRules.head` answered. */
  note?: unknown;
}

/** What is known beforehand of the program that wrote the file. */
export interface SplitRules {
  /** Instead of `readPostmark`: which lines of its own separate. */
  postmark?: (line: string) => Postmark | null;
  /** False: it measures nothing, so no `Content-Length` is believed. The file is then read strictly forwards. */
  measured?: false;
  /** A `Content-Length` beyond this is not believed: its end could not be looked at cheaply. Left out: there is no limit. */
  reach?: number;
  /** Looks at the head of a message, whose separator line is at `at`; the answer becomes the note of the part. */
  head?: (bytes: Buffer, at: number, head: Head) => unknown;
}

/** Lines of a message that begin like a separator: what tells how its writer quoted. */
export interface FromLines {
  /** `From ` */
  bare: number;
  /** `>From ` */
  quoted: number;
  /** `>>From ` and deeper */
  deeper: number;
}

/** Fills `into` from the file at `position`; answers how many bytes, 0 at the end. */
export type ReadAt = (into: Buffer, position: number) => Promise<number>;

/** More than this many `>` before `From ` is decoration. */
export const QUOTE_DEPTH_MAX = 100;

const BLOCK_BYTES = 1024 * 1024;
/** Bytes before a hit that are looked at: quote signs and the line end of an empty line. */
const BEHIND = QUOTE_DEPTH_MAX + 8;
/** Bytes after the start of a line that are looked at: a separator line and the field after it. */
const AHEAD = POSTMARK_MAX_BYTES + 300;

const FROM = Buffer.from('From ');
const LF = 10;
const CR = 13;
const GT = 62;

/** Parts in order, many at a time. `size` is how far the file is read; what comes after it is not looked at. */
export async function* splitMbox(
  readAt: ReadAt,
  size: number,
  rules: SplitRules = {},
): AsyncGenerator<Part[]> {
  const splitter = new Splitter(readAt, size, rules);
  while (!splitter.done) {
    const parts = await splitter.step();
    if (parts.length > 0) yield parts;
  }
}

interface Open {
  is: Part['is'];
  offset: number;
  start: number;
  date: number | null;
  head: Head | null;
  note: unknown;
  lines: FromLines;
  /** Where `Content-Length` says it ends; null when it says nothing or nothing believable. */
  measuredEnd: number | null;
}

/** A window moves over the file; `base` is where its first byte lies in the file. */
class Splitter {
  done = false;
  private readonly readAt: ReadAt;
  private readonly size: number;
  private readonly rules: SplitRules;
  private readonly room: Buffer;
  private window: Buffer;
  private base = 0;
  private whole = false;
  /** In the window: everything before it was judged. */
  private at = 0;
  private open: Open | null = null;
  private bareAllowed = false;
  private parts: Part[] = [];

  constructor(readAt: ReadAt, size: number, rules: SplitRules) {
    this.readAt = readAt;
    this.size = size;
    this.rules = rules;
    this.room = Buffer.allocUnsafeSlow(Math.min(size, HEAD_MAX_BYTES + BEHIND + AHEAD + BLOCK_BYTES));
    this.window = this.room.subarray(0, 0);
  }

  async step(): Promise<Part[]> {
    await this.fill();
    if (this.base === 0 && this.open === null && this.at === 0) this.begin();
    while (this.scan()) await this.believe();
    if (this.whole) this.finish();
    const parts = this.parts;
    this.parts = [];
    return parts;
  }

  /** Moves the window on, keeping what is not judged and a little before it. */
  private async fill(): Promise<void> {
    const keepFrom = Math.max(0, this.at - BEHIND);
    const kept = this.window.length - keepFrom;
    this.room.copy(this.room, 0, keepFrom, this.window.length);
    this.base += keepFrom;
    this.at -= keepFrom;
    const wanted = Math.min(this.room.length - kept, this.size - this.base - kept);
    let filled = kept;
    while (filled < kept + wanted) {
      const read = await this.readAt(this.room.subarray(filled, kept + wanted), this.base + filled);
      if (read === 0) break;
      filled += read;
    }
    this.window = this.room.subarray(0, filled);
    this.whole = filled < kept + wanted || this.base + filled >= this.size;
  }

  private begin(): void {
    const first = this.window.length > 0 ? this.postmarkAt(0) : null;
    if (first) {
      this.bareAllowed = first.is === 'bare';
      this.openMessage(0, first.date);
    } else this.openPart('preamble', 0, null);
  }

  /** True when it waits for `believe()`; false when the window is used up. */
  private scan(): boolean {
    const { window } = this;
    for (;;) {
      const open = this.open!;
      if (open.is === 'message' && open.head === null) {
        const waits = this.takeHead(open);
        if (waits !== null) return waits;
        continue;
      }
      const hit = window.indexOf(FROM, this.at);
      if (hit === -1) {
        this.at = Math.max(this.at, window.length - (FROM.length - 1));
        return false;
      }
      if (!this.whole && window.length - hit < AHEAD) {
        this.at = hit;
        return false;
      }
      this.at = hit + FROM.length;
      this.judge(hit, open);
    }
  }

  private judge(hit: number, open: Open): void {
    const { window } = this;
    let line = hit;
    while (line > 0 && window[line - 1] === GT && hit - line <= QUOTE_DEPTH_MAX) line -= 1;
    const atLineStart = this.base + line === open.start || window[line - 1] === LF;
    if (!atLineStart) return;
    const depth = hit - line;
    if (depth > QUOTE_DEPTH_MAX) return;
    if (depth > 1) open.lines.deeper += 1;
    else if (depth === 1) open.lines.quoted += 1;
    else if (!this.separates(hit)) open.lines.bare += 1;
  }

  /** Ends the open part when a separator is at `hit`. */
  private separates(hit: number): boolean {
    const open = this.open!;
    if (open.measuredEnd !== null && this.base + hit < open.measuredEnd) return false;
    const postmark = this.postmarkAt(hit);
    if (postmark === null) return false;
    if (open.is === 'preamble') this.bareAllowed = postmark.is === 'bare';
    this.close(this.base + hit, this.emptyLineBefore(hit, open));
    this.openMessage(hit, postmark.date);
    return true;
  }

  /**
   * A separator is a valid postmark line after an empty line; without the empty line, or when it is `bare`, the line
   * after it must look like a header field, because people write such lines too.
   */
  private postmarkAt(hit: number): { date: number | null; is: 'dated' | 'bare' } | null {
    const { window } = this;
    const next = lineAfter(window, hit, Math.min(window.length, hit + POSTMARK_MAX_BYTES + 2));
    if (next === hit + POSTMARK_MAX_BYTES + 2 && window[next - 1] !== LF) return null;
    const read = this.rules.postmark ?? readPostmark;
    const postmark = read(window.toString('latin1', hit, next).replace(/\r?\n$/, ''));
    if (postmark === null) return null;
    const first = this.base + hit === 0;
    const emptyBefore = first || this.emptyLineBefore(hit, this.open!) > 0;
    if (postmark.is === 'bare') {
      const allowed = this.bareAllowed || first || this.open?.is === 'preamble';
      return allowed && emptyBefore && looksLikeField(window, next) ? postmark : null;
    }
    const atEnd = this.whole && next === window.length;
    return emptyBefore || atEnd || looksLikeField(window, next) ? postmark : null;
  }

  /** How many bytes the empty line before `hit` has (its own line end); 0 when there is none. */
  private emptyLineBefore(hit: number, open: Open): number {
    const { window } = this;
    if (window[hit - 1] !== LF) return 0;
    const width = window[hit - 2] === CR ? 2 : 1;
    const line = this.base + hit - width;
    if (line < open.start) return 0;
    return line === open.start || window[hit - width - 1] === LF ? width : 0;
  }

  private openMessage(hit: number, date: number | null): void {
    this.openPart('message', this.base + hit, date);
    this.at = hit;
  }

  private openPart(is: Part['is'], offset: number, date: number | null): void {
    const lines = { bare: 0, quoted: 0, deeper: 0 };
    this.open = { is, offset, start: offset, date, head: null, note: undefined, lines, measuredEnd: null };
  }

  /** Null when the head was taken; false when more bytes are needed first; true when its length is to be believed. */
  private takeHead(open: Open): boolean | null {
    const { window } = this;
    const at = open.offset - this.base;
    // The separators inside a header count only when all that is looked at lies in the window.
    if (!this.whole && window.length - at < HEAD_MAX_BYTES + AHEAD) {
      const ended = this.headEnd(at);
      if (ended === -1 || window.length - ended < AHEAD) {
        this.at = at;
        return false;
      }
    }
    open.start = this.base + lineAfter(window, at, window.length);
    const head = readHead(
      window,
      at,
      window.length,
      (index) => this.begins(index) && this.postmarkAt(index) !== null,
    );
    open.head = head;
    open.note = this.rules.head?.(window, at, head);
    this.at = head.start;
    if (!head.ended || head.contentLength === null || this.rules.measured === false) return null;
    const end = this.base + head.body + head.contentLength;
    if (end > this.size || head.contentLength > (this.rules.reach ?? Number.POSITIVE_INFINITY)) return null;
    open.measuredEnd = end;
    this.at = head.start;
    return true;
  }

  private begins(index: number): boolean {
    return this.window.toString('latin1', index, index + FROM.length) === 'From ';
  }

  /** Index after the first empty line at or after `at`; -1 when there is none in the window. */
  private headEnd(at: number): number {
    const lf = this.window.indexOf('\n\n', at, 'latin1');
    if (lf !== -1) return lf + 2;
    const crlf = this.window.indexOf('\n\r\n', at, 'latin1');
    return crlf === -1 ? -1 : crlf + 3;
  }

  /** Keeps the end that `Content-Length` tells only when a separator, or the end of the file, is there. */
  private async believe(): Promise<void> {
    const open = this.open!;
    const end = open.measuredEnd!;
    const from = Math.max(0, end - 2);
    const probe = await this.probe(from, AHEAD + 8);
    if (!landsOnSeparator(probe, end - from, from + probe.length >= this.size)) open.measuredEnd = null;
  }

  private async probe(from: number, length: number): Promise<Buffer> {
    const inWindow = from - this.base;
    if (inWindow >= 0 && (inWindow + length <= this.window.length || this.whole))
      return this.window.subarray(inWindow, inWindow + length);
    const probe = Buffer.allocUnsafe(Math.min(length, this.size - from));
    let filled = 0;
    while (filled < probe.length) {
      const read = await this.readAt(probe.subarray(filled), from + filled);
      if (read === 0) break;
      filled += read;
    }
    return probe.subarray(0, filled);
  }

  private close(next: number, emptyLine: number): void {
    const { is, offset, start, date, head, note, lines, measuredEnd } = this.open!;
    const floor = Math.min(start, next);
    // Between the measured end and the separator there may be an empty line and nothing else, or bytes would be lost.
    const measured =
      measuredEnd !== null && measuredEnd >= floor && next >= measuredEnd && next - measuredEnd <= 2;
    const end = measured ? measuredEnd : Math.max(floor, next - emptyLine);
    const text = is === 'message' || hasText(this.window, offset - this.base, next - this.base);
    this.parts.push({
      is,
      offset,
      start: floor,
      end: text ? end : floor,
      next,
      date,
      digest: head?.digest ?? '',
      marks: head?.marks ?? [],
      lines,
      measured,
      ...(note === undefined ? {} : { note }),
    });
    this.open = null;
  }

  private finish(): void {
    const open = this.open!;
    const end = this.window.length;
    this.close(this.base + end, end > 0 ? this.emptyLineBefore(end, open) : 0);
    this.done = true;
  }
}

/** Whether there is more than white space or a byte order mark; a part that began before the window counts as text. */
function hasText(window: Buffer, from: number, to: number): boolean {
  if (from < 0) return true;
  return !/^(?:\xef\xbb\xbf)?\s*$/.test(window.toString('latin1', from, to));
}

/** `Name:` at the start of a line (RFC 5322 §2.2), or the quoted separator line that some programs keep there. */
function looksLikeField(window: Buffer, at: number): boolean {
  return /^(?:[!-9;-~]{1,200}[ \t]*:|>From )/.test(
    window.toString('latin1', at, Math.min(window.length, at + 250)),
  );
}

/** `at` is where the body ends in `probe`, which begins up to two bytes before it. */
function landsOnSeparator(probe: Buffer, at: number, probeEndsFile: boolean): boolean {
  const before = probe.toString('latin1', 0, at);
  const after = probe.toString('latin1', at);
  if (probeEndsFile && /^(?:\r?\n)?$/.test(after)) return true;
  const line = /^((?:\r?\n)?)(From [^\n]*)/.exec(after);
  if (line === null || (line[1] === '' && !before.endsWith('\n'))) return false;
  return readPostmark(line[2]!.replace(/\r$/, '')) !== null;
}
