import { segmentsOf, type ZipEntry, type ZipList } from '../formats/zip/index.ts';
import type { FileName } from './files.ts';
import type { Aside, AsideBecause } from './source.ts';

/** What a zip archive holds, as directories. Nothing of it was unpacked. */
export interface PackedTree {
  /** By their paths: Latin-1 names, `/` between them; the root is empty. */
  directories: ReadonlyMap<string, readonly FileName[]>;
  /** By their paths; symbolic links too. */
  files: ReadonlyMap<string, ZipEntry>;
  /** What can lie nowhere in the tree. */
  left: readonly Aside[];
}

/** Some 400 bytes each are kept in memory: 100 MB for an archive with the mail of a quarter of a million days. */
const FILES_MAX = 250_000;
/** More than any mailbox has folders; each is walked. */
const DIRECTORIES_MAX = 50_000;
/** Of all paths together: directories may be nested, and each knows its whole path. */
const PATHS_MAX_CHARS = 64 * 1024 * 1024;
const LEFT_MAX = 1000;
const ARCHIVE = /\.(?:zip|7z|rar|tgz|tar|tar\.gz)$/i;

/**
 * The tree of the entries that `list` tells. Names become plain segments; one that leads anywhere else is left. Two files of one
 * name are both kept, the later ones with a number: an archive may hold such, a directory cannot.
 */
export function packedTree(list: (keep: (entry: ZipEntry) => boolean) => ZipList): PackedTree {
  const growing = new Growing();
  list((entry) => growing.add(entry));
  growing.settle();
  return growing;
}

class Growing implements PackedTree {
  readonly directories = new Map<string, FileName[]>([['', []]]);
  readonly files = new Map<string, ZipEntry>();
  readonly left: Aside[] = [];
  private chars = 0;
  /** The number to try next, of names that were met twice. */
  private readonly numbers = new Map<string, number>();

  /** Whether the entry is to be kept. */
  add(entry: ZipEntry): boolean {
    const segments = segmentsOf(entry.name);
    if (segments === null) return this.leave(entry.name, 'unsafe-name');
    const name = bytesOf(segments.pop()!);
    const parent = this.enter(segments.map(bytesOf));
    if (parent === null) return this.leave(entry.name, 'too-many');
    if (entry.is === 'directory') {
      this.enter([...segments.map(bytesOf), name]);
      return false;
    }
    if (this.files.size >= FILES_MAX || this.chars > PATHS_MAX_CHARS)
      return this.leave(entry.name, 'too-many');
    this.place(parent, name, entry);
    return true;
  }

  /** A file that has the name of a directory gets a number as well. */
  settle(): void {
    const clashes = new Map<string, Set<string>>();
    for (const directory of this.directories.keys()) {
      if (!this.files.has(directory)) continue;
      const slash = directory.lastIndexOf('/');
      const parent = directory.slice(0, Math.max(0, slash));
      const names = clashes.get(parent) ?? new Set();
      clashes.set(parent, names.add(directory.slice(slash + 1)));
    }
    for (const [parent, names] of clashes) {
      const kept = this.directories.get(parent)!;
      this.directories.set(
        parent,
        kept.filter(({ name, is }) => is === 'directory' || !names.has(name)),
      );
      for (const name of names) {
        const entry = this.files.get(join(parent, name))!;
        this.files.delete(join(parent, name));
        this.place(parent, name, entry);
      }
    }
  }

  private place(parent: string, name: string, entry: ZipEntry): void {
    const wanted = join(parent, name);
    let free = name;
    let n = this.numbers.get(wanted) ?? 2;
    for (; this.isTaken(join(parent, free)); n += 1) free = numbered(name, n);
    if (free !== name) this.numbers.set(wanted, n);
    this.files.set(join(parent, free), entry);
    this.chars += wanted.length;
    const because = becauseOf(entry);
    this.directories.get(parent)!.push({
      name: free,
      is: entry.is === 'symbolic-link' ? 'link' : ARCHIVE.test(free) ? 'nested' : 'file',
      ...(because === null ? {} : { because }),
    });
  }

  private isTaken(path: string): boolean {
    return this.files.has(path) || this.directories.has(path);
  }

  /** Makes the directories that are not there yet; null when there are too many. */
  private enter(segments: readonly string[]): string | null {
    let at = '';
    for (const name of segments) {
      const inner = join(at, name);
      if (!this.directories.has(inner)) {
        if (this.directories.size >= DIRECTORIES_MAX || this.chars > PATHS_MAX_CHARS) return null;
        this.chars += inner.length;
        this.directories.set(inner, []);
        this.directories.get(at)!.push({ name, is: 'directory' });
      }
      at = inner;
    }
    return at;
  }

  private leave(name: string, because: AsideBecause): false {
    if (this.left.length < LEFT_MAX) this.left.push({ path: name, because });
    else if (this.left.length === LEFT_MAX) this.left.push({ path: name, because: 'too-many' });
    return false;
  }
}

function join(directory: string, name: string): string {
  return directory === '' ? name : `${directory}/${name}`;
}

/** Names are bytes, as in the tree around the archive. */
function bytesOf(segment: string): string {
  return Buffer.from(segment).toString('latin1');
}

/** `a.eml` becomes `a (2).eml`. */
function numbered(name: string, n: number): string {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? `${name.slice(0, dot)} (${n})${name.slice(dot)}` : `${name} (${n})`;
}

function becauseOf({ refused }: ZipEntry): AsideBecause | null {
  if (refused === null) return null;
  if (refused === 'encrypted') return 'encrypted';
  return refused.startsWith('it would grow') ? 'overgrown' : 'unreadable';
}
