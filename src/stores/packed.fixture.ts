import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeZip, type Packed } from '../formats/zip/zip.fixture.ts';

/** How a tree of files is given to a store: as it is, as a zip, or as a directory in which the zip lies. */
export type Packing = 'plain' | 'zip' | 'stored zip';

/** A directory for the hands of a test, and what the store is given of it. */
export interface Stage {
  /** Where the hands write. */
  root: string;
  /** What the store reads. */
  path: string;
  /** To be called when the hands are done. */
  settle(): void;
  remove(): void;
  /** Names of files that cannot be: a zip separates at backslashes, and takes `C:` for a drive. */
  refuses: RegExp;
}

export function stageFor(packing: Packing, prefix: string): Stage {
  const base = mkdtempSync(path.join(tmpdir(), prefix));
  if (packing === 'plain')
    return {
      root: base,
      path: base,
      settle() {},
      remove: () => rmSync(base, { recursive: true }),
      refuses: /[/\0]|^\./,
    };
  const root = path.join(base, 'tree');
  const zip = path.join(base, 'mail.zip');
  // Old enough to be trusted, and never twice the same.
  let time = 1_700_000_000;
  const settle = () => {
    writeFileSync(zip, zipOf(root, packing === 'zip' ? 8 : 0));
    time += 2;
    utimesSync(zip, time, time);
  };
  mkdirSync(root);
  settle();
  return {
    ...{ root, path: zip, settle, remove: () => rmSync(base, { recursive: true }) },
    refuses: /[/\\\0]|^\.|^[A-Za-z]:/,
  };
}

/** A zip of all that lies below a directory. */
export function zipOf(root: string, method: 0 | 8): Buffer {
  return makeZip(packedBelow(root, '', method));
}

function packedBelow(root: string, inner: string, method: 0 | 8): Packed[] {
  const entries = readdirSync(path.join(root, inner), { withFileTypes: true });
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry): Packed[] => {
      const name = inner === '' ? entry.name : `${inner}/${entry.name}`;
      if (!entry.isDirectory()) return [{ name, bytes: readFileSync(path.join(root, name)), method }];
      return [{ name: `${name}/`, bytes: Buffer.alloc(0), method: 0 }, ...packedBelow(root, name, method)];
    });
}
