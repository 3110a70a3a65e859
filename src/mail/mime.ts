/**
 * The structure of a message (RFC 2045, RFC 2046), read while its bytes pass: memory is bounded whatever the size, time
 * is linear whatever the content. Expects line ends in CRLF (`CrlfWriter` makes them so).
 */
import { decodeWords, parseParameterised } from './encoded-word.ts';
import { asBuffer, FieldNames, fields, scanHeader } from './header.ts';
import { HeaderCollector } from './header-collector.ts';
import { kinOf, subjectText } from './kin.ts';
import { AS_IT_IS, FileLeaf, type Leaf, type LeafDigest, LineLeaf, TextLeaf } from './leaf.ts';
import { CrlfWriter, lineBreaks, toCrlf } from './line-ends.ts';
import { type Decoder, decoderFor } from './transfer-encoding.ts';

/** What lies deeper is digested as bytes. */
export const DEPTH_MAX = 50;
/** What comes after is digested as bytes, as one last part. */
export const PARTS_MAX = 1000;
/** Longer lines are no boundary (RFC 2046 §5.1.1 allows 70 characters; real ones reach some hundred). */
const BOUNDARY_MAX_BYTES = 1000;

export interface Part {
  /** Lower case, e.g. `text/plain`. */
  type: string;
  is: 'text' | 'html' | 'file' | 'multipart' | 'message';
  /** Leaf parts: SHA-256 of the decoded content, hex. Text is compared by what it says (see `canonical-text.ts`). */
  digest: string | null;
  /** Leaf parts: decoded bytes. */
  size: number;
  /** Body text: canonical length in bytes, 0 when it says nothing. */
  textSize: number | null;
  /** Of a multipart; of a `message/rfc822` exactly one. */
  parts: Part[];
  /** The root and the content of a `message/rfc822`: date, sender and subject. Else null. */
  kin: string | null;
  /** Digest of the text before the first part; it counts only where no part follows. */
  preamble: string | null;
  /**
   * Digests of text that belongs to no part: header lines that are no field, what follows the last part. So two
   * messages that differ there differ here.
   */
  loose: string[];
}

/** The structure of a message in memory, whatever its line ends are. */
export function partsOf(bytes: Uint8Array): Part {
  const parser = new MimeParser();
  parser.write(toCrlf(bytes));
  return parser.end();
}

const ENTITY = new FieldNames([
  'content-type',
  'content-transfer-encoding',
  'content-disposition',
  'date',
  'from',
  'subject',
]);

const DELIMITER = Buffer.from('\r\n--');

interface Level {
  part: Part;
  boundary: string;
  /** Messages inside messages down to here. */
  messages: number;
}

/** Takes the bytes of the current part's body. `end` fills in the part. */
interface Sink {
  write(piece: Uint8Array): void;
  end(): void;
}

export class MimeParser {
  readonly #root: Part = newPart(true);
  readonly #depth: number;
  readonly #count: { parts: number };
  readonly #named: ((fileName: string) => void) | null;
  readonly #levels: Level[] = [];
  /** Which level a boundary belongs to: the innermost of that name. */
  readonly #byBoundary = new Map<string, number>();
  #carry: Buffer | null = null;
  /** The line end after a delimiter belongs to it. */
  #swallow = false;
  /** Header of the part being read; null while in its body. */
  #header: HeaderCollector | null = new HeaderCollector();
  #part: Part = this.#root;
  #inDigest = false;
  #messages = 0;
  #sink: Sink | null = null;

  /**
   * `named` is told the file name of each attachment that has one. `depth` and `count` are handed on to a message inside
   * an encoded part.
   */
  constructor(named: ((fileName: string) => void) | null = null, depth = 0, count = { parts: 0 }) {
    this.#named = named;
    this.#depth = depth;
    this.#count = count;
  }

  write(piece: Uint8Array): void {
    if (piece.length === 0) return;
    const buffer = asBuffer(piece);
    this.#process(this.#carry === null ? buffer : Buffer.concat([this.#carry, buffer]), false);
  }

  end(): Part {
    this.#process(this.#carry ?? Buffer.alloc(0), true);
    this.#endPart();
    return this.#root;
  }

