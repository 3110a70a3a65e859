/** Content-Transfer-Encoding undone, piece by piece (RFC 2045 §6). Never fails: what is no code is left out or kept. */

export interface Decoder {
  /** The bytes may lie in a buffer that the next call writes over. */
  write(piece: Uint8Array): Uint8Array;
  end(): Uint8Array;
}

const NOTHING = new Uint8Array(0);

/** By the field's value. Unknown ones (uuencode among them) stay as they are. */
export function decoderFor(encoding: string): Decoder {
  const name = encoding.trim().toLowerCase();
  if (name === 'base64') return new Base64Decoder();
  if (name === 'quoted-printable') return new QuotedPrintableDecoder();
  return { write: (piece) => piece, end: () => NOTHING };
}

const SKIP = 64;
const PAD = 65;
const BASE64 = new Uint8Array(256).fill(SKIP);
[...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].forEach((letter, value) => {
  BASE64[letter.charCodeAt(0)] = value;
});
BASE64[61] = PAD;

/** RFC 2045 §6.8. A padding ends a group of four; encoders that pad in the middle and go on are followed. */
class Base64Decoder implements Decoder {
  #out = Buffer.allocUnsafe(0);
  #bits = 0;
  /** Letters in `#bits`, 0 to 3. */
  #letters = 0;

  write(piece: Uint8Array): Uint8Array {
    const room = piece.length + 3;
    if (this.#out.length < room) this.#out = Buffer.allocUnsafe(room);
    const out = this.#out;
    const n = piece.length;
    let size = 0;
    let bits = this.#bits;
    let letters = this.#letters;
    for (let i = 0; i < n; i++) {
      while (letters === 0 && i + 3 < n) {
        const a = BASE64[piece[i]!]!;
        const b = BASE64[piece[i + 1]!]!;
        const c = BASE64[piece[i + 2]!]!;
        const d = BASE64[piece[i + 3]!]!;
        if ((a | b | c | d) >= SKIP) break;
        const group = (a << 18) | (b << 12) | (c << 6) | d;
        out[size] = group >> 16;
        out[size + 1] = group >> 8;
        out[size + 2] = group;
        size += 3;
        i += 4;
      }
      if (i >= n) break;
      const value = BASE64[piece[i]!]!;
      if (value < SKIP) {
        bits = (bits << 6) | value;
        if (++letters === 4) {
          out[size] = bits >> 16;
          out[size + 1] = bits >> 8;
          out[size + 2] = bits;
          size += 3;
          bits = 0;
          letters = 0;
        }
      } else if (value === PAD && letters > 0) {
        size += partial(bits, letters, out, size);
        bits = 0;
        letters = 0;
      }
    }
    this.#bits = bits;
    this.#letters = letters;
    return out.subarray(0, size);
  }

  end(): Uint8Array {
    const rest = new Uint8Array(2);
    const size = partial(this.#bits, this.#letters, rest, 0);
    this.#letters = 0;
    return rest.subarray(0, size);
  }
}

/** The bytes that two or three letters make. */
function partial(bits: number, letters: number, out: Uint8Array, at: number): number {
  if (letters === 2) {
    out[at] = bits >> 4;
    return 1;
  }
  if (letters === 3) {
    out[at] = bits >> 10;
    out[at + 1] = bits >> 2;
    return 2;
  }
  return 0;
}

const CR = 13;
const LF = 10;
const EQUALS = 61;

/** RFC 2045 §6.7. White space between `=` and the line end is a soft line break too; what is no code stays. */
class QuotedPrintableDecoder implements Decoder {
  /** What follows an `=` and is not yet understood; the `=` included. At most `BLANKS_MAX` bytes. */
  #code: number[] = [];

  write(piece: Uint8Array): Uint8Array {
    const out = Buffer.allocUnsafe(piece.length + this.#code.length + 1);
    let size = 0;
    for (let i = 0; i < piece.length; i++) {
      const c = piece[i]!;
      if (this.#code.length === 0 && c !== EQUALS) out[size++] = c;
      else size += this.#take(c, out, size);
    }
    return out.subarray(0, size);
  }

  end(): Uint8Array {
    const rest = this.#code.length > 1 ? Uint8Array.from(this.#code) : NOTHING;
    this.#code = [];
    return rest;
  }

  /** One more byte of a code; answers how many bytes came out of it. */
  #take(c: number, out: Uint8Array, at: number): number {
    const code = this.#code;
    code.push(c);
    if (code.length === 1) return 0;
    const first = code[1]!;
    if (c === LF && (first === LF || first === CR)) return this.#drop();
    if (first === CR) return code.length === 2 ? 0 : this.#keep(out, at);
    if (isBlank(first)) {
      if (c === LF) return this.#drop();
      if ((isBlank(c) || c === CR) && code.length < BLANKS_MAX) return 0;
      return this.#keep(out, at);
    }
    if (code.length === 2) return hex(first) < 0 ? this.#keep(out, at) : 0;
    if (hex(c) < 0) return this.#keep(out, at);
    out[at] = (hex(first) << 4) | hex(c);
    this.#code = [];
    return 1;
  }

  #drop(): number {
    this.#code = [];
    return 0;
  }

  /** It was no code: it stands for itself. A new `=` at its end begins the next one. */
  #keep(out: Uint8Array, at: number): number {
    const code = this.#code;
    const again = code.length > 1 && code.at(-1) === EQUALS;
    const kept = again ? code.slice(0, -1) : code;
    out.set(kept, at);
    this.#code = again ? [EQUALS] : [];
    return kept.length;
  }
}

/** White space after `=` longer than this is text. */
const BLANKS_MAX = 80;

function isBlank(c: number): boolean {
  return c === 32 || c === 9;
}

function hex(c: number): number {
  if (c >= 48 && c <= 57) return c - 48;
  if (c >= 65 && c <= 70) return c - 55;
  if (c >= 97 && c <= 102) return c - 87;
  return -1;
}
