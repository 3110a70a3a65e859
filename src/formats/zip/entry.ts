import { Trouble } from '../../trouble.ts';

/** Fills `into` from the file at `position`; answers how many bytes, 0 at the end. */
export type ReadAt = (into: Buffer, position: number) => Promise<number>;

/** A file in a zip archive, as the central directory tells it (APPNOTE 6.3.10 §4.3.12). Nothing of it was unpacked. */
export interface ZipEntry {
  /** As written, decoded; never to be used as a path of the file system. See `segmentsOf`. */
  name: string;
  /** The very bytes of the name: its local header must have the same. */
  rawName: Buffer;
  is: 'file' | 'directory' | 'symbolic-link';
  /** 0 stored, 8 deflated. */
  method: number;
  /** In bytes, unpacked and packed. */
  size: number;
  packed: number;
  crc: number;
  /** Of the local header, in the file. */
  offset: number;
  /** Where the next entry begins, or the directory: nothing is read from there on. */
  limit: number;
  /** Why it cannot be read, for people; null when it can be tried. */
  refused: string | null;
}

/** Whether these bytes begin like a zip archive (a local header, or the end record of an empty one). */
export function isZip(start: Buffer): boolean {
  return start.length >= 4 && start[0] === 0x50 && start[1] === 0x4b && (start[2] === 3 || start[2] === 5);
}

export function malformed(on: string, answer: string, cause?: unknown): Trouble {
  return new Trouble('malformed', { tried: 'read-file', on, answer, cause });
}

/** Exactly `length` bytes, or `malformed`. */
export async function readExactly(
  readAt: ReadAt,
  position: number,
  length: number,
  on: string,
): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const read = await readAt(bytes.subarray(filled), position + filled);
    if (read === 0) throw malformed(on, 'the archive is cut short');
    filled += read;
  }
  return bytes;
}