  /** Gives content away and turns at delimiters; what could be the start of one is held back until more is known. */
  #process(buffer: Buffer, final: boolean): void {
    let at = 0;
    let search = 0;
    let keep = -1;
    while (this.#header !== null || this.#byBoundary.size > 0) {
      const found = buffer.indexOf(DELIMITER, search);
      if (found < 0) break;
      const newline = buffer.indexOf(10, found + 2);
      if (newline < 0 && !final && buffer.length - found <= BOUNDARY_MAX_BYTES) {
        keep = found;
        break;
      }
      const lineEnd = newline < 0 ? buffer.length : newline - 1;
      search = found + 2;
      if (lineEnd - found > BOUNDARY_MAX_BYTES) continue;
      if (this.#header !== null) at = this.#feedHeader(buffer, at, found);
      const line = boundaryLine(buffer, found + 4, lineEnd);
      if (!this.#isBoundary(line)) continue;
      if (at < found) this.#feed(buffer.subarray(at, found));
      this.#turn(line);
      at = lineEnd;
      search = lineEnd;
    }
    if (keep < 0) keep = final ? buffer.length : Math.max(at, withoutDelimiterStart(buffer));
    this.#feed(buffer.subarray(at, keep));
    this.#carry = keep < buffer.length ? Buffer.from(buffer.subarray(keep)) : null;
  }

  /** The header may end, and name its boundary, with the very line end that begins the first delimiter. */
  #feedHeader(buffer: Buffer, at: number, found: number): number {
    if (at < found) this.#feed(buffer.subarray(at, found));
    if (this.#header === null) return found;
    if (at <= found) this.#feed(buffer.subarray(found, found + 2));
    return found + 2;
  }

  #feed(bytes: Uint8Array): void {
    let rest = bytes;
    if (this.#swallow && rest.length > 0) {
      this.#swallow = false;
      rest = rest.subarray(2);
    }
    // A message inside a message begins with a header again.
    while (this.#header !== null && rest.length > 0) {
      const used = this.#header.write(rest);
      if (used < 0) return;
      rest = rest.subarray(used);
      this.#endHeader();
    }
    if (rest.length > 0) this.#sink?.write(rest);
  }

  #endHeader(): void {
    const header = this.#header!.take();
    this.#header = null;
    this.#startBody(header);
  }

  #endPart(): void {
    while (this.#header !== null) this.#endHeader();
    this.#sink?.end();
    this.#sink = null;
  }

  #isBoundary(line: string): boolean {
    return this.#byBoundary.has(line) || (line.endsWith('--') && this.#byBoundary.has(line.slice(0, -2)));
  }

  /** At a delimiter: ends what is open inside, begins the next part or the epilogue. */
  #turn(line: string): void {
    const closes = !this.#byBoundary.has(line);
    const index = this.#byBoundary.get(closes ? line.slice(0, -2) : line)!;
    const { part: owner, messages } = this.#levels[index]!;
    this.#endPart();
    this.#closeLevels(closes ? index : index + 1);
    this.#messages = messages;
    this.#swallow = true;
    if (closes) {
      this.#sink = new LooseSink(owner);
      return;
    }
    this.#part = newPart(false);
    owner.parts.push(this.#part);
    this.#inDigest = owner.type === 'multipart/digest';
    if (++this.#count.parts < PARTS_MAX) this.#header = new HeaderCollector();
    else this.#takeRestAsOne();
  }

  #closeLevels(length: number): void {
    while (this.#levels.length > length) {
      const { boundary } = this.#levels.pop()!;
      if (this.#byBoundary.get(boundary) !== this.#levels.length) continue;
      const outer = this.#levels.findLastIndex((level) => level.boundary === boundary);
      if (outer < 0) this.#byBoundary.delete(boundary);
      else this.#byBoundary.set(boundary, outer);
    }
  }

  #takeRestAsOne(): void {
    this.#levels.length = 0;
    this.#byBoundary.clear();
    this.#part.type = 'application/octet-stream';
    this.#sink = new LeafSink(this.#part, new LineLeaf(AS_IT_IS));
  }

  #startBody(header: Buffer): void {
    const part = this.#part;
    const scan = scanHeader(header, ENTITY);
    const [contentType, encoding = '', disposition, date, from, subject] = scan.values;
    if (scan.stray) addLoose(part, strayLines(header));
    if (part.kin !== null) part.kin = kinOf(date, from, subject === undefined ? '' : subjectText(subject));
    const fallback = this.#inDigest ? 'message/rfc822' : 'text/plain';
    const type = parseParameterised(contentType ?? fallback);
    part.type = /^[^/]+\/[^/]+$/.test(type.value) ? type.value : fallback;
    this.#inDigest = false;
    const boundary = decodeWords(type.parameters.get('boundary') ?? '').trimEnd();
    const deepest = this.#depthHere() >= DEPTH_MAX;
    if (part.type.startsWith('multipart/') && boundary !== '' && !deepest)
      this.#openMultipart(part, boundary);
    else if (/^message\/(rfc822|global)$/.test(part.type) && !deepest) this.#openMessage(part, encoding);
    else this.#sink = new LeafSink(part, leafFor(part, type.parameters, encoding, disposition, this.#named));
  }

  #depthHere(): number {
    return this.#depth + this.#levels.length + this.#messages;
  }

  #openMultipart(part: Part, boundary: string): void {
    part.is = 'multipart';
    this.#byBoundary.set(boundary, this.#levels.length);
    this.#levels.push({ part, boundary, messages: this.#messages });
    this.#sink = new PreambleSink(part);
  }

  #openMessage(part: Part, encoding: string): void {
    part.is = 'message';
    if (/^\s*(base64|quoted-printable)\s*$/i.test(encoding)) {
      const parser = new MimeParser(this.#named, this.#depthHere() + 1, this.#count);
      this.#sink = new NestedSink(part, decoderFor(encoding), parser);
      return;
    }
    this.#part = newPart(true);
    part.parts.push(this.#part);
    this.#messages++;
    this.#header = new HeaderCollector();
  }
}

