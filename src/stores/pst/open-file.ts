import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { Archive, foldersOf, type PstFolder, type Strays, straysOf } from '../../formats/pst/index.ts';
import { type Attempt, Trouble } from '../../trouble.ts';
import type { FilePath } from '../below.ts';
import { isFresh } from '../file-stamp.ts';
import { fileTrouble } from '../file-trouble.ts';

/** One file, open for reading as long as anyone reads from it, with what is known of it. */
export class OpenFile {
  /** Changes with the file. */
  readonly stamp: string;
  /** The stamp, or empty when the file is too fresh to trust it. */
  readonly steady: string;
  readonly archive: Archive;
  private readonly fd: number;
  private readonly name: string;
  private readonly stopped: () => boolean;
  private cachedFolders: readonly PstFolder[] | null = null;
  private cachedDamages: readonly Trouble[] | null = null;
  private cachedStrays: Strays | null = null;
  private users = 0;
  private dropped: (() => void) | null = null;
  private open = true;

  /** `stopped`: whether the store was closed meanwhile. Throws Trouble. */
  constructor(file: FilePath, name: string, options: { follow: boolean; stopped: () => boolean }) {
    this.name = name;
    this.stopped = options.stopped;
    const noFollow = options.follow ? 0 : (constants.O_NOFOLLOW ?? 0);
    try {
      this.fd = openSync(file, constants.O_RDONLY | noFollow);
    } catch (cause) {
      throw fileTrouble(cause, 'open-folder', name);
    }
    try {
      const { stamp, size, fresh } = this.look();
      this.stamp = stamp;
      this.steady = fresh ? '' : stamp;
      this.archive = new Archive({ size, readAt: (into, position) => this.readAt(into, position) });
    } catch (cause) {
      closeSync(this.fd);
      throw placed(cause, name);
    }
  }

  folders(): readonly PstFolder[] {
    this.cachedFolders ??= foldersOf(this.archive);
    return this.cachedFolders;
  }

  strays(): Strays {
    this.cachedStrays ??= straysOf(
      this.archive,
      this.folders().map(({ nid }) => nid),
    );
    return this.cachedStrays;
  }

  /** Throws `lost` when another program wrote to the file since it was opened: what was read may be of two states. */
  check(tried: Attempt): void {
    if (this.stopped()) throw new Trouble('lost', { tried, on: this.name, answer: 'closed' });
    if (this.look().stamp !== this.stamp)
      throw new Trouble('lost', { tried, on: this.name, answer: 'the file was changed while it was read' });
  }

  use(): this {
    this.users += 1;
    return this;
  }

  release(): void {
    this.users -= 1;
    this.closeUnused();
  }

  /** What cannot be read of the file's structure, as its folders were gathered. */
  damages(): readonly Trouble[] {
    this.folders();
    this.cachedDamages ??= [...this.archive.damages];
    return this.cachedDamages;
  }

  /** Whether the file that lies there now is this one, unchanged. */
  isStill(file: FilePath): boolean {
    const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
    return this.steady !== '' && stats !== undefined && stampOf(stats) === this.steady;
  }

  /** Nobody new will read from it; `closed` is called when nobody does. */
  drop(closed: () => void): void {
    this.dropped = closed;
    this.closeUnused();
  }

  close(): void {
    if (!this.open) return;
    this.open = false;
    closeSync(this.fd);
  }

  private closeUnused(): void {
    if (this.dropped === null || this.users > 0) return;
    this.close();
    this.dropped();
  }

  private look(): { stamp: string; size: number; fresh: boolean } {
    const stats = fstatSync(this.fd, { bigint: true });
    return { stamp: stampOf(stats), size: Number(stats.size), fresh: isFresh(stats.mtimeNs) };
  }

  private readAt(into: Uint8Array, position: number): number {
    if (!this.open) throw new Trouble('lost', { tried: 'read-file', on: this.name, answer: 'closed' });
    try {
      return readSync(this.fd, into, 0, into.length, position);
    } catch (cause) {
      throw fileTrouble(cause, 'read-file', this.name);
    }
  }
}

function stampOf({ size, mtimeNs, ino }: BigIntStats): string {
  return `${size}.${mtimeNs}.${ino}`;
}

/** Damage that concerns the whole file names the file. */
function placed(cause: unknown, name: string): unknown {
  if (!(cause instanceof Trouble) || cause.kind !== 'malformed') return cause;
  const answer = `${cause.on}: ${cause.answer ?? ''}`;
  return new Trouble('malformed', { tried: 'open-folder', on: name, answer, cause });
}
