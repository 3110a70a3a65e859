import type { BigIntStats } from 'node:fs';

/**
 * Whether a time of change is so recent that another change may not show in it. File systems that count in whole
 * seconds (FAT: two) can hide a change for that long, the others for a tick of the clock (10 ms at most).
 */
export function isFresh(mtimeNs: bigint): boolean {
  const ageMs = Date.now() - Number(mtimeNs / 1_000_000n);
  return ageMs < (mtimeNs % 1_000_000_000n === 0n ? COARSE_MS : FINE_MS);
}

const COARSE_MS = 3000;
const FINE_MS = 100;

/** Another one whenever a file was written over or put in another's place; as the file system tells it. */
export function fileStamp({ size, mtimeNs, ino }: Pick<BigIntStats, 'size' | 'mtimeNs' | 'ino'>): string {
  return `${size}.${mtimeNs}.${ino}`;
}
