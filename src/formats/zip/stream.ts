import { Readable } from 'node:stream';
import { crc32, createInflateRaw, type InflateRaw } from 'node:zlib';
import { isTrouble, Trouble } from '../../trouble.ts';
import { malformed, type ReadAt, type Reading, readExactly, readThrough, type ZipEntry } from './entry.ts';

/** The content of one entry, forwards only. Memory is the same for any size. */
export interface EntryStream {
  /** Of the next byte. */
  readonly position: number;
  /** Fills `into` as far as the entry goes; 0 at its end. Throws `malformed`: damaged, longer or shorter than told. */
  read(into: Buffer): Promise<number>;
  /** Moves on; a stored entry jumps, and is then no longer checked. Never back: that takes a stream of its own. */
  skipTo(position: number): Promise<void>;
  /** Twice is once. */
  close(): void;
}

const LOCAL_BYTES = 30;
const PIECE_BYTES = 64 * 1024;

/**
 * Opens an entry at its first byte. The local header must agree with the directory. At the last byte size and CRC-32 are
 * compared. Throws `malformed`; what `readAt` throws comes through as it is.
 */
export async function openEntry(readAt: ReadAt, entry: ZipEntry, on: string): Promise<EntryStream> {
  if (entry.refused !== null) throw malformed(on, entry.refused);
  const start = await readThrough(contentStart(entry, on), readAt, on);
  return entry.method === 0 ? new Stored(readAt, entry, start, on) : new Deflated(readAt, entry, start, on);
}

/** Where the packed bytes begin. Throws `malformed` when the local header says other things than the directory. */
export function* contentStart(entry: ZipEntry, on: string): Reading<number> {
  if (entry.offset + LOCAL_BYTES > entry.limit) throw malformed(on, 'the entry lies outside of the archive');
  const head = yield* readExactly(entry.offset, LOCAL_BYTES);
  const nameLength = head.readUInt16LE(26);
  const name = entry.offset + LOCAL_BYTES;
  const start = name + nameLength + head.readUInt16LE(28);
  const agrees =
    head.readUInt32LE(0) === 0x04034b50 &&
    head.readUInt16LE(8) === entry.method &&
    nameLength === entry.rawName.length &&
    start + entry.packed <= entry.limit;
  if (!agrees || !(yield* readExactly(name, nameLength)).equals(entry.rawName))
    throw malformed(on, 'the header of the entry and the directory contradict each other');
  return start;
}

/** Counts and checks what passes. */
class Check {
  private crc = 0;
  private whole = true;
  private readonly entry: ZipEntry;
  private readonly on: string;

  constructor(entry: ZipEntry, on: string) {
    this.entry = entry;
    this.on = on;
  }

  pass(bytes: Buffer): void {
    if (this.whole) this.crc = crc32(bytes, this.crc);
  }

  jump(): void {
    this.whole = false;
  }

  end(position: number): void {
    if (position !== this.entry.size)
      throw malformed(this.on, `unpacks to ${position} bytes instead of ${this.entry.size}`);
    if (this.whole && this.crc !== this.entry.crc)
      throw malformed(this.on, 'the checksum (CRC-32) is wrong: the archive is damaged');
  }
}

class Stored implements EntryStream {
  position = 0;
  private readonly readAt: ReadAt;
  private readonly size: number;
  private readonly start: number;
  private readonly check: Check;
  private readonly on: string;

  constructor(readAt: ReadAt, entry: ZipEntry, start: number, on: string) {
    this.readAt = readAt;
    this.size = entry.size;
    this.start = start;
    this.check = new Check(entry, on);
    this.on = on;
  }

  async read(into: Buffer): Promise<number> {
    const wanted = Math.min(into.length, this.size - this.position);
    let filled = 0;
    while (filled < wanted) {
      const read = await this.readAt(into.subarray(filled, wanted), this.start + this.position + filled);
      if (read === 0) throw malformed(this.on, 'the archive is cut short');
      filled += read;
    }
    this.check.pass(into.subarray(0, filled));
    this.position += filled;
    if (this.position === this.size) this.check.end(this.position);
    return filled;
  }

  async skipTo(position: number): Promise<void> {
    if (position > this.position) this.check.jump();
    this.position = Math.max(this.position, Math.min(position, this.size));
  }

  close(): void {}
}

class Deflated implements EntryStream {
  position = 0;
  private readonly size: number;
  private readonly check: Check;
  private readonly on: string;
  private readonly inflate: InflateRaw;
  private readonly pieces: AsyncIterator<Buffer>;
  private rest: Buffer = Buffer.alloc(0);
  private ended = false;

  constructor(readAt: ReadAt, entry: ZipEntry, start: number, on: string) {
    this.size = entry.size;
    this.check = new Check(entry, on);
    this.on = on;
    const packed = Readable.from(packedPieces(readAt, start, entry.packed, on), { highWaterMark: 1 });
    const inflate = createInflateRaw({ chunkSize: PIECE_BYTES });
    packed.on('error', (cause) => inflate.destroy(cause));
    inflate.on('close', () => packed.destroy());
    // Told by the iterator, to whoever reads next; until then it must not count as unheard.
    inflate.on('error', () => {});
    packed.pipe(inflate);
    this.inflate = inflate;
    this.pieces = inflate[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  async read(into: Buffer): Promise<number> {
    let filled = 0;
    while (filled < into.length && (await this.more())) {
      const taken = this.rest.copy(into, filled);
      this.rest = this.rest.subarray(taken);
      filled += taken;
      this.position += taken;
    }
    return filled;
  }

  async skipTo(position: number): Promise<void> {
    while (this.position < position && (await this.more())) {
      const taken = Math.min(this.rest.length, position - this.position);
      this.rest = this.rest.subarray(taken);
      this.position += taken;
    }
  }

  close(): void {
    this.ended = true;
    this.rest = Buffer.alloc(0);
    this.inflate.destroy();
  }

  /** Whether there are bytes at hand. */
  private async more(): Promise<boolean> {
    while (this.rest.length === 0 && !this.ended) {
      const next = await this.next();
      if (next === null) {
        this.ended = true;
        this.check.end(this.position);
        return false;
      }
      // Never more than was told, or a small file could make us work for hours.
      if (this.position + next.length > this.size)
        throw this.stop(malformed(this.on, `unpacks to more than the ${this.size} bytes it tells of`));
      this.check.pass(next);
      this.rest = next;
    }
    return this.rest.length > 0;
  }

  private async next(): Promise<Buffer | null> {
    try {
      const { value, done } = await this.pieces.next();
      return done === true ? null : value;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE')
        throw new Trouble('lost', { tried: 'read-file', on: this.on, answer: 'closed', cause });
      throw this.stop(
        isInflateError(cause) ? malformed(this.on, 'the packed bytes are damaged', cause) : cause,
      );
    }
  }

  private stop(error: unknown): unknown {
    this.close();
    return error;
  }
}

function isInflateError(cause: unknown): boolean {
  if (isTrouble(cause)) return false;
  return cause instanceof Error && /^Z_/.test((cause as NodeJS.ErrnoException).code ?? '');
}

async function* packedPieces(
  readAt: ReadAt,
  start: number,
  packed: number,
  on: string,
): AsyncGenerator<Buffer> {
  for (let at = 0; at < packed; ) {
    const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, packed - at));
    const read = await readAt(piece, start + at);
    if (read === 0) throw malformed(on, 'the archive is cut short');
    at += read;
    yield piece.subarray(0, read);
  }
}
