/** Parts of a message on their way to bytes (RFC 2045 §2.4: an entity is a header and a body). */
import { CRLF, parameter } from './encode.ts';
import type { Notes } from './values.ts';

/** What is counted while one message is written. */
export interface Run {
  notes: Notes;
  /** Messages inside it that may still be written, at any depth. */
  messagesLeft: number;
}

export interface Entity {
  /** Header fields, each with its line end; a binary string. */
  header: string;
  /** Ends with a line end. */
  body(run: Run): Iterable<Uint8Array>;
  /** Asked while the body passes and once it has: where it broke off, and what to say there. Null: nowhere yet. */
  broken?(): Break | null;
}

export interface Break {
  /** How many of its bytes could be read. */
  bytes: number;
  /** Stands behind the part; in its place where nothing of it could be read. */
  said: Entity;
}

/** Boundaries of one message: the same for the same content, and never in what is quoted-printable or base64. */
export class Boundaries {
  readonly #seed: string;
  #count = 0;

  constructor(seed: string) {
    this.#seed = seed;
  }

  next(): string {
    this.#count++;
    return `${BOUNDARY_START}${this.#seed}_${this.#count}`;
  }
}

/** Text that holds this is never written as it is. */
export const BOUNDARY_START = '=_';

/** `parameters` begin with a semicolon. */
export function multipart(
  type: string,
  parameters: string,
  parts: readonly Entity[],
  boundaries: Boundaries,
): Entity {
  const boundary = boundaries.next();
  return {
    header: `Content-Type: multipart/${type}${parameters}${parameter('boundary', boundary)}${CRLF}`,
    body: (run) => multipartBody(boundary, parts, run),
  };
}

function* multipartBody(boundary: string, parts: readonly Entity[], run: Run): Iterable<Uint8Array> {
  for (const part of parts) {
    // The first piece is read before the header is written: by then it is known whether there is anything.
    const pieces = part.body(run)[Symbol.iterator]();
    let piece = pieces.next();
    const none = part.broken?.()?.bytes === 0;
    if (!none) yield delimited(boundary, part.header);
    for (; piece.done !== true; piece = pieces.next()) if (!none) yield piece.value;
    if (!none) yield Buffer.from(CRLF, 'latin1');
    const said = part.broken?.()?.said;
    if (said === undefined) continue;
    yield delimited(boundary, said.header);
    yield* said.body(run);
    yield Buffer.from(CRLF, 'latin1');
  }
  yield Buffer.from(`--${boundary}--${CRLF}`, 'latin1');
}

function delimited(boundary: string, header: string): Uint8Array {
  return Buffer.from(`--${boundary}${CRLF}${header}${CRLF}`, 'latin1');
}
