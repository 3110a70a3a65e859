import { identifier } from '../mail/identity.ts';
import type { Body } from '../stores/hold.ts';

const CR = 13;
const LF = 10;

/**
 * A body with CRLF where the original has a bare LF, made piece by piece while it is read: memory does not grow with the
 * message. A lone CR stays: no file format ends its lines so.
 *
 * @returns the body, its SHA-256 and its `exact`; the original is read once to know them
 */
export function crlfBody(body: Body): { body: Body; raw: string; exact: string } {
  const scan = identifier({ likely: false });
  for (const piece of crlfPieces(body)) scan.write(piece);
  const { raw, exact, size } = scan.end();
  return {
    body: { size, memory: null, chunks: () => crlfPieces(body), release: () => body.release() },
    raw,
    exact,
  };
}

function* crlfPieces(body: Body): Generator<Uint8Array> {
  let before = 0;
  for (const piece of body.chunks()) {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
    yield withCrlf(bytes, before);
    before = bytes.at(-1) ?? before;
  }
}

/** @param before the byte in front of the piece */
function withCrlf(bytes: Buffer, before: number): Buffer {
  const bare: number[] = [];
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    if ((at === 0 ? before : bytes[at - 1]) !== CR) bare.push(at);
  }
  if (bare.length === 0) return bytes;
  const out = Buffer.allocUnsafe(bytes.length + bare.length);
  let from = 0;
  let to = 0;
  for (const at of bare) {
    to += bytes.copy(out, to, from, at);
    out[to++] = CR;
    from = at;
  }
  bytes.copy(out, to, from);
  return out;
}
