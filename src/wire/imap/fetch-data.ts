import type { BodySink } from '../body.ts';
import { readFlags } from './flags.ts';
import { parseInternalDate, readInternalDate } from './internal-date.ts';
import type { Hole } from './lexer.ts';
import type { Cursor } from './parser.ts';

/** Labels and numbers that Gmail adds (X-GM-EXT-1). */
export interface Gmail {
  messageId: string | null;
  threadId: string | null;
  /** Handles, as sent; `\Inbox` and the like included. */
  labels: readonly string[];
}

/** One FETCH response as read; null where the server did not tell. */
export interface FetchData {
  uid: number | null;
  flags: readonly string[] | null;
  internalDate: number | null;
  size: number | null;
  modseq: string | null;
  gmail: Gmail | null;
  /** A body item was in it, NIL or not. */
  hasBody: boolean;
  hasDate: boolean;
  /** Not yet ended. Null for NIL. */
  sink: BodySink<unknown> | null;
}

/** Begins a sink; null lets the bytes go. */
type Pour = (length: number) => BodySink<unknown> | null;

const SPACE = 32;
const QUOTE = 34;
const OPEN = 40;
const CLOSE = 41;
const BRACKET = 91;
/** `"dd-Mon-yyyy hh:mm:ss +zzzz"` with its quotes. */
const DATE_BYTES = 28;

/**
 * Reads the attributes of a FETCH response, in any order (Cyrus and Dovecot differ), the cursor standing on the opening
 * parenthesis. `pour` makes a sink for bodies that came as a quoted string. Throws `malformed`.
 */
export function readFetch(cursor: Cursor, pour: Pour): FetchData {
  const data: FetchData = {
    uid: null,
    flags: null,
    internalDate: null,
    size: null,
    modseq: null,
    gmail: null,
    hasBody: false,
    hasDate: false,
    sink: null,
  };
  let poured: BodySink<unknown> | null = null;
  const begin: Pour = (length) => {
    poured = pour(length);
    return poured;
  };
  try {
    cursor.expect(OPEN);
    for (cursor.space(); !cursor.take(CLOSE); cursor.space()) {
      const name = readName(cursor);
      cursor.space();
      readAttribute(name, cursor, data, begin);
    }
  } catch (error) {
    (poured as BodySink<unknown> | null)?.abort();
    throw error;
  }
  return data;
}

/** Up to a space or `[`; a section and a partial (`[HEADER]`, `<0>`) are stepped over. */
function readName(cursor: Cursor): string {
  const { bytes, end } = cursor;
  const from = cursor.at;
  let at = from;
  while (
    at < end &&
    bytes[at] !== SPACE &&
    bytes[at] !== BRACKET &&
    bytes[at] !== OPEN &&
    bytes[at] !== CLOSE
  )
    at++;
  if (at === from) throw cursor.malformed('expected an attribute');
  const name = bytes.toString('latin1', from, at).toUpperCase();
  if (bytes[at] !== BRACKET || at >= end) {
    cursor.at = at;
    return name;
  }
  const close = bytes.indexOf(93, at);
  if (close < 0 || close >= end) throw cursor.malformed('a section without end');
  at = close + 1;
  if (bytes[at] === 60) while (at < end && bytes[at - 1] !== 62) at++;
  cursor.at = at;
  return `${name}[`;
}

function readAttribute(name: string, cursor: Cursor, data: FetchData, pour: Pour): void {
  switch (name) {
    case 'UID':
      data.uid = cursor.number();
      return;
    case 'FLAGS':
      data.flags = flagsAt(cursor);
      return;
    case 'INTERNALDATE':
      data.hasDate = true;
      data.internalDate = dateAt(cursor);
      return;
    case 'RFC822.SIZE':
      data.size = sizeAt(cursor);
      return;
    case 'MODSEQ':
      data.modseq = modseqAt(cursor);
      return;
    case 'BODY[':
    case 'BINARY[':
    case 'RFC822':
    case 'RFC822.HEADER':
      bodyAt(cursor, data, pour);
      return;
    case 'X-GM-MSGID':
      gmailOf(data).messageId = cursor.nstring();
      return;
    case 'X-GM-THRID':
      gmailOf(data).threadId = cursor.nstring();
      return;
    case 'X-GM-LABELS':
      gmailOf(data).labels = cursor.words();
      return;
    default:
      cursor.value();
  }
}

function flagsAt(cursor: Cursor): readonly string[] {
  const from = cursor.at + 1;
  cursor.expect(OPEN);
  const close = cursor.bytes.indexOf(CLOSE, from);
  if (close < 0 || close >= cursor.end) throw cursor.malformed('flags without end');
  cursor.at = close + 1;
  return readFlags(cursor.bytes.toString('latin1', from, close));
}

/** QUIRK(Mail.ru): large sizes with a point and an exponent (mailru-decimal-size.txt). A size is a hint only. */
function sizeAt(cursor: Cursor): number {
  const from = cursor.at;
  if (isDigit(cursor.peek())) {
    const whole = cursor.number();
    const next = cursor.peek();
    if (next === SPACE || next === CLOSE) return whole;
    cursor.at = from;
  }
  const size = Number(cursor.atom());
  return size > 0 && Number.isFinite(size) ? Math.round(size) : 0;
}

/** Null for what is no mod-sequence. QUIRK(Zoho): -1 (zoho-negative-modseq.txt). */
function modseqAt(cursor: Cursor): string | null {
  const from = cursor.at;
  if (cursor.take(OPEN) && isDigit(cursor.peek())) {
    const digits = cursor.digits();
    if (cursor.take(CLOSE)) return digits;
  }
  cursor.at = from;
  cursor.value();
  return null;
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57;
}

/** A date nobody can read is an unknown date, not an unreadable message. */
function dateAt(cursor: Cursor): number | null {
  const { bytes, at } = cursor;
  if (bytes[at] === QUOTE && at + DATE_BYTES <= cursor.end && bytes[at + DATE_BYTES - 1] === QUOTE) {
    const ms = readInternalDate(bytes, at + 1);
    if (!Number.isNaN(ms)) {
      cursor.at = at + DATE_BYTES;
      return ms;
    }
  }
  const text = cursor.nstring();
  return text === null ? null : parseInternalDate(text);
}

function bodyAt(cursor: Cursor, data: FetchData, pour: Pour): void {
  const hole: Hole | null = cursor.hole();
  data.hasBody = true;
  if (hole !== null) {
    data.sink ??= hole.sink;
    return;
  }
  const text = cursor.nstring();
  if (text === null || data.sink !== null) return;
  data.sink = pour(text.length);
  data.sink?.write(Buffer.from(text, 'latin1'));
}

function gmailOf(data: FetchData): Gmail {
  data.gmail ??= { messageId: null, threadId: null, labels: [] };
  return data.gmail;
}
