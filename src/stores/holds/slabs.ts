/**
 * Memory for messages that come and go by the thousand. A buffer each would be garbage outside the heap, which the
 * collector sees too late: resident memory climbs to many times what is in use. Here large slabs are filled one message
 * behind the other, counted, and used again when their last message is gone.
 */

interface Slab {
  bytes: Buffer;
  /** Where the next range begins. */
  used: number;
  /** Ranges not given back. */
  ranges: number;
}

/** A range of a slab that belongs to one message. */
export interface Range {
  slab: Slab;
  start: number;
  /** Reserved, in bytes. */
  length: number;
}

export interface Slabs {
  reserve(length: number): Range;
  /** Makes the range longer where it lies, if nothing lies behind it. */
  stretch(range: Range, length: number): boolean;
  /** Gives back what is not used of the last range of a slab. */
  trim(range: Range, length: number): void;
  release(range: Range): void;
  /** All slabs, in bytes, in use and free. */
  bytes(): number;
  /** Slabs in use, in bytes. */
  liveBytes(): number;
}

/**
 * Free slabs kept for use again, in bytes; the rest goes to the collector. As much as is in use at the busiest: new memory
 * costs more than the copying into it (the system hands it out page by page, each wiped).
 */
const SPARE_BYTES = 48 * 1024 * 1024;

export function makeSlabs(slabBytes: number, overwriteReleased: boolean): Slabs {
  /** By size: the ordinary one, and powers of two above it for messages that do not fit. */
  const spare = new Map<number, Slab[]>();
  let spareBytes = 0;
  let liveBytes = 0;
  let current: Slab | null = null;

  function take(bytes: number): Slab {
    let size = slabBytes;
    while (size < bytes) size *= 2;
    liveBytes += size;
    const slab = spare.get(size)?.pop();
    if (!slab) return { bytes: Buffer.allocUnsafeSlow(size), used: 0, ranges: 0 };
    spareBytes -= size;
    return slab;
  }

  function retire(slab: Slab): void {
    const size = slab.bytes.length;
    slab.used = 0;
    if (slab === current) return;
    liveBytes -= size;
    if (spareBytes + size > SPARE_BYTES) return;
    spareBytes += size;
    const list = spare.get(size);
    if (list) list.push(slab);
    else spare.set(size, [slab]);
  }

  function slabFor(length: number): Slab {
    if (length > slabBytes) return take(length);
    if (current && current.used + length <= slabBytes) return current;
    current = take(length);
    return current;
  }

  return {
    reserve(length) {
      const slab = slabFor(length);
      const range = { slab, start: slab.used, length };
      slab.used += length;
      slab.ranges += 1;
      return range;
    },
    stretch(range, length) {
      const { slab } = range;
      if (range.start + range.length !== slab.used || range.start + length > slab.bytes.length) return false;
      slab.used = range.start + length;
      range.length = length;
      return true;
    },
    trim(range, length) {
      if (range.start + range.length === range.slab.used) range.slab.used = range.start + length;
      range.length = length;
    },
    release(range) {
      const { slab, start, length } = range;
      if (overwriteReleased) slab.bytes.fill(0xdb, start, start + length);
      if (start + length === slab.used) slab.used = start;
      slab.ranges -= 1;
      if (slab.ranges === 0) retire(slab);
    },
    bytes: () => liveBytes + spareBytes,
    liveBytes: () => liveBytes,
  };
}
