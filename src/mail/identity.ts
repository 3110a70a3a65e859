import { createHash, type Hash, hash } from 'node:crypto';
import { parseDate } from './date.ts';
import { FieldNames, type HeaderScan, scanHeader } from './header.ts';
import { HeaderCollector } from './header-collector.ts';
import { kinOf, subjectText } from './kin.ts';
import { likelyOf } from './likely.ts';
import { CrlfWriter, contentEnd, countLineEnds, type LineEndCount, lineBreaks, toCrlf } from './line-ends.ts';
import { MimeParser } from './mime.ts';

/**
 * Who a message is, whatever store it lies in. Digests are SHA-256, lower-case hex.
 */
export interface Identity {
  /** Of the very bytes. */
  raw: string;
  /**
   * Of the bytes with every line end written CRLF and exactly one at the end; equal to `raw` for a message that is
   * already so, which nearly every message on an IMAP server is.
   */
  exact: string;
  /**
   * Of what any copy of the message shares and its header alone tells: date (UTC seconds), sender, subject, each
   * normalised. Equal kin is a reason to compare `likely`, never a reason to merge.
   */
  kin: string;
  /**
   * Of what a store that rewrites leaves alone: kin, the decoded body parts and the attachments. Null when it was not
   * asked for. Two messages are likely the same when `likely` is equal and their Message-IDs do not contradict.
   */
  likely: string | null;
  /** Without angle brackets and white space; null when absent. At most 1,000 characters. */
  messageId: string | null;
  /** Decoded, for people; at most 200 characters. */
  subject: string | null;
  /** In bytes. */
  size: number;
  oddities: Oddities;
}

/** What servers are known to stumble over. Found in passing. */
export interface Oddities {
  nul: boolean;
  bareLf: boolean;
  bareCr: boolean;
  eightBitHeader: boolean;
  /** No valid header at all: the first line is no header field. */
  noHeader: boolean;
  /** Does not end with a line end. */
  noFinalLineEnd: boolean;
}

export interface Wanted {
  /** Whether `likely` is to be computed, which costs reading the parts. */
  likely: boolean;
}

const CR = 13;
const LF = 10;
const CRLF = Buffer.from('\r\n');
const NAMES = new FieldNames(['date', 'from', 'subject', 'message-id']);
const MESSAGE_ID_MAX_CHARS = 1000;
const SUBJECT_MAX_CHARS = 200;

/** The identity of a message in memory. */
export function identify(bytes: Uint8Array, want: Wanted): Identity {
  const count = countLineEnds(bytes);
  const raw = hash('sha256', bytes, 'hex');
  const canonical = canonicalForm(bytes, count);
  const exact = canonical === bytes ? raw : hash('sha256', canonical, 'hex');
  const parser = want.likely ? new MimeParser() : null;
  parser?.write(canonical);
  return compose({ raw, exact, size: bytes.length, count, last: bytes.at(-1) ?? -1 }, canonical, parser);
}

interface Seen {
  raw: string;
  exact: string;
  size: number;
  count: LineEndCount;
  /** The last byte, or -1. */
  last: number;
}

function compose(seen: Seen, header: Uint8Array, parser: MimeParser | null): Identity {
  const scan = scanHeader(header, NAMES);
  const [date, from, subjectValue, messageId] = scan.values;
  const subject = subjectValue === undefined ? null : subjectText(subjectValue);
  const id = messageId === undefined ? null : plainMessageId(messageId);
  const anchor = () => ({
    dated: date !== undefined && parseDate(date) !== null,
    named: from !== undefined && from !== '' && subject !== null && subject !== '',
    messageId: id,
    exact: seen.exact,
  });
  const root = parser?.end() ?? null;
  return {
    raw: seen.raw,
    exact: seen.exact,
    // The parser has read the same header.
    kin: root?.kin ?? kinOf(date, from, subject ?? ''),
    likely: root === null ? null : likelyOf(root, anchor()),
    messageId: id,
    subject: subject === null ? null : subject.slice(0, SUBJECT_MAX_CHARS).replace(/[\ud800-\udbff]$/, ''),
    size: seen.size,
    oddities: oddities(seen, scan),
  };
}

function oddities({ count, last }: Seen, scan: HeaderScan): Oddities {
  return {
    nul: count.nul > 0,
    bareLf: count.bareLf > 0,
    bareCr: count.bareCr > 0,
    eightBitHeader: scan.eightBit,
    noHeader: scan.noHeader,
    noFinalLineEnd: last !== CR && last !== LF,
  };
}

function plainMessageId(value: string): string | null {
  const id = (/<([^<>]*)>/.exec(value)?.[1] ?? value).replace(/[\s<>]/g, '').slice(0, MESSAGE_ID_MAX_CHARS);
  return id === '' ? null : id;
}

/** Line ends CRLF, exactly one at the end; the same bytes when they are so already. */
function canonicalForm(bytes: Uint8Array, count: LineEndCount): Uint8Array {
  const lines = toCrlf(bytes, count);
  const end = contentEnd(lines);
  if (end + 2 === lines.length) return lines;
  if (end + 2 < lines.length) return lines.subarray(0, end + 2);
  return Buffer.concat([lines.subarray(0, end), CRLF]);
}

