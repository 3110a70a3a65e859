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
  for (const { header, body } of parts) {
    yield Buffer.from(`--${boundary}${CRLF}${header}${CRLF}`, 'latin1');
    yield* body(run);
    yield Buffer.from(CRLF, 'latin1');
  }
  yield Buffer.from(`--${boundary}--${CRLF}`, 'latin1');
}
