import type { Body, Hold, Sink } from '../hold.ts';
import { openSpool, type Spool } from './file.ts';
import { makeSlabs, type Range, type Slabs } from './slabs.ts';

export interface TravelOptions {
  /** Where messages too large for memory go; made when first needed. */
  directory: string;
  /** Messages above this size go to a file. */
  fileAboveBytes: number;
  /** While all that is held takes less than `belowBytes`, only messages above this size go to a file. */
  withRoom?: { belowBytes: number; fileAboveBytes: number };
  slabBytes?: number;
  /** Writes over the bytes of released messages, so that a test sees who reads them too late. */
  overwriteReleased?: boolean;
}

/** The hold of messages on the road: small ones in recycled memory, large ones in temporary files. */
export interface TravelHold extends Hold {
  /** Memory taken from the system for messages, in bytes. */
  memoryBytes(): number;
  /** Messages not released. */
  held(): number;
}

const SLAB_BYTES = 1024 * 1024;
/** Reserved when the store does not know the size. */
const UNKNOWN_BYTES = 8 * 1024;

/** Sinks throw Trouble `full` or `denied` (`write-file`) when a temporary file cannot be written. */
export function travelHold(options: TravelOptions): TravelHold {
  const slabs = makeSlabs(options.slabBytes ?? SLAB_BYTES, options.overwriteReleased ?? false);
  const road: Road = { options, slabs, held: 0 };
  return {
    begin: (sizeHint) => beginSink(road, sizeHint),
    memoryBytes: slabs.bytes,
    held: () => road.held,
  };
}

interface Road {
  options: TravelOptions;
  slabs: Slabs;
  held: number;
}

/** A file costs three times the copying of memory: not for a message that there is room for. */
function limitNow({ options: { fileAboveBytes, withRoom }, slabs }: Road, sizeHint: number): number {
  const isRoom = withRoom !== undefined && slabs.liveBytes() + sizeHint < withRoom.belowBytes;
  return isRoom ? withRoom.fileAboveBytes : fileAboveBytes;
}

function beginSink(road: Road, sizeHint: number): Sink<Body> {
  const { options, slabs } = road;
  const fileAboveBytes = limitNow(road, sizeHint);
  let spool: Spool | null = null;
  let range: Range | null = null;
  let size = 0;

  if (sizeHint > fileAboveBytes) spool = openSpool(options.directory);
  else range = slabs.reserve(sizeHint > 0 ? Math.ceil(sizeHint) : Math.min(UNKNOWN_BYTES, fileAboveBytes));
  road.held += 1;

  /** More came than was reserved. */
  function grow(needed: number): void {
    const wanted = Math.min(Math.max(needed, size * 2), fileAboveBytes);
    if (!range || slabs.stretch(range, wanted)) return;
    const old = range;
    range = slabs.reserve(wanted);
    old.slab.bytes.copy(range.slab.bytes, range.start, old.start, old.start + size);
    slabs.release(old);
  }

  function toFile(): Spool {
    const file = openSpool(options.directory);
    spool = file;
    if (range) {
      file.write(range.slab.bytes.subarray(range.start, range.start + size));
      slabs.release(range);
      range = null;
    }
    return file;
  }

  function write(piece: Uint8Array): void {
    const needed = size + piece.length;
    if (spool || needed > fileAboveBytes) (spool ?? toFile()).write(piece);
    else {
      if (range && needed > range.length) grow(needed);
      range!.slab.bytes.set(piece, range!.start + size);
    }
    size = needed;
  }

  let done = false;
  function release(): void {
    if (done) return;
    done = true;
    road.held -= 1;
    spool?.release();
    if (range) slabs.release(range);
  }

  return {
    write,
    end: () => (spool ? fileBody(spool, release) : memoryBody(slabs, range!, size, release)),
    abort: release,
  };
}

function fileBody(spool: Spool, release: () => void): Body {
  return { ...spool.end(), release };
}

function memoryBody(slabs: Slabs, range: Range, size: number, release: () => void): Body {
  slabs.trim(range, size);
  const memory = range.slab.bytes.subarray(range.start, range.start + size);
  return { size, memory, chunks: () => [memory], release };
}
