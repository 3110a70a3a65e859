/** Takes the bytes of one message; `Sink` of the stores fits. The piece given to `write` is used again afterwards. */
export interface BodySink<B> {
  write(piece: Uint8Array): void;
  /** The message is whole. */
  end(): B;
  /** The message will never be whole: everything is given back. */
  abort(): void;
}

/** Where bodies are poured; `Hold` of the stores fits. */
export interface BodyHold<B> {
  /** `sizeHint` in bytes, as the server announced it. */
  begin(sizeHint: number): BodySink<B>;
}
