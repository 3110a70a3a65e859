/** What a server altered in a message it took: from the bytes sent and the bytes read back. */
import { asBuffer, binary, fields, headerEnd } from './header.ts';
import { contentEnd, countLineEnds, type LineEndCount, toCrlf } from './line-ends.ts';

/**
 * - `line-ends`        lone LF and CRLF changed into one another
 * - `lone-cr`          a CR that ends no line went, came, or became a line end
 * - `final-line-end`   line ends at the very end went or came
 * - `nul`              NULs went or were replaced
 * - `eight-bit-header` a header line with 8-bit characters was written differently
 * - `header-added`     lines were added to the header
 * - `header`           the header differs otherwise
 * - `truncated`        the end is missing
 * - `body`             the body differs otherwise
 */
export type StoredClass =
  | 'line-ends'
  | 'lone-cr'
  | 'final-line-end'
  | 'nul'
  | 'eight-bit-header'
  | 'header-added'
  | 'header'
  | 'truncated'
  | 'body';

/** Empty exactly when the bytes are the same. */
export function compareStored(sent: Uint8Array, stored: Uint8Array): StoredClass[] {
  if (asBuffer(sent).equals(stored)) return [];
  const found = new Set<StoredClass>();
  const before = countLineEnds(sent);
  const after = countLineEnds(stored);
  if (before.bareLf !== after.bareLf) found.add('line-ends');
  if (before.bareCr !== after.bareCr) found.add('lone-cr');
  if (before.nul !== after.nul) found.add('nul');
  if (tail(sent) !== tail(stored)) found.add('final-line-end');
  const [a, b] = comparable(sent, stored, before, after);
  if (!a.equals(b)) compareInside(a, b, found);
  // Same counts, same content, other bytes: line ends changed places.
  if (found.size === 0) found.add('line-ends');
  return [...found];
}

/** The line ends at the end, as CRLF. */
function tail(bytes: Uint8Array): number {
  return toCrlf(bytes.subarray(contentEnd(bytes))).length;
}

/** Both without what is already told: line ends, lone CRs, NULs. */
function comparable(
  sent: Uint8Array,
  stored: Uint8Array,
  before: LineEndCount,
  after: LineEndCount,
): [Buffer, Buffer] {
  let a = asBuffer(sent.subarray(0, contentEnd(sent)));
  let b = asBuffer(stored.subarray(0, contentEnd(stored)));
  if (before.nul !== after.nul) [a, b] = withoutNul(a, b);
  const crlf: [Buffer, Buffer] = [asBuffer(toCrlf(a)), asBuffer(toCrlf(b))];
  if (before.bareCr === after.bareCr || crlf[0].equals(crlf[1])) return crlf;
  return [withoutLoneCr(a), withoutLoneCr(b)];
}

/** Where the server put another byte in its place, that byte is put there too; else NULs go on both sides. */
function withoutNul(sent: Buffer, stored: Buffer): [Buffer, Buffer] {
  const a = toCrlf(sent);
  const b = toCrlf(stored);
  if (a.length !== b.length) return [dropped(sent), dropped(stored)];
  return [Buffer.from(a.map((byte, index) => (byte === 0 ? b[index]! : byte))), asBuffer(b)];
}

function dropped(bytes: Buffer): Buffer {
  return Buffer.from(bytes.filter((byte) => byte !== 0));
}

function withoutLoneCr(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1').replace(/\r(?!\n)/g, '');
  return asBuffer(toCrlf(Buffer.from(text, 'latin1')));
}

function compareInside(sent: Buffer, stored: Buffer, found: Set<StoredClass>): void {
  if (stored.length < sent.length && sent.subarray(0, stored.length).equals(stored)) {
    found.add('truncated');
    return;
  }
  const a = headerEnd(sent);
  const b = headerEnd(stored);
  compareHeaders(sent.subarray(0, a.end), stored.subarray(0, b.end), found);
  const bodySent = sent.subarray(a.body);
  const bodyStored = stored.subarray(b.body);
  if (bodySent.equals(bodyStored)) return;
  const cut =
    bodyStored.length < bodySent.length && bodySent.subarray(0, bodyStored.length).equals(bodyStored);
  found.add(cut ? 'truncated' : 'body');
}

interface HeaderLine {
  name: string;
  text: string;
}

function compareHeaders(sent: Buffer, stored: Buffer, found: Set<StoredClass>): void {
  const before = headerLines(sent);
  const after = headerLines(stored);
  const expected = new Map<string, number>();
  for (const { text } of before) expected.set(text, (expected.get(text) ?? 0) + 1);
  // What stands on both sides is settled; the order of header lines is not compared among them.
  const unknown = after.filter(({ text }) => !take(expected, text));
  const lost = before.filter(({ text }) => take(expected, text));
  const names = new Map<string, number>();
  for (const { name } of unknown) names.set(name, (names.get(name) ?? 0) + 1);
  let added = unknown.length;
  for (const line of lost) {
    const rewritten = take(names, line.name);
    if (rewritten) added--;
    found.add(rewritten && /[\x80-\xff]/.test(line.text) ? 'eight-bit-header' : 'header');
  }
  if (added > 0) found.add('header-added');
  const reordered = lost.length === 0 && unknown.length === 0;
  if (reordered && before.some(({ text }, index) => text !== after[index]!.text)) found.add('header');
}

function take(counts: Map<string, number>, text: string): boolean {
  const count = counts.get(text) ?? 0;
  if (count > 0) counts.set(text, count - 1);
  return count > 0;
}

/** Trailing white space is kept: it is bytes too. */
function headerLines(header: Buffer): HeaderLine[] {
  const lines: HeaderLine[] = [];
  for (const field of fields(header, header.length)) {
    lines.push({ name: field.name.toLowerCase(), text: binary(header, field.start, field.end) });
  }
  return lines;
}
