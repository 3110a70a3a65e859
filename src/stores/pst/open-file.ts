import { Archive, foldersOf, type PstFolder, type Strays, straysOf } from '../../formats/pst/index.ts';
import { type Attempt, Trouble } from '../../trouble.ts';
import type { FilePath } from '../below.ts';
import { Breath } from '../pour-file.ts';
import type { HeldFile } from './held-file.ts';
import { damageKey } from './key.ts';

/** One file, open as long as anyone reads from it, with what is known of it. */
export class OpenFile {
  readonly archive: Archive;
  private readonly held: HeldFile;
  private cachedFolders: readonly PstFolder[] | null = null;
  private cachedDamages: ReadonlyMap<string, Trouble> | null = null;
  private cachedStrays: Strays | null = null;
  private users = 0;
  private dropped = false;

  private constructor(held: HeldFile, archive: Archive) {
    this.held = held;
    this.archive = archive;
  }

  /** Lets others have their turn while a large file is looked through. Throws Trouble. */
  static async open(held: HeldFile): Promise<OpenFile> {
    const breath = new Breath();
    try {
      const opening = Archive.opening(held);
      for (;;) {
        const { done, value } = opening.next();
        if (done) return new OpenFile(held, value);
        await breath.due();
      }
    } catch (cause) {
      held.close();
      throw placed(cause, held.name);
    }
  }

  folders(): readonly PstFolder[] {
    this.cachedFolders ??= foldersOf(this.archive);
    return this.cachedFolders;
  }

  /** What cannot be read of the file's structure, as its folders were gathered, by key. */
  damages(): ReadonlyMap<string, Trouble> {
    this.folders();
    this.cachedDamages ??= new Map(
      this.archive.damages.map((trouble) => [damageKey(trouble.message), trouble]),
    );
    return this.cachedDamages;
  }

  strays(): Strays {
    this.cachedStrays ??= straysOf(
      this.archive,
      this.folders().map(({ nid }) => nid),
    );
    return this.cachedStrays;
  }

  /** The file's stamp, or empty when the file is too fresh to trust it. */
  get steady(): string {
    return this.held.steady;
  }

  /** Throws `lost` when the file was changed or closed. */
  check(tried: Attempt): void {
    this.held.check(tried);
  }

  isStill(file: FilePath): boolean {
    return this.held.isStill(file);
  }

  get isClosed(): boolean {
    return this.held.isClosed;
  }

  use(): this {
    this.users += 1;
    return this;
  }

  release(): void {
    this.users -= 1;
    this.closeUnused();
  }

  /** Nobody new will read from it. */
  drop(): void {
    this.dropped = true;
    this.closeUnused();
  }

  private closeUnused(): void {
    if (this.dropped && this.users === 0) this.held.close();
  }
}

/** Damage that concerns the whole file names the file. */
function placed(cause: unknown, name: string): unknown {
  if (!(cause instanceof Trouble) || cause.kind !== 'malformed') return cause;
  const answer = `${cause.on}: ${cause.answer ?? ''}`;
  return new Trouble('malformed', { tried: 'open-folder', on: name, answer, cause });
}
