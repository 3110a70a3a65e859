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

/** The same as `ReadAt`, without waiting. */
export type ReadAtOnce = (into: Buffer, position: number) => number;

/** What asks for bytes of the file and is given them, whether the file is read with waiting or without. */
export type Reading<T> = Generator<{ position: number; length: number }, T, Buffer>;

/** Exactly `length` bytes. */
export function* readExactly(position: number, length: number): Reading<Buffer> {
  return yield { position, length };
}

/** Gives a reading its bytes; `malformed` where the file does not have them. */
export async function readThrough<T>(reading: Reading<T>, readAt: ReadAt, on: string): Promise<T> {
  let step = reading.next();
  while (!step.done) {
    const { position, length } = step.value;
    const bytes = Buffer.allocUnsafe(length);
    for (let filled = 0; filled < length; )
      filled += came(await readAt(bytes.subarray(filled), position + filled), on);
    step = reading.next(bytes);
  }
  return step.value;
}

/** The same, without waiting. */
export function readThroughAtOnce<T>(reading: Reading<T>, readAt: ReadAtOnce, on: string): T {
  let step = reading.next();
  while (!step.done) {
    const { position, length } = step.value;
    const bytes = Buffer.allocUnsafe(length);
    for (let filled = 0; filled < length; )
      filled += came(readAt(bytes.subarray(filled), position + filled), on);
    step = reading.next(bytes);
  }
  return step.value;
}

function came(bytes: number, on: string): number {
  if (bytes === 0) throw malformed(on, 'the archive is cut short');
  return bytes;
}