function newPart(message: boolean): Part {
  return {
    type: 'text/plain',
    is: 'file',
    digest: null,
    size: 0,
    textSize: null,
    parts: [],
    kin: message ? '' : null,
    preamble: null,
    loose: [],
  };
}

/** Decides whether a leaf is body text (what it says counts) or a file (its bytes count), and says so in the part. */
function leafFor(
  part: Part,
  parameters: ReadonlyMap<string, string>,
  encoding: string,
  disposition: string | undefined,
  named: ((fileName: string) => void) | null,
): Leaf {
  const place = disposition === undefined ? null : parseParameterised(disposition);
  const fileName = place?.parameters.get('filename') ?? parameters.get('name');
  if (fileName !== undefined) named?.(fileName);
  const attached = fileName !== undefined || place?.value === 'attachment' || /uu/i.test(encoding);
  const decoder = decoderFor(encoding);
  part.is = attached ? 'file' : bodyKind(part.type);
  if (part.is !== 'file') return new TextLeaf(decoder, parameters.get('charset') ?? null, part.is === 'html');
  return /^(text|message)\//.test(part.type) ? new LineLeaf(decoder) : new FileLeaf(decoder);
}

function bodyKind(type: string): 'text' | 'html' | 'file' {
  if (type === 'text/html') return 'html';
  return /^text\/(plain|enriched|richtext)$/.test(type) ? 'text' : 'file';
}

/** A line as it is compared with boundaries, which are decoded as parameters are. */
function boundaryLine(buffer: Buffer, from: number, to: number): string {
  return decodeWords(buffer.toString('latin1', from, to)).trimEnd();
}

/** Where a delimiter may begin that the buffer does not show whole. */
function withoutDelimiterStart(buffer: Buffer): number {
  const n = buffer.length;
  if (n >= 3 && buffer[n - 3] === 13 && buffer[n - 2] === 10 && buffer[n - 1] === 45) return n - 3;
  if (n >= 2 && buffer[n - 2] === 13 && buffer[n - 1] === 10) return n - 2;
  return n >= 1 && buffer[n - 1] === 13 ? n - 1 : n;
}

function strayLines(header: Buffer): LeafDigest {
  const leaf = new TextLeaf(AS_IT_IS, null, false);
  for (const field of fields(header, header.length)) {
    if (field.name === '') leaf.write(header.subarray(field.start, field.end));
  }
  return leaf.end();
}

function addLoose(part: Part, text: LeafDigest): void {
  if (text.textSize !== 0) part.loose.push(text.digest);
}

class LeafSink implements Sink {
  readonly #part: Part;
  readonly #leaf: Leaf;

  constructor(part: Part, leaf: Leaf) {
    this.#part = part;
    this.#leaf = leaf;
  }

  write(piece: Uint8Array): void {
    this.#leaf.write(piece);
  }

  end(): void {
    Object.assign(this.#part, this.#leaf.end());
  }
}

/** What stands before the first part. */
class PreambleSink implements Sink {
  readonly #part: Part;
  readonly #leaf = new TextLeaf(AS_IT_IS, null, false);

  constructor(part: Part) {
    this.#part = part;
  }

  write(piece: Uint8Array): void {
    this.#leaf.write(piece);
  }

  end(): void {
    const text = this.#leaf.end();
    this.#part.preamble = text.textSize === 0 ? null : text.digest;
  }
}

/** What follows the last part. */
class LooseSink implements Sink {
  readonly #part: Part;
  readonly #leaf = new TextLeaf(AS_IT_IS, null, false);

  constructor(part: Part) {
    this.#part = part;
  }

  write(piece: Uint8Array): void {
    this.#leaf.write(piece);
  }

  end(): void {
    addLoose(this.#part, this.#leaf.end());
  }
}

/** A message inside an encoded part (RFC 2046 §5.2.1 forbids it; Exchange and others write it). */
class NestedSink implements Sink {
  readonly #part: Part;
  readonly #decoder: Decoder;
  readonly #lines = new CrlfWriter();
  readonly #parser: MimeParser;

  constructor(part: Part, decoder: Decoder, parser: MimeParser) {
    this.#part = part;
    this.#decoder = decoder;
    this.#parser = parser;
  }

  write(piece: Uint8Array): void {
    for (const lines of this.#lines.write(this.#decoder.write(piece))) this.#parser.write(lines);
  }

  end(): void {
    for (const lines of this.#lines.write(this.#decoder.end())) this.#parser.write(lines);
    for (const ends of lineBreaks(this.#lines.held)) this.#parser.write(ends);
    this.#part.parts.push(this.#parser.end());
  }
}
