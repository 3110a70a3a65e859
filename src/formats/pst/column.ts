/** Numbers one after the other, in pieces: it grows without being copied. */
abstract class Column<P extends Float64Array | Uint32Array> {
  protected readonly pieces: P[] = [];

  get bytes(): number {
    return this.pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  abstract at(i: number): number;
  /** `i`: at most one beyond the last. */
  abstract set(i: number, value: number): void;

  shorten(length: number): void {
    this.pieces.length = Math.ceil(length / PIECE_LENGTH);
  }
}

const PIECE_BITS = 14;
const PIECE_LENGTH = 2 ** PIECE_BITS;
const PIECE_MASK = PIECE_LENGTH - 1;

/** Any number. It looks like the other, and is another: a function that meets both kinds of arrays is slower. */
export class Wide extends Column<Float64Array> {
  at(i: number): number {
    return this.pieces[i >>> PIECE_BITS]![i & PIECE_MASK]!;
  }

  set(i: number, value: number): void {
    const piece = i >>> PIECE_BITS;
    if (piece === this.pieces.length) this.pieces.push(new Float64Array(PIECE_LENGTH));
    this.pieces[piece]![i & PIECE_MASK] = value;
  }
}

/** Whole numbers below 2^32. */
export class Narrow extends Column<Uint32Array> {
  at(i: number): number {
    return this.pieces[i >>> PIECE_BITS]![i & PIECE_MASK]!;
  }

  set(i: number, value: number): void {
    const piece = i >>> PIECE_BITS;
    if (piece === this.pieces.length) this.pieces.push(new Uint32Array(PIECE_LENGTH));
    this.pieces[piece]![i & PIECE_MASK] = value;
  }
}
