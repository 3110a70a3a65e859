/** The text of an item: which of the forms that Outlook keeps is the one that was written, and in what charset. */
import { isAscii } from 'node:buffer';
import { asciiCompatible, charsetName } from '../../mail/charset.ts';
import { parseParameterised } from '../../mail/encoded-word.ts';
import { asBuffer } from '../../mail/header.ts';
import { charsetOf, decodePage, isUtf8 } from './charset.ts';
import type { PropertyStream } from './item.ts';
import { PidTag, Ptyp } from './properties.ts';
import { decompressRtf } from './rtf-compression.ts';
import { rtfText } from './rtf-text.ts';
import type { BodyText, LargeText } from './text-entity.ts';
import { textOf, type Values } from './values.ts';

export type Text = BodyText | LargeText;

export interface Bodies {
  plain: Text | null;
  html: Text | null;
  /** What cannot be said in either: to be kept as a file. */
  file: { name: string; type: string; chunks(): Iterable<Uint8Array> } | null;
}

/** Larger texts are not held in memory. */
const HELD_MAX_BYTES = 8 * 1024 * 1024;
const RTF_MAX_BYTES = 32 * 1024 * 1024;

/** `contentType` is what the original's header said of its body. */
export function bodiesOf(values: Values, contentType: string): Bodies {
  const was = parseParameterised(contentType).value;
  const plain = plainOf(values);
  const html = htmlOf(values);
  if (html !== null) return chosen(plain, html, was);
  const rtf = rtfOf(values);
  if (rtf === null) return { plain, html: null, file: null };
  if (rtf.from === 'html' && rtf.text.trim() !== '') return chosen(plain, utf8(rtf.text), was);
  const text = plain ?? (rtf.text.trim() === '' ? null : utf8(rtf.text));
  // The formatting of real RTF cannot be said in plain text; what came as plain text had none.
  const isExtra = rtf.from === 'rtf' && !(was === 'text/plain' && plain !== null);
  return { plain: text, html: null, file: isExtra ? rtf.file : null };
}

/** The plain text of what came as HTML alone was made by Outlook. */
function chosen(plain: Text | null, html: Text, was: string): Bodies {
  return { plain: was === 'text/html' ? null : plain, html, file: null };
}

function utf8(text: string): BodyText {
  return { bytes: Buffer.from(text.replaceAll('\0', ''), 'utf8'), charset: 'utf-8' };
}

function plainOf(values: Values): Text | null {
  const large = largeOf(values, PidTag.Body, values.codePage);
  if (large !== null) return large;
  const property = values.property(PidTag.Body);
  if (property === null) return null;
  if (property.type === Ptyp.String8 && property.value instanceof Uint8Array) {
    const text = labelled(withoutEndNul(property.value), values.codePage);
    return text.bytes.length === 0 ? null : text;
  }
  const text = textOf(property, values.codePage);
  return text === null || text === '' ? null : utf8(text);
}

/** Bytes keep their charset where mail knows it by name, so that nothing is lost that does not fit. */
function labelled(bytes: Uint8Array, codePage: number): BodyText {
  const charset = charsetOf(codePage);
  if (isAscii(bytes) && asciiCompatible(charset)) return { bytes, charset: 'us-ascii' };
  if (charset !== null && KEPT.test(charset)) return { bytes, charset };
  return utf8(decodePage(bytes, codePage));
}

const KEPT =
  /^(windows-\d+|iso-8859-\d+|iso-2022-jp|shift_jis|gbk|gb2312|gb18030|big5|ks_c_5601-1987|euc-(jp|kr)|koi8-[ru]|utf-8)$/;

function withoutEndNul(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return bytes.subarray(0, end);
}

function htmlOf(values: Values): Text | null {
  const page = values.number(PidTag.InternetCodepage) ?? 0;
  const large = largeOf(values, PidTag.Html, page);
  if (large !== null) return large;
  const property = values.property(PidTag.Html);
  if (property === null) return null;
  if (typeof property.value === 'string') return property.value === '' ? null : utf8(property.value);
  if (!(property.value instanceof Uint8Array)) return null;
  const bytes = withoutEndNul(property.value);
  return bytes.length === 0 ? null : htmlText(bytes, page, values.codePage);
}

