/** The digest of one leaf part, taken while its bytes pass; no more than a text's limit is held. */
import { createHash, type Hash, hash } from 'node:crypto';
import { canonicalHtml, canonicalText } from './canonical-text.ts';
import { CrlfWriter } from './line-ends.ts';
import type { Decoder } from './transfer-encoding.ts';

/** Longer text parts are digested as they are decoded, line ends normalised. */
export const TEXT_MAX_BYTES = 2 * 1024 * 1024;

export interface LeafDigest {
  /** SHA-256 of the content, hex. */
  digest: string;
  /** Decoded bytes. */
  size: number;
  /** Length of the canonical text in bytes; 0 for a text that says nothing. Null for what is no text. */
  textSize: number | null;
}

export interface Leaf {
  write(piece: Uint8Array): void;
  end(): LeafDigest;
}

/** Body text: what it says counts, not how it is written. */
export class TextLeaf implements Leaf {
  readonly #decoder: Decoder;
  readonly #charset: string | null;
  readonly #html: boolean;
  #held: Buffer[] = [];
  #size = 0;
  #overflow: LineLeaf | null = null;

  constructor(decoder: Decoder, charset: string | null, html: boolean) {
    this.#decoder = decoder;
    this.#charset = charset;
    this.#html = html;
  }

  write(piece: Uint8Array): void {
    this.#take(this.#decoder.write(piece));
  }

  #take(decoded: Uint8Array): void {
    this.#size += decoded.length;
    if (this.#overflow !== null) this.#overflow.write(decoded);
    else if (this.#size <= TEXT_MAX_BYTES) this.#held.push(Buffer.from(decoded));
    else {
      this.#overflow = new LineLeaf(AS_IT_IS);
      for (const held of this.#held) this.#overflow.write(held);
      this.#held = [];
      this.#overflow.write(decoded);
    }
  }

  end(): LeafDigest {
    this.#take(this.#decoder.end());
    if (this.#overflow !== null) return { ...this.#overflow.end(), textSize: this.#size };
    const bytes = this.#held.length === 1 ? this.#held[0]! : Buffer.concat(this.#held);
    this.#held = [];
    const text = this.#html ? canonicalHtml(bytes, this.#charset) : canonicalText(bytes, this.#charset);
    return { digest: hash('sha256', text, 'hex'), size: this.#size, textSize: text.length };
  }
}

/** A file that is lines: how they end is a matter of transport. Line ends at its end do not count. */
export class LineLeaf implements Leaf {
  readonly #decoder: Decoder;
  readonly #lines = new CrlfWriter();
  readonly #hash: Hash = createHash('sha256');
  #size = 0;

  constructor(decoder: Decoder) {
    this.#decoder = decoder;
  }

  write(piece: Uint8Array): void {
    this.#take(this.#decoder.write(piece));
  }

  #take(decoded: Uint8Array): void {
    this.#size += decoded.length;
    for (const piece of this.#lines.write(decoded)) this.#hash.update(piece);
  }

  end(): LeafDigest {
    this.#take(this.#decoder.end());
    return { digest: this.#hash.digest('hex'), size: this.#size, textSize: null };
  }
}

/** Any other file: its bytes. */
export class FileLeaf implements Leaf {
  readonly #decoder: Decoder;
  readonly #hash: Hash = createHash('sha256');
  #size = 0;

  constructor(decoder: Decoder) {
    this.#decoder = decoder;
  }

  write(piece: Uint8Array): void {
    const decoded = this.#decoder.write(piece);
    this.#size += decoded.length;
    this.#hash.update(decoded);
  }

  end(): LeafDigest {
    const rest = this.#decoder.end();
    this.#hash.update(rest);
    return { digest: this.#hash.digest('hex'), size: this.#size + rest.length, textSize: null };
  }
}

export const AS_IT_IS: Decoder = { write: (piece) => piece, end: () => new Uint8Array(0) };
