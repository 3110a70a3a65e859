import { randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readSync, statfsSync, unlinkSync, writeSync } from 'node:fs';
import path from 'node:path';
import { isTrouble, Trouble } from '../../trouble.ts';
import { errorCode } from '../file-trouble.ts';
import type { Breath } from '../pour-file.ts';
import type { Catalog } from './catalog.ts';
import type { Reel, Shows } from './reel.ts';

/**
 * The labels of an export lie scattered over the whole of it, and a packed one can only be read forwards. So while one folder
 * is read, what passes of others is put into a temporary file: the smallest folders first, as many as have room. They then cost
 * no pass of their own.
 */
export class Ahead {
  private readonly catalog: Catalog;
  private readonly directory: string;
  private readonly maxBytes: number;
  private readonly served: Uint8Array;
  private kept: Kept | null = null;
  private plan: Plan | null = null;
  private closed = false;

  /** `directory` is made when it is needed; nothing stays in it. */
  constructor(catalog: Catalog, directory: string, maxBytes = AHEAD_MAX_BYTES) {
    this.catalog = catalog;
    this.directory = directory;
    this.maxBytes = maxBytes;
    this.served = new Uint8Array(catalog.count);
  }

  /** A message that was put aside, or null. */
  find(row: number): Shows | null {
    return this.kept?.find(row, this.catalog.placeOf(row).offset) ?? null;
  }

  /** The message has been read, and is not put aside again. */
  done(row: number): void {
    this.served[row] = 1;
  }

  /** A reel at the beginning of a file, because of a message in `folder`. */
  begin(reel: Reel, file: number, folder: number): void {
    if (this.closed) return;
    // Once more over a file that was passed: what is wanted now was not put aside.
    if (this.plan === null || this.plan.passes.has(file)) this.planAnew(folder);
    this.plan?.passes.set(file, { reel, next: this.catalog.rowsOf(file).first });
  }

  /** Puts aside what is wanted before `row`; null: to the end of the file. Throws only what concerns the store. */
  async passTo(reel: Reel, file: number, row: number | null, breath: Breath): Promise<void> {
    const pass = this.plan?.passes.get(file);
    if (pass?.reel !== reel) return;
    const { first, count } = this.catalog.rowsOf(file);
    const stop = row ?? first + count;
    try {
      for (; pass.next < stop; pass.next += 1) {
        if (this.closed) return;
        if (this.isWanted(pass.next)) await this.put(reel, pass.next);
        await breath.due();
      }
    } catch (cause) {
      this.plan = null;
      // What cannot be read here is told when it is asked for; without room, the rest costs its own pass.
      const isItsOwn = isTrouble(cause, 'malformed', 'missing', 'refused');
      if (!isItsOwn && (isTrouble(cause) || errorCode(cause) === null)) throw cause;
    }
    if (row !== null) pass.next = Math.max(pass.next, row + 1);
  }

  /** Twice is once. */
  close(): void {
    this.closed = true;
    this.plan = null;
    this.kept?.close();
    this.kept = null;
  }

  private isWanted(row: number): boolean {
    const { folder, isMail } = this.catalog.placeOf(row);
    const wanted = folder !== null && isMail && this.plan!.wanted[folder] === 1;
    return wanted && this.served[row] === 0 && !this.kept!.has(row);
  }

  private async put(reel: Reel, row: number): Promise<void> {
    const { offset, end } = this.catalog.placeOf(row);
    const at = this.kept!.size;
    for (let from = offset; from < end; ) {
      const shown = await reel.show(from, end - from, 'takeout');
      this.kept!.write(reel.bytes.subarray(reel.at, reel.at + shown));
      from += shown;
    }
    this.kept!.note(row, at);
  }

  private planAnew(asked: number): void {
    this.plan = null;
    try {
      this.keepOnly();
      this.plan = { wanted: this.choose(asked), passes: new Map() };
    } catch (cause) {
      // It is a help, not a need: no room, no right to write.
      if (errorCode(cause) === null) throw cause;
    }
  }

  /** Room is given back: what was put aside and has been read goes. */
  private keepOnly(): void {
    const before = this.kept;
    const after = openKept(this.directory);
    try {
      before?.copy(after, (row) => this.served[row] === 0);
    } catch (cause) {
      after.close();
      throw cause;
    }
    before?.close();
    this.kept = after;
  }

