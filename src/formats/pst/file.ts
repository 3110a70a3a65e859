import { damage } from './damage.ts';

/** The file as its owner opened it. */
export interface PstFile {
  /** In bytes. */
  readonly size: number;
  /** Reads at once; answers how many bytes, 0 at the end. Throws what the file system throws. */
  readAt(into: Uint8Array, position: number): number;
}

/** Pages and small blocks lie close together: one read of this size serves many. */
const WINDOW_BYTES = 32 * 1024;
/** Each part of the file has one place where its window can be, so that windows are written over, and never thrown away. */
const WINDOWS = 64;

interface Window {
  /** -1: nothing yet. */
  n: number;
  bytes: Uint8Array;
}

/** Reads a file by windows. What is given is valid until the next call. */
export class FileWindows {
  readonly size: number;
  private readonly file: PstFile;
  private readonly windows: Window[] = [];
  private across = new Uint8Array();

  constructor(file: PstFile) {
    this.file = file;
    this.size = file.size;
  }

  /** Throws `malformed` when they do not lie within the file. */
  bytes(position: number, length: number): Uint8Array {
    if (position < 0 || position + length > this.size)
      throw damage('file', `offset ${position} lies beyond its end`);
    const n = Math.floor(position / WINDOW_BYTES);
    const start = position - n * WINDOW_BYTES;
    if (start + length <= WINDOW_BYTES) return this.window(n).subarray(start, start + length);
    // Blocks that lie across: one in four.
    if (this.across.length < length) this.across = new Uint8Array(length);
    const bytes = this.across.subarray(0, length);
    this.fill(bytes, position);
    return bytes;
  }

  private window(n: number): Uint8Array {
    const slot = n % WINDOWS;
    this.windows[slot] ??= { n: -1, bytes: new Uint8Array(WINDOW_BYTES) };
    const window = this.windows[slot];
    if (window.n !== n) {
      const position = n * WINDOW_BYTES;
      window.n = -1;
      this.fill(window.bytes.subarray(0, Math.min(WINDOW_BYTES, this.size - position)), position);
      window.n = n;
    }
    return window.bytes;
  }

  /** Fills `bytes` from a position, past the windows. Throws `malformed` when the file ends before. */
  fill(bytes: Uint8Array, position: number): void {
    let got = 0;
    while (got < bytes.length) {
      const read = this.file.readAt(got === 0 ? bytes : bytes.subarray(got), position + got);
      if (read === 0) throw damage('file', `it ends at ${position + got}, before it should`);
      got += read;
    }
  }
}
