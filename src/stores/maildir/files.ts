import { readFileSync, statSync } from 'node:fs';
import type { FilePath } from '../below.ts';

/** A small file as Latin-1 text; empty when it is absent, unreadable, no file, or larger than it can honestly be. */
export function smallFile(file: FilePath, maxBytes: number): string {
  try {
    const stats = statSync(file);
    return stats.isFile() && stats.size <= maxBytes ? readFileSync(file, 'latin1') : '';
  } catch {
    return '';
  }
}
