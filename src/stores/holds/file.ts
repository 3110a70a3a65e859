import { randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import path from 'node:path';
import { Trouble } from '../../trouble.ts';
import type { Body } from '../hold.ts';

const READ_BYTES = 256 * 1024;

/** A temporary file that takes one message. */
export interface Spool {
  /** Throws Trouble `full` (no space) or `denied`, `write-file`. */
  write(piece: Uint8Array): void;
  end(): Body;
  /** Closes and removes it. Twice is once. */
  release(): void;
}

/**
 * Makes a temporary file in `directory` (made if absent), readable by its owner only, and unlinks it at once where the
 * system can do that, so that not even a kill leaves mail behind.
 */
export function openSpool(directory: string): Spool {
  const name = path.join(directory, `travel-${randomUUID()}.tmp`);
  const fd = attempt(name, () => {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    return openSync(name, 'wx+', 0o600);
  });
  const unlinked = unlink(name);
  let size = 0;
  let open = true;

  function release(): void {
    if (!open) return;
    open = false;
    closeSync(fd);
    if (!unlinked) unlink(name);
  }

  return {
    write(piece) {
      for (let at = 0; at < piece.length; ) {
        const written = attempt(name, () => writeSync(fd, piece, at, piece.length - at, size));
        at += written;
        size += written;
      }
    },
    end: () => ({
      size,
      memory: null,
      *chunks() {
        const buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, size));
        for (let at = 0; at < size; ) {
          if (!open) throw new Error('a body was read after its release');
          const read = attempt(name, () => readSync(fd, buffer, 0, Math.min(READ_BYTES, size - at), at));
          if (read === 0)
            throw new Trouble('malformed', { tried: 'read-file', on: name, answer: 'file is cut short' });
          at += read;
          yield buffer.subarray(0, read);
        }
      },
      release,
    }),
    release,
  };
}

function unlink(name: string): boolean {
  try {
    unlinkSync(name);
    return true;
  } catch (error) {
    // Windows keeps the name of an open file: it is removed on release.
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

function attempt<T>(name: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const kind = code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG' ? 'full' : 'denied';
    throw new Trouble(kind, { tried: 'write-file', on: name, answer: message, cause });
  }
}
