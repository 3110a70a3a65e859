import { readFileSync, statSync } from 'node:fs';
import type { FilePath } from '../pour-file.ts';

/** A path below `root` whose parts are Latin-1 names; a Buffer where a name holds bytes beyond ASCII. */
export function below(root: string, ...names: readonly string[]): FilePath {
  const tail = names.filter((name) => name !== '').join('/');
  const text = tail === '' ? root : `${root}/${tail}`;
  return /^[\x00-\x7f]*$/.test(tail)
    ? text
    : Buffer.concat([Buffer.from(`${root}/`), Buffer.from(tail, 'latin1')]);
}

/** A small file as Latin-1 text; empty when it is absent, unreadable, no file, or larger than it can honestly be. */
export function smallFile(file: FilePath, maxBytes: number): string {
  try {
    const stats = statSync(file);
    return stats.isFile() && stats.size <= maxBytes ? readFileSync(file, 'latin1') : '';
  } catch {
    return '';
  }
}