  /** The folders, the smallest first, that fit beside what is kept already. */
  private choose(asked: number): Uint8Array {
    const { catalog } = this;
    const sizes = new Float64Array(catalog.folders.length);
    for (let row = 0; row < catalog.count; row += 1) {
      const { folder, isMail, offset, end } = catalog.placeOf(row);
      if (folder !== null && isMail && this.served[row] === 0 && !this.kept!.has(row))
        sizes[folder]! += end - offset;
    }
    const { bavail, bsize } = statfsSync(this.directory);
    let room = Math.min(this.maxBytes - this.kept!.size, (bavail * bsize) / FREE_SHARE);
    const wanted = new Uint8Array(sizes.length);
    const rising = [...sizes.keys()].sort((a, b) => sizes[a]! - sizes[b]!);
    for (const folder of rising) {
      if (folder === asked || sizes[folder] === 0) continue;
      room -= sizes[folder]!;
      if (room < 0) break;
      wanted[folder] = 1;
    }
    return wanted;
  }
}

export const AHEAD_MAX_BYTES = 1024 * 1024 * 1024;
/** Of what is free on the disk, at most one part in so many is taken. */
const FREE_SHARE = 4;
const WINDOW_BYTES = 1024 * 1024;

interface Plan {
  /** By folder. */
  wanted: Uint8Array;
  /** By file: which reel goes over it, and the first row that it has not passed. */
  passes: Map<number, { reel: Reel; next: number }>;
}

/** A temporary file of messages, unlinked as soon as it is open where the system can do that. */
class Kept {
  size = 0;
  private readonly at = new Map<number, number>();
  private readonly fd: number;
  private readonly name: string;
  private readonly unlinked: boolean;
  private opened = true;

  constructor(fd: number, name: string, unlinked: boolean) {
    this.fd = fd;
    this.name = name;
    this.unlinked = unlinked;
  }

  has(row: number): boolean {
    return this.at.has(row);
  }

  write(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; )
      done += writeSync(this.fd, bytes, done, bytes.length - done, this.size + done);
    this.size += bytes.length;
  }

  note(row: number, at: number): void {
    this.at.set(row, at);
  }

  /** The message that lies at `offset` in its mbox. */
  find(row: number, offset: number): Shows | null {
    const start = this.at.get(row);
    if (start === undefined) return null;
    const bytes = Buffer.allocUnsafe(Math.min(WINDOW_BYTES, this.size - start));
    return {
      ...{ bytes, at: 0 },
      show: async (position, length, on) => {
        const wanted = Math.min(length, bytes.length);
        const came = this.opened
          ? readFully(this.fd, bytes.subarray(0, wanted), start + position - offset)
          : 0;
        if (came < wanted) throw new Trouble('lost', { tried: 'read-message', on, answer: 'closed' });
        return wanted;
      },
    };
  }

  copy(into: Kept, keep: (row: number) => boolean): void {
    const room = Buffer.allocUnsafe(WINDOW_BYTES);
    const rows = [...this.at].sort((a, b) => a[1] - b[1]);
    for (const [n, [row, at]] of rows.entries()) {
      if (!keep(row)) continue;
      const end = rows[n + 1]?.[1] ?? this.size;
      into.note(row, into.size);
      for (let from = at; from < end; from += room.length)
        into.write(room.subarray(0, readFully(this.fd, room.subarray(0, end - from), from)));
    }
  }

  close(): void {
    if (!this.opened) return;
    this.opened = false;
    closeSync(this.fd);
    if (!this.unlinked) unlinkSync(this.name);
  }
}

function readFully(fd: number, into: Buffer, position: number): number {
  let filled = 0;
  while (filled < into.length) {
    const came = readSync(fd, into, filled, into.length - filled, position + filled);
    if (came === 0) break;
    filled += came;
  }
  return filled;
}

function openKept(directory: string): Kept {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const name = path.join(directory, `takeout-${randomUUID()}.tmp`);
  const fd = openSync(name, 'wx+', 0o600);
  return new Kept(fd, name, unlinked(name));
}

function unlinked(name: string): boolean {
  try {
    unlinkSync(name);
    return true;
  } catch (cause) {
    if (errorCode(cause) === null) throw cause;
    // Windows keeps the name of an open file: it goes at the end.
    return false;
  }
}