/** The page the item names, where the bytes may be that; else what the HTML says of itself, else what fits. */
function htmlText(bytes: Uint8Array, page: number, fallback: number): BodyText {
  const wide = wideOrder(bytes);
  if (wide !== null) return utf8(new TextDecoder(wide).decode(bytes));
  const named = charsetOf(page);
  if (isAscii(bytes) && asciiCompatible(named)) return { bytes, charset: 'us-ascii' };
  const isClaimed = named !== null && !named.startsWith('utf-16') && page !== 20127;
  if (isClaimed && (page !== 65001 || isUtf8(bytes))) return labelled(bytes, page);
  if (isUtf8(bytes)) return { bytes, charset: 'utf-8' };
  const meta = charsetName(metaCharset(bytes));
  return meta !== 'utf-8' && KEPT.test(meta) ? { bytes, charset: meta } : labelled(bytes, fallback);
}

function wideOrder(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if (bytes.length < 4) return null;
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 60 && bytes[1] === 0)) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : null;
}

const META_MAX_BYTES = 4096;

function metaCharset(bytes: Uint8Array): string | null {
  const head = asBuffer(bytes).toString('latin1', 0, META_MAX_BYTES);
  return /<meta[^>]{0,200}charset\s*=\s*["']?([\w-]{2,40})/i.exec(head)?.[1] ?? null;
}

/** Null for what fits into memory (or is not there). */
function largeOf(values: Values, id: number, page: number): LargeText | null {
  const stream = values.stream(id);
  if (stream === null || stream.size <= HELD_MAX_BYTES) return null;
  const what = id === PidTag.Html ? 'the HTML text' : 'the text';
  const chunks = (): Iterable<Uint8Array> => untilDamaged(values, what, stream);
  if (stream.type === Ptyp.String) return { charset: 'utf-8', chunks: () => fromUtf16(chunks()) };
  const charset = charsetOf(page);
  return { charset: charset !== null && KEPT.test(charset) ? charset : 'utf-8', chunks };
}

function* fromUtf16(chunks: Iterable<Uint8Array>): Iterable<Uint8Array> {
  const decoder = new TextDecoder('utf-16le');
  for (const chunk of chunks) yield Buffer.from(decoder.decode(chunk, { stream: true }), 'utf8');
  yield Buffer.from(decoder.decode(), 'utf8');
}

/** What can be read; where it breaks off, that is noted. */
export function* untilDamaged(
  values: Values,
  what: string,
  stream: Pick<PropertyStream, 'chunks'>,
): Iterable<Uint8Array> {
  const iterator = values.notes.unlessDamaged(what, () => stream.chunks()[Symbol.iterator]());
  let size = 0;
  try {
    while (iterator !== null) {
      const next = values.notes.unlessDamaged(`${what}, after ${size} bytes,`, () => iterator.next());
      if (next === null || next.done === true) return;
      size += next.value.length;
      yield next.value;
    }
  } finally {
    iterator?.return?.();
  }
}

interface Rtf {
  from: 'html' | 'text' | 'rtf';
  text: string;
  file: NonNullable<Bodies['file']>;
}

function rtfOf(values: Values): Rtf | null {
  const stream = values.stream(PidTag.RtfCompressed);
  if (stream === null || stream.size === 0) return null;
  const asFile = (name: string, type: string, chunks: () => Iterable<Uint8Array>): Rtf => {
    return { from: 'rtf', text: '', file: { name, type, chunks } };
  };
  const compressed = (): Rtf => {
    values.notes.add('the rich text could not be read: it is attached as it lies in the file');
    return asFile('message.rtf.lzfu', 'application/octet-stream', () =>
      untilDamaged(values, 'the rich text', stream),
    );
  };
  if (stream.size > RTF_MAX_BYTES) return compressed();
  const bytes = collected(values, stream);
  const unpacked = decompressRtf(bytes);
  const rtf = unpacked?.rtf ?? bytes;
  const read = rtfText(asBuffer(rtf));
  if (read === null) return compressed();
  if (unpacked?.sound === false) values.notes.add('the rich text is damaged: what could be read was kept');
  return { ...read, file: { name: 'message.rtf', type: 'application/rtf', chunks: () => [rtf] } };
}

function collected(values: Values, stream: PropertyStream): Buffer {
  const pieces: Buffer[] = [];
  let size = 0;
  for (const piece of untilDamaged(values, 'the rich text', stream)) {
    size += piece.length;
    if (size > RTF_MAX_BYTES) break;
    pieces.push(Buffer.from(piece));
  }
  return Buffer.concat(pieces);
}
