/** Gives the parts that need it another transfer encoding, without changing what they hold. In memory. */
import { parseParameterised } from './encoded-word.ts';
import { asBuffer, FieldNames, fields, scanHeader } from './header.ts';
import { DEPTH_MAX, PARTS_MAX } from './mime.ts';

/** RFC 5322 §2.1.1, the line end aside. */
export const LINE_MAX_BYTES = 998;
const ENCODED_LINE_CHARS = 76;

export interface Need {
  /** NULs are to be hidden. */
  nul: boolean;
  lineMaxBytes: number;
}

const ENTITY = new FieldNames(['content-type', 'content-transfer-encoding']);

/** `message` has CRLF line ends. */
export function fixParts(message: Uint8Array, need: Need): Buffer {
  const count = { parts: 0 };
  return Buffer.concat(entity(asBuffer(message), need, 0, count));
}

function entity(bytes: Buffer, need: Need, depth: number, count: { parts: number }): Buffer[] {
  const scan = scanHeader(bytes, ENTITY);
  const [contentType = 'text/plain', encoding = ''] = scan.values;
  const { value: type, parameters } = parseParameterised(contentType);
  const header = bytes.subarray(0, scan.body);
  const body = bytes.subarray(scan.body);
  const boundary = parameters.get('boundary')?.trimEnd() ?? '';
  const identity = !/base64|quoted-printable/i.test(encoding);
  const inside = depth < DEPTH_MAX && identity;
  if (inside && type.startsWith('multipart/') && boundary !== '') {
    return [header, ...multipart(body, boundary, need, depth, count)];
  }
  if (inside && type === 'message/rfc822') return [header, ...entity(body, need, depth + 1, count)];
  if (!needs(body, need)) return [bytes];
  if (/base64/i.test(encoding)) return [header, ...rewrapped(body)];
  if (!identity) return [header, softBroken(body)];
  return [withEncoding(header, scan.end, depth === 0), ...base64Lines(body)];
}

function multipart(
  body: Buffer,
  boundary: string,
  need: Need,
  depth: number,
  count: { parts: number },
): Buffer[] {
  const out: Buffer[] = [];
  let at = 0;
  let isPart = false;
  for (const delimiter of delimiters(body, boundary)) {
    const content = body.subarray(at, Math.max(at, delimiter.start));
    if (isPart && ++count.parts <= PARTS_MAX) out.push(...entity(content, need, depth + 1, count));
    else out.push(broken(content, need));
    out.push(body.subarray(Math.max(at, delimiter.start), delimiter.end));
    at = delimiter.end;
    isPart = !delimiter.closes;
    if (delimiter.closes) break;
  }
  const rest = body.subarray(at);
  if (isPart && ++count.parts <= PARTS_MAX) out.push(...entity(rest, need, depth + 1, count));
  else out.push(broken(rest, need));
  return out;
}

interface Delimiter {
  /** The line end before it belongs to it (RFC 2046 §5.1.1). */
  start: number;
  end: number;
  closes: boolean;
}

function* delimiters(body: Buffer, boundary: string): Iterable<Delimiter> {
  const mark = Buffer.from(`--${boundary}`, 'latin1');
  let at = 0;
  while (at < body.length) {
    const found = body.indexOf(mark, at);
    if (found < 0) return;
    at = found + mark.length;
    if (found > 0 && body[found - 1] !== 10) continue;
    let end = body.indexOf(10, at);
    end = end < 0 ? body.length : end + 1;
    const rest = end - at > 1000 ? '?' : body.toString('latin1', at, end).trimEnd();
    if (rest !== '' && rest !== '--') continue;
    yield { start: found === 0 ? 0 : found - 2, end, closes: rest === '--' };
    at = end;
  }
}

function needs(body: Buffer, need: Need): boolean {
  if (need.nul && body.includes(0)) return true;
  let at = 0;
  while (at < body.length) {
    let next = body.indexOf(10, at);
    if (next < 0) next = body.length;
    if (next - at > need.lineMaxBytes + 1) return true;
    at = next + 1;
  }
  return false;
}

/** The header with this transfer encoding and no other; a message needs a MIME-Version for it (RFC 2045 §4). */
function withEncoding(header: Buffer, end: number, isMessage: boolean): Buffer {
  const pieces: Buffer[] = [];
  let version = !isMessage;
  for (const field of fields(header, end)) {
    const name = field.name.toLowerCase();
    if (name === 'content-transfer-encoding') continue;
    if (name === 'mime-version') version = true;
    pieces.push(header.subarray(field.start, field.next));
  }
  const added = `${version ? '' : 'MIME-Version: 1.0\r\n'}Content-Transfer-Encoding: base64\r\n\r\n`;
  return Buffer.concat([...pieces, Buffer.from(added)]);
}

/** Base64 in lines of 76 characters (RFC 2045 §6.8), without a line end after the last. */
export function* base64Lines(bytes: Uint8Array): Iterable<Buffer> {
  const buffer = asBuffer(bytes);
  const block = 57 * 1024;
  for (let at = 0; at < buffer.length; at += block) {
    const text = buffer.toString('base64', at, Math.min(buffer.length, at + block));
    const lines = text.replace(/.{76}(?=.)/g, '$&\r\n');
    yield Buffer.from(at + block < buffer.length ? `${lines}\r\n` : lines, 'latin1');
  }
}

function rewrapped(body: Buffer): Buffer[] {
  const text = body.toString('latin1').replace(/[^A-Za-z0-9+/=]+/g, '');
  return [Buffer.from(text.replace(/.{76}(?=.)/g, '$&\r\n'), 'latin1')];
}

/** Long quoted-printable lines, broken softly and never inside a code (RFC 2045 §6.7). */
function softBroken(body: Buffer): Buffer {
  const text = body
    .toString('latin1')
    .replaceAll('\0', '=00')
    .split('\r\n')
    .map((line) =>
      line.length <= ENCODED_LINE_CHARS ? line : line.replace(/(?:=..|[^=]|=){1,25}(?=.)/g, '$&=\r\n'),
    );
  return Buffer.from(text.join('\r\n'), 'latin1');
}

/** Text that nobody is shown (before the first part, after the last): cut into lines. */
function broken(text: Buffer, need: Need): Buffer {
  if (!needs(text, need)) return text;
  const max = Number.isFinite(need.lineMaxBytes) ? need.lineMaxBytes : text.length + 1;
  const lines = text.toString('latin1').split('\r\n');
  const cut = lines.flatMap((line) =>
    line.length <= max ? line : line.match(new RegExp(`.{1,${max}}`, 'gs'))!,
  );
  return Buffer.from(cut.join('\r\n'), 'latin1');
}
