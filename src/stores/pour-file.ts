import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { Trouble } from '../trouble.ts';
import type { FilePath } from './below.ts';
import { type Hold, poured } from './hold.ts';

/**
 * Small files are read faster in one go than by asking four times for a thread; so this reads at once and the caller
 * breathes between files.
 */
const PIECE_BYTES = 1024 * 1024;
const scratch = Buffer.allocUnsafeSlow(PIECE_BYTES);

export interface Poured<B> {
  body: B;
  /** Milliseconds since 1970. */
  mtimeMs: number;
}

/**
 * Reads a whole regular file into the hold; a symbolic link is not followed. Throws what the file system throws, or
 * Trouble `refused` (no regular file) or `malformed` (cut short while it was read), or what `check` throws.
 */
export function pourFile<B>(file: FilePath, hold: Hold<B>, check?: (stats: Stats) => void): Poured<B> {
  return withFile(file, (fd, stats) => {
    check?.(stats);
    const body = poured(hold, stats.size, (write) => pourSpan({ fd, file, from: 0, to: stats.size }, write));
    return { body, mtimeMs: stats.mtimeMs };
  });
}

/** Opens a regular file for as long as `use` takes. Throws as `pourFile` does, and what `use` throws. */
export function withFile<T>(file: FilePath, use: (fd: number, stats: Stats) => T): T {
  const fd = openFile(file);
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile()) throw trouble('refused', file, 'not a regular file');
    return use(fd, stats);
  } finally {
    closeSync(fd);
  }
}

/** For reading; a symbolic link is not followed, and nothing that is no file is waited for. */
function openFile(file: FilePath): number {
  return openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
}

/** The first `size` bytes of a file, `pieceBytes` at a time, the last fewer. Throws as `pourFile` does. */
export function* piecesOf(file: FilePath, size: number, pieceBytes: number): Generator<Uint8Array> {
  const fd = openFile(file);
  try {
    for (let at = 0; at < size; at += pieceBytes) {
      const wanted = Math.min(pieceBytes, size - at);
      const piece = readAt(fd, at, wanted);
      if (piece.length < wanted) throw trouble('malformed', file, 'the file is shorter than it was');
      yield piece;
    }
  } finally {
    closeSync(fd);
  }
}

/** As many of the bytes as the file has. */
export function readAt(fd: number, from: number, size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  let filled = 0;
  while (filled < size) {
    const read = readSync(fd, bytes, filled, size - filled, from + filled);
    if (read === 0) break;
    filled += read;
  }
  return bytes.subarray(0, filled);
}

/** A part of an open file, in pieces that are valid until the next one. Throws as `pourFile` does. */
export function pourSpan(
  { fd, file, from, to }: { fd: number; file: FilePath; from: number; to: number },
  write: (piece: Uint8Array) => void,
): void {
  for (let at = from; at < to; ) {
    const read = readSync(fd, scratch, 0, Math.min(PIECE_BYTES, to - at), at);
    if (read === 0) throw trouble('malformed', file, 'the file is shorter than it was');
    write(scratch.subarray(0, read));
    at += read;
  }
}

function trouble(kind: 'refused' | 'malformed', file: FilePath, answer: string): Trouble {
  return new Trouble(kind, { tried: 'read-message', on: file.toString(), answer });
}

/** Lets everything else have its turn when this one has taken `TURN_MS`. */
export class Breath {
  private since = performance.now();

  /** Null when it is not time yet: then there is nothing to wait for. */
  due(): Promise<void> | null {
    if (performance.now() - this.since < TURN_MS) return null;
    return setImmediate().then(() => {
      this.since = performance.now();
    });
  }
}

const TURN_MS = 5;
