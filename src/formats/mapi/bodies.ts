/** The text of an item: which of the forms that Outlook keeps is the one that was written, and in what charset. */
import { isAscii } from 'node:buffer';
import { asciiCompatible, charsetName } from '../../mail/charset.ts';
import { parseParameterised } from '../../mail/encoded-word.ts';
import { asBuffer } from '../../mail/header.ts';
import { charsetOf, decodePage, isUtf8 } from './charset.ts';
import type { PropertyStream } from './item.ts';
import { cutText, lostText, type Said, saidText } from './lost.ts';
import { PidTag, Ptyp } from './properties.ts';
import { decompressRtf } from './rtf-compression.ts';
import { rtfText } from './rtf-text.ts';
import type { BodyText, LargeText } from './text-entity.ts';
import { textOf, Values } from './values.ts';

export type Text = BodyText | LargeText;

export interface Bodies {
  plain: Text | null;
  html: Text | null;
  /** What cannot be said in either: to be kept as a file. */
  file: { name: string; type: string; chunks(): Iterable<Uint8Array> } | null;
  /** What to say of forms that could not be read. */
  said: readonly Said[];
}

/** Larger texts are not held in memory. */
const HELD_MAX_BYTES = 8 * 1024 * 1024;
const RTF_MAX_BYTES = 32 * 1024 * 1024;

/** `contentType` is what the original's header said of its body. */
export function bodiesOf(of: Values, contentType: string): Bodies {
  // What is lost in one form may be had from another: damage is noted when that is known.
  const values = new Values(of.bag, of.codePage, of.notes, null);
  const was = parseParameterised(contentType).value;
  const said: Said[] = [];
  const before = of.notes.damages;
  const plain = unlessLost(values, said, lostText('plain'), () => {
    const whole = plainOf(values);
    return whole === null && of.notes.damages > before ? startOf(values, PidTag.Body) : whole;
  });
  const noHtml: Said[] = [];
  const html = unlessLost(values, noHtml, lostText('html'), () => htmlOf(values));
  if (html !== null) return noted(values, { ...chosen(plain, html, was), said });
  const rtf = unlessLost(values, said, lostText('rtf'), () => rtfOf(values, said));
  // It is the same HTML, wrapped.
  if (rtf?.from === 'html' && rtf.text.trim() !== '')
    return noted(values, { ...chosen(plain, utf8(rtf.text), was), said });
  said.push(...noHtml);
  if (rtf === null) return noted(values, { plain, html: null, file: null, said });
  const text = plain ?? (rtf.text.trim() === '' ? null : utf8(rtf.text));
  // The formatting of real RTF cannot be said in plain text; what came as plain text had none.
  const isExtra = rtf.from === 'rtf' && !(was === 'text/plain' && plain !== null);
  return noted(values, { plain: text, html: null, file: isExtra ? rtf.file : null, said });
}

/** What `read` gives; where it gives nothing and met damage, that is to be said. */
function unlessLost<T>({ notes }: Values, said: Said[], lost: Said, read: () => T | null): T | null {
  const before = notes.damages;
  const got = read();
  if (got === null && notes.damages > before) said.push(lost);
  return got;
}

/** The beginning of a text that is damaged further on; it says so itself where it breaks off. */
function startOf(values: Values, id: number): Text | null {
  const text = largeOf(values, id, values.codePage, 0);
  if (text === null) return null;
  const isStart = values.notes.unlessDamaged(null, 'start', () => {
    for (const piece of values.bag.stream(id)?.chunks() ?? []) return piece.length > 0;
    return false;
  });
  return isStart ? text : null;
}

function noted({ notes }: Values, bodies: Bodies): Bodies {
  for (const [, en] of bodies.said) notes.add('body-lost', en);
  return bodies;
}

