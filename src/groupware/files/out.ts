import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import { Trouble, writeTrouble } from '../../trouble.ts';

/** What the file system said while we wrote, as a Trouble: `full`, `denied`, `missing`. */
export function writing<T>(on: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    if (cause instanceof Trouble || !(cause instanceof Error) || !('code' in cause)) throw cause;
    throw writeTrouble(on, cause);
  }
}

/** Texts are gathered before they are written. */
const GATHER_CHARS = 256 * 1024;

/** A file that is written from its beginning to its end, for its owner only. Throws Trouble. */
export class OutFile {
  readonly path: string;
  private readonly fd: number;
  private readonly digest = createHash('sha256');
  private gathered: string[] = [];
  private size = 0;
  private open = true;
  private written = 0;

  constructor(path: string) {
    this.path = path;
    this.fd = writing(path, () => openSync(path, 'wx', 0o600));
  }

  add(text: string): void {
    this.gathered.push(text);
    this.size += text.length;
    if (this.size >= GATHER_CHARS) this.flush();
  }

  /** What another file holds. */
  addFile(path: string): void {
    this.flush();
    const fd = writing(path, () => openSync(path, 'r'));
    const piece = Buffer.allocUnsafe(GATHER_CHARS);
    try {
      for (;;) {
        const size = writing(path, () => readSync(fd, piece, 0, piece.length, null));
        if (size === 0) return;
        this.write(piece.subarray(0, size));
      }
    } finally {
      closeSync(fd);
    }
  }

  /** On the disk; answers how large it is, and its SHA-256 in hexadecimal. */
  end(): { bytes: number; sha256: string } {
    this.flush();
    writing(this.path, () => fsyncSync(this.fd));
    this.close();
    return { bytes: this.written, sha256: this.digest.digest('hex') };
  }

  /** Twice is once. */
  close(): void {
    if (this.open) closeSync(this.fd);
    this.open = false;
  }

  private flush(): void {
    if (this.size > 0) this.write(Buffer.from(this.gathered.join(''), 'utf8'));
    this.gathered = [];
    this.size = 0;
  }

  private write(bytes: Uint8Array): void {
    this.digest.update(bytes);
    this.written += bytes.length;
    writing(this.path, () => {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.fd, bytes, at, bytes.length - at);
    });
  }
}
