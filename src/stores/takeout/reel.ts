import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { type EntryStream, openEntry } from '../../formats/zip/index.ts';
import { Trouble } from '../../trouble.ts';
import { below, leadsDown, levelsOf } from '../below.ts';
import { fileTrouble } from '../file-trouble.ts';
import type { Mbox } from './find.ts';

/** An mbox, read forwards. */
export interface Tape {
  stream: EntryStream;
  /** Twice is once. */
  close(): Promise<void>;
}

/** Opens an mbox at its first byte. Throws Trouble `missing`, `denied`, `malformed` (a zip). */
export async function openTape(root: string, mbox: Mbox, on: string): Promise<Tape> {
  const { handle: name } = mbox.container;
  const levels = levelsOf(name);
  if (!leadsDown(root, levels.slice(0, -1)))
    throw new Trouble('missing', { tried: 'read-file', on, answer: 'the directory is no longer there' });
  // A link put in the place of a file after it was listed must not lead out of the tree; the root itself may be one.
  const flags = constants.O_RDONLY | (name === '' ? 0 : (constants.O_NOFOLLOW ?? 0));
  const file = await open(below(root, name), flags).catch((cause) => {
    throw fileTrouble(cause, 'read-file', on);
  });
  const readAt = async (into: Buffer, position: number): Promise<number> => {
    try {
      return (await file.read(into, 0, into.length, position)).bytesRead;
    } catch (cause) {
      throw fileTrouble(cause, 'read-file', on);
    }
  };
  let opened = true;
  const close = async (): Promise<void> => {
    if (!opened) return;
    opened = false;
    await file.close();
  };
  try {
    const stream = mbox.entry === null ? plain(readAt, mbox.size) : await openEntry(readAt, mbox.entry, on);
    return {
      stream,
      async close() {
        stream.close();
        await close();
      },
    };
  } catch (cause) {
    await close();
    throw cause;
  }
}

type ReadAt = (into: Buffer, position: number) => Promise<number>;

function plain(readAt: ReadAt, size: number): EntryStream {
  let position = 0;
  return {
    get position() {
      return position;
    },
    async read(into) {
      const wanted = Math.min(into.length, size - position);
      let filled = 0;
      while (filled < wanted) {
        const read = await readAt(into.subarray(filled, wanted), position + filled);
        if (read === 0) break;
        filled += read;
      }
      position += filled;
      return filled;
    },
    async skipTo(to) {
      position = Math.max(position, to);
    },
    close() {},
  };
}

const WINDOW_BYTES = 1024 * 1024;

/** Shows a stretch of an mbox: `bytes` from index `at` on. What it shows stays valid until it is asked again. */
export interface Shows {
  readonly bytes: Buffer;
  readonly at: number;
  /** Makes `length` bytes from `offset` visible, or as many as fit; answers how many. The mbox must have them. */
  show(offset: number, length: number, on: string): Promise<number>;
}

/** A window that moves over a tape, forwards. */
export class Reel implements Shows {
  readonly bytes: Buffer;
  /** Where the first byte of the window lies in the mbox: nothing before it can be shown any more. */
  base = 0;
  /** Index of what was last shown. */
  at = 0;
  private length = 0;
  private readonly tape: Tape;

  constructor(tape: Tape, size: number) {
    this.tape = tape;
    this.bytes = Buffer.allocUnsafeSlow(Math.min(size, WINDOW_BYTES));
  }

  async show(offset: number, length: number, on: string): Promise<number> {
    const wanted = Math.min(length, this.bytes.length);
    const held = this.base + this.length - offset;
    if (held < wanted) await this.advance(offset, Math.max(0, held));
    this.at = offset - this.base;
    if (this.length - this.at < wanted)
      throw new Trouble('missing', { tried: 'read-message', on, answer: 'the file is shorter now' });
    return wanted;
  }

  /** It has shown nothing yet. */
  get isNew(): boolean {
    return this.base === 0 && this.length === 0;
  }

  close(): Promise<void> {
    return this.tape.close();
  }

  private async advance(offset: number, held: number): Promise<void> {
    if (held > 0) this.bytes.copyWithin(0, this.length - held, this.length);
    this.base = offset;
    this.length = held;
    if (held === 0) await this.tape.stream.skipTo(offset);
    this.length += await this.tape.stream.read(this.bytes.subarray(held));
  }
}