/** The plain text of what came as HTML alone was made by Outlook. */
function chosen(plain: Text | null, html: Text, was: string): Omit<Bodies, 'said'> {
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
function largeOf(values: Values, id: number, page: number, most = HELD_MAX_BYTES): LargeText | null {
  const stream = values.stream(id);
  if (stream === null || stream.size <= most) return null;
  const form = id === PidTag.Html ? 'html' : 'plain';
  const wide = stream.type === Ptyp.String;
  const named = wide ? null : charsetOf(page);
  const charset = named !== null && KEPT.test(named) ? named : 'utf-8';
  return {
    charset,
    *chunks() {
      let isCut = false;
      const cut = (): void => {
        isCut = true;
        values.notes.add('body-lost', cutText(form)[1]);
      };
      const chunks = untilDamaged(values, stream, cut);
      yield* wide ? fromUtf16(chunks) : chunks;
      if (isCut) yield ending(form, charset);
    },
  };
}

/** What stands at the end of a text that breaks off. */
function ending(form: 'plain' | 'html', charset: string): Buffer {
  const text = saidText([cutText(form)]);
  const written = form === 'html' ? `<pre>${text}</pre>` : `\r\n\r\n${text}`;
  if (charset === 'utf-8') return Buffer.from(written, 'utf8');
  // Without accents it is the same in every charset that has ASCII.
  const plain = written
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replaceAll('’', "'");
  return Buffer.from(plain.replace(/[^\x00-\x7f]+/g, '"'), 'latin1');
}

function* fromUtf16(chunks: Iterable<Uint8Array>): Iterable<Uint8Array> {
  const decoder = new TextDecoder('utf-16le');
  for (const chunk of chunks) yield Buffer.from(decoder.decode(chunk, { stream: true }), 'utf8');
  yield Buffer.from(decoder.decode(), 'utf8');
}

/** What can be read; where it breaks off, `broken` is told after how many bytes. */
export function* untilDamaged(
  { notes }: Values,
  stream: Pick<PropertyStream, 'chunks'>,
  broken: (bytes: number) => void,
): Iterable<Uint8Array> {
  let size = 0;
  const iterator = notes.unlessDamaged(null, 'chunks', () => stream.chunks()[Symbol.iterator]());
  try {
    while (iterator !== null) {
      const next = notes.unlessDamaged(null, 'chunks', () => iterator.next());
      if (next === null) break;
      if (next.done === true) return;
      size += next.value.length;
      yield next.value;
    }
    broken(size);
  } finally {
    iterator?.return?.();
  }
}

interface Rtf {
  from: 'html' | 'text' | 'rtf';
  text: string;
  file: NonNullable<Bodies['file']>;
}

function rtfOf(values: Values, said: Said[]): Rtf | null {
  const stream = values.stream(PidTag.RtfCompressed);
  if (stream === null || stream.size === 0) return null;
  let isCut = false;
  const cut = (): void => {
    isCut = true;
  };
  const asFile = (name: string, type: string, chunks: () => Iterable<Uint8Array>): Rtf => {
    return { from: 'rtf', text: '', file: { name, type, chunks } };
  };
  const compressed = (): Rtf => {
    values.notes.add('body-as-file', 'the rich text is attached as it lies in the file');
    return asFile('message.rtf.lzfu', 'application/octet-stream', () =>
      untilDamaged(values, stream, () => values.notes.add('body-lost', cutText('rtf')[1])),
    );
  };
  if (stream.size > RTF_MAX_BYTES) return compressed();
  const bytes = collected(values, stream, cut);
  if (bytes.length === 0) return null;
  const unpacked = decompressRtf(bytes);
  const rtf = unpacked?.rtf ?? bytes;
  const read = rtfText(asBuffer(rtf));
  if (isCut || unpacked?.sound === false) said.push(cutText('rtf'));
  if (read === null) return compressed();
  return { ...read, file: { name: 'message.rtf', type: 'application/rtf', chunks: () => [rtf] } };
}

function collected(values: Values, stream: PropertyStream, cut: () => void): Buffer {
  const pieces: Buffer[] = [];
  let size = 0;
  for (const piece of untilDamaged(values, stream, cut)) {
    size += piece.length;
    if (size > RTF_MAX_BYTES) break;
    pieces.push(Buffer.from(piece));
  }
  return Buffer.concat(pieces);
}
