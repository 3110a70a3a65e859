import { Trouble } from '../../trouble.ts';
import type { EntryStream } from './stream.ts';

/**
 * How far a reader may go back, or look ahead and come back, before the entry has to be unpacked from its beginning again.
 */
export const REACH_BYTES = 8 * 1024 * 1024;
const PIECE_BYTES = 256 * 1024;
/** Kept before a place that was jumped to. */
const BEHIND_BYTES = 64 * 1024;

/**
 * Reads an entry at any position, best in rising order: it goes over the unpacked bytes once and keeps the last of them
 * (`REACH_BYTES`, or the whole of a smaller entry). What lies before these costs unpacking anew.
 */
export class Forward {
  /** How often the entry was opened. */
  openings = 0;
  /** Whether all of it has passed, from the first byte to the last, so that its checksum was compared. */
  whole = false;
  private readonly ring: Buffer;
  private readonly size: number;
  private readonly open: () => Promise<EntryStream>;
  private stream: EntryStream | null = null;
  /** The bytes from `low` to `high` are in the ring, each at its position modulo the length. */
  private low = 0;
  private high = 0;
  private jumped = false;
  private closed = false;

  /** `open` is asked for the entry at its first byte. */
  constructor(size: number, open: () => Promise<EntryStream>) {
    this.size = size;
    this.open = open;
    this.ring = Buffer.allocUnsafeSlow(Math.max(1, Math.min(size, REACH_BYTES)));
  }

  /** From where on it can read without unpacking anew. */
  get reach(): number {
    return this.low;
  }

  /** Fills `into` from `position` on as far as the entry goes; answers how many bytes. Throws as `EntryStream` does. */
  async read(into: Buffer, position: number): Promise<number> {
    const wanted = Math.max(0, Math.min(into.length, this.size - position));
    let filled = 0;
    while (filled < wanted) {
      const at = position + filled;
      if (at < this.low || this.stream === null) await this.begin();
      if (at >= this.high) await this.goTo(at);
      filled += this.copy(into.subarray(filled, wanted), at);
    }
    return filled;
  }

  /** Twice is once. */
  close(): void {
    this.closed = true;
    this.stream?.close();
  }

  private async begin(): Promise<void> {
    this.stream?.close();
    this.stream = null;
    [this.low, this.high, this.jumped] = [0, 0, false];
    this.openings += 1;
    const stream = await this.open();
    // It may have been closed while this waited.
    if (this.closed) stream.close();
    this.stream = stream;
    if (this.size === 0) await this.compare();
  }

  /** Unpacks until the byte at `position` is in the ring. */
  private async goTo(position: number): Promise<void> {
    try {
      if (position - this.high > this.ring.length) {
        const from = position - BEHIND_BYTES;
        await this.stream!.skipTo(from);
        [this.low, this.high, this.jumped] = [from, from, true];
      }
      while (this.high <= position) await this.more();
    } catch (cause) {
      // Where it stopped is not known.
      this.stream?.close();
      this.stream = null;
      throw cause;
    }
  }

  private async more(): Promise<void> {
    const { ring } = this;
    const at = this.high % ring.length;
    const end = Math.min(ring.length, at + PIECE_BYTES);
    // What is written over is no longer there, even if nothing comes in its place.
    this.low = Math.max(this.low, this.high + (end - at) - ring.length);
    const came = await this.stream!.read(ring.subarray(at, end));
    if (this.closed) throw new Trouble('lost', { tried: 'read-file', on: 'zip', answer: 'closed' });
    if (came === 0) throw new Error('an entry ends before its size without saying so');
    this.high += came;
    if (this.high === this.size) await this.compare();
  }

  /** The end of the stream is where size and checksum are compared. */
  private async compare(): Promise<void> {
    const high = this.high;
    this.high = this.low;
    await this.stream!.read(Buffer.alloc(1));
    this.high = high;
    this.whole ||= !this.jumped;
  }

  private copy(into: Buffer, position: number): number {
    const { ring } = this;
    const at = position % ring.length;
    const length = Math.min(into.length, this.high - position, ring.length - at);
    return ring.copy(into, 0, at, at + length);
  }
}
