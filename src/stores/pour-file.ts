import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { Trouble } from '../trouble.ts';
import type { FilePath } from './below.ts';
import type { Hold } from './hold.ts';

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
  const fd = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile()) throw trouble('refused', file, 'not a regular file');
    check?.(stats);
    const sink = hold.begin(stats.size);
    try {
      let at = 0;
      while (at < stats.size) {
        const read = readSync(fd, scratch, 0, Math.min(PIECE_BYTES, stats.size - at), at);
        if (read === 0) throw trouble('malformed', file, 'the file is shorter than it was');
        sink.write(scratch.subarray(0, read));
        at += read;
      }
    } catch (cause) {
      sink.abort();
      throw cause;
    }
    return { body: sink.end(), mtimeMs: stats.mtimeMs };
  } finally {
    closeSync(fd);
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