/** Two messages are likely the same: what they say agrees, and their Message-IDs do not contradict. */
export function likelySame(
  a: Pick<Identity, 'likely' | 'messageId'>,
  b: Pick<Identity, 'likely' | 'messageId'>,
): boolean {
  if (a.likely === null || a.likely !== b.likely) return false;
  return a.messageId === null || b.messageId === null || a.messageId === b.messageId;
}

/** Takes a message in pieces; its memory does not grow with the message. */
export interface Identifier {
  /** The piece may be reused afterwards. */
  write(piece: Uint8Array): void;
  end(): Identity;
}

/** The same identity as `identify`, for a message that is not in memory as a whole. */
export function identifier(want: Wanted): Identifier {
  return new StreamIdentifier(want);
}

/** Smaller pieces are gathered, so that the work per piece does not count. */
const GATHER_BYTES = 64 * 1024;

class StreamIdentifier implements Identifier {
  readonly #raw: Hash = createHash('sha256');
  /** Null until the first odd line end: so far both are the same. */
  #exact: Hash | null = null;
  /** Holds the line ends that came last, until it is known whether something follows. */
  readonly #lines = new CrlfWriter();
  readonly #count: LineEndCount = { nul: 0, bareLf: 0, bareCr: 0 };
  readonly #parser: MimeParser | null;
  readonly #header = new HeaderCollector();
  #inHeader = true;
  #gathered: Buffer | null = null;
  #gatheredSize = 0;
  #size = 0;
  #last = -1;

  constructor(want: Wanted) {
    this.#parser = want.likely ? new MimeParser() : null;
  }

  write(piece: Uint8Array): void {
    if (this.#gatheredSize + piece.length > GATHER_BYTES) this.#flush();
    if (piece.length > GATHER_BYTES / 2) {
      this.#flush();
      this.#take(piece);
      return;
    }
    this.#gathered ??= Buffer.allocUnsafe(GATHER_BYTES);
    this.#gathered.set(piece, this.#gatheredSize);
    this.#gatheredSize += piece.length;
  }

  end(): Identity {
    this.#flush();
    if (this.#last === CR) this.#count.bareCr++;
    if (this.#last === CR || this.#lines.held !== 1) this.#part();
    else if (this.#exact === null) this.#raw.update(CRLF);
    this.#exact?.update(CRLF);
    this.#passOn(CRLF);
    const raw = this.#raw.digest('hex');
    const exact = this.#exact === null ? raw : this.#exact.digest('hex');
    const seen = { raw, exact, size: this.#size, count: this.#count, last: this.#last };
    return compose(seen, this.#header.take(), this.#parser);
  }

  #flush(): void {
    if (this.#gatheredSize > 0) this.#take(this.#gathered!.subarray(0, this.#gatheredSize));
    this.#gatheredSize = 0;
  }

  #take(piece: Uint8Array): void {
    if (this.#isOdd(piece)) this.#part();
    this.#size += piece.length;
    this.#last = piece.at(-1)!;
    if (this.#exact === null) this.#takeClean(piece);
    else {
      this.#raw.update(piece);
      for (const lines of this.#lines.write(piece)) {
        this.#exact.update(lines);
        this.#passOn(lines);
      }
    }
  }

  /** Counts what is odd; a CR at the end is judged with the next piece. */
  #isOdd(piece: Uint8Array): boolean {
    const count = countLineEnds(piece, this.#last, LF);
    if (this.#last === CR && piece[0] !== LF) count.bareCr++;
    this.#count.nul += count.nul;
    this.#count.bareLf += count.bareLf;
    this.#count.bareCr += count.bareCr;
    return count.bareLf > 0 || count.bareCr > 0;
  }

  /** From here on raw and exact differ. Raw gets what was held back as it stood, exact as it will be written. */
  #part(): void {
    if (this.#exact !== null) return;
    this.#exact = this.#raw.copy();
    for (const ends of lineBreaks(this.#lines.heldBreaks)) this.#raw.update(ends);
    if (this.#last === CR) this.#raw.update(CRLF.subarray(0, 1));
  }

  #takeClean(piece: Uint8Array): void {
    const end = contentEnd(piece);
    const start = end > 0 && piece[0] === LF ? 1 : 0;
    this.#lines.hold(piece.subarray(0, end === 0 ? piece.length : start));
    if (end === 0) return;
    for (const ends of lineBreaks(this.#lines.release())) this.#takeBoth(ends);
    this.#takeBoth(piece.subarray(start, end));
    this.#lines.hold(piece.subarray(end));
  }

  #takeBoth(canonical: Uint8Array): void {
    this.#raw.update(canonical);
    this.#passOn(canonical);
  }

  #passOn(canonical: Uint8Array): void {
    this.#parser?.write(canonical);
    if (this.#inHeader && this.#header.write(canonical) >= 0) this.#inHeader = false;
  }
}
