import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import type { PstFile } from '../../formats/pst/index.ts';
import { type Attempt, Trouble } from '../../trouble.ts';
import type { FilePath } from '../below.ts';
import { fileStamp, isFresh } from '../file-stamp.ts';
import { fileTrouble } from '../file-trouble.ts';

/** A file, open for reading. */
export class HeldFile implements PstFile {
  readonly name: string;
  readonly size: number;
  /** The file's stamp, or empty when the file is too fresh to trust it. */
  readonly steady: string;
  private readonly stamp: string;
  private readonly fd: number;
  private open = true;

  /** `name`: for people. Throws Trouble. */
  constructor(file: FilePath, name: string, follow: boolean) {
    this.name = name;
    try {
      this.fd = openSync(file, constants.O_RDONLY | (follow ? 0 : (constants.O_NOFOLLOW ?? 0)));
    } catch (cause) {
      throw fileTrouble(cause, 'open-folder', name);
    }
    const stats = fstatSync(this.fd, { bigint: true });
    this.size = Number(stats.size);
    this.stamp = fileStamp(stats);
    this.steady = isFresh(stats.mtimeNs) ? '' : this.stamp;
  }

  readAt(into: Uint8Array, position: number): number {
    this.mustBeOpen('read-file');
    try {
      return readSync(this.fd, into, 0, into.length, position);
    } catch (cause) {
      throw fileTrouble(cause, 'read-file', this.name);
    }
  }

  /** Throws `lost` when another program wrote to the file since it was opened: what was read may be of two states. */
  check(tried: Attempt): void {
    this.mustBeOpen(tried);
    if (fileStamp(fstatSync(this.fd, { bigint: true })) === this.stamp) return;
    throw new Trouble('lost', { tried, on: this.name, answer: 'the file was changed while it was read' });
  }

  /** Whether the file that lies there now is this one, unchanged. */
  isStill(file: FilePath): boolean {
    const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
    return this.steady !== '' && stats !== undefined && fileStamp(stats) === this.steady;
  }

  get isClosed(): boolean {
    return !this.open;
  }

  /** Twice is once. */
  close(): void {
    if (this.open) closeSync(this.fd);
    this.open = false;
  }

  private mustBeOpen(tried: Attempt): void {
    if (!this.open) throw new Trouble('lost', { tried, on: this.name, answer: 'closed' });
  }
}
