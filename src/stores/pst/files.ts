import { Trouble } from '../../trouble.ts';
import { below, shown } from '../below.ts';
import { HeldFile } from './held-file.ts';
import { OpenFile } from './open-file.ts';

/** Each keeps some ten megabytes in memory. */
const OPEN_MAX = 4;

/** The files of a source that are open now, each as it lies there now. */
export class Files {
  private readonly root: string;
  private readonly name: string;
  private readonly known = new Map<string, Promise<OpenFile>>();
  /** Everything that may still hold a descriptor. */
  private held = new Set<HeldFile>();
  private closed = false;

  constructor(root: string, name: string) {
    this.root = root;
    this.name = name;
  }

  /** To be released. Throws Trouble. */
  async open(handle: string): Promise<OpenFile> {
    const there = below(this.root, handle);
    for (;;) {
      const known = this.known.get(handle);
      const file = await (known ?? this.begin(handle));
      this.mustBeOpen();
      if (!file.isClosed && (known === undefined || file.isStill(there))) return file.use();
      // Whoever sees it first lets it go; the others find the newer one.
      if (this.known.get(handle) === known) this.forget(handle);
    }
  }

  /** Ends what runs, as `lost`. Twice is once. */
  close(): void {
    this.closed = true;
    for (const file of this.held) file.close();
    this.held.clear();
    this.known.clear();
  }

  private begin(handle: string): Promise<OpenFile> {
    this.mustBeOpen();
    this.forget(handle);
    const held = new HeldFile(
      below(this.root, handle),
      `${this.name} ${shown(handle)}`.trimEnd(),
      handle === '',
    );
    this.held.add(held);
    const opening = OpenFile.open(held);
    this.known.set(handle, opening);
    opening.catch(() => {
      this.held.delete(held);
      if (this.known.get(handle) === opening) this.known.delete(handle);
    });
    for (const oldest of this.known.keys()) if (this.known.size > OPEN_MAX) this.forget(oldest);
    return opening;
  }

  private forget(handle: string): void {
    const opening = this.known.get(handle);
    this.known.delete(handle);
    opening?.then(
      (file) => file.drop(),
      () => {},
    );
    this.held = new Set([...this.held].filter((each) => !each.isClosed));
  }

  private mustBeOpen(): void {
    if (this.closed) throw new Trouble('lost', { tried: 'open-folder', on: this.name, answer: 'closed' });
  }
}
