/**
 * Where the bytes of messages go while they travel. A store that reads gets a `Hold` from the engine and pours each
 * message into a sink of it; so the engine alone decides whether bytes stay in memory, go to a temporary file, or are
 * only digested, and memory is bounded in one place (law 6).
 */

/** The bytes of one message, held here until `release()`. */
export interface Body {
  /** In bytes. */
  readonly size: number;
  /** The whole of it, when it is in memory; null when it lies in a file or was only digested. */
  readonly memory: Uint8Array | null;
  /** The bytes in order, in pieces that stay valid until the next one is asked for. Throws when only digested. */
  chunks(): Iterable<Uint8Array>;
  /** Gives memory or file back. Twice is once. */
  release(): void;
}

/** Takes one message. `write` may be called any number of times; the piece may be reused by the caller afterwards. */
export interface Sink<B> {
  write(piece: Uint8Array): void;
  /** The message is whole. */
  end(): B;
  /** The message will never be whole (connection cut): everything is given back. */
  abort(): void;
}

export interface Hold<B = Body> {
  /** `sizeHint` in bytes; the real size may differ. */
  begin(sizeHint: number): Sink<B>;
}

/** One message, poured by `pour`; nothing of it stays held when that throws. */
export function poured<B>(
  hold: Hold<B>,
  sizeHint: number,
  pour: (write: (piece: Uint8Array) => void) => void,
): B {
  const sink = hold.begin(sizeHint);
  try {
    pour((piece) => sink.write(piece));
  } catch (cause) {
    sink.abort();
    throw cause;
  }
  return sink.end();
}
