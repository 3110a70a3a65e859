import { damage } from './damage.ts';
import { Recent } from './recent.ts';

/** The file as its owner opened it. */
export interface PstFile {
  /** In bytes. */
  readonly size: number;
  /** Reads at once; answers how many bytes, 0 at the end. Throws what the file system throws. */
  readAt(into: Uint8Array, position: number): number;
}

/** Pages and small blocks lie close together: one read of this size serves many. */
const WINDOW_BYTES = 32 * 1024;
const WINDOWS_BUDGET = 4 * 1024 * 1024;

/** Reads a file by windows, of which the ones used last are kept. What is given stays as it is. */
export class FileWindows {
  readonly size: number;
  private readonly file: PstFile;
  private readonly windows = new Recent<number, Uint8Array>(WINDOWS_BUDGET);

  constructor(file: PstFile) {
    this.file = file;
    this.size = file.size;
  }

  /** Throws `malformed` when they do not lie within the file. */
  bytes(position: number, length: number): Uint8Array {
    if (position < 0 || position + length > this.size)
      throw damage('file', `offset ${position} lies beyond its end`);
    const window = Math.floor(position / WINDOW_BYTES);
    if (position + length > (window + 1) * WINDOW_BYTES) return this.read(position, length);
    const start = position - window * WINDOW_BYTES;
    return this.window(window).subarray(start, start + length);
  }

  private window(n: number): Uint8Array {
    let bytes = this.windows.get(n);
    if (bytes === undefined) {
      const position = n * WINDOW_BYTES;
      bytes = this.read(position, Math.min(WINDOW_BYTES, this.size - position));
      this.windows.set(n, bytes, bytes.length);
    }
    return bytes;
  }

  private read(position: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    let got = 0;
    while (got < length) {
      const read = this.file.readAt(got === 0 ? bytes : bytes.subarray(got), position + got);
      if (read === 0) throw damage('file', `it ends at ${position + got}, before it should`);
      got += read;
    }
    return bytes;
  }
}
