import { hash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { endianness } from 'node:os';
import path from 'node:path';
import { errorCode } from '../file-trouble.ts';
import type { Aside } from '../source.ts';
import { Catalog } from './catalog.ts';

/**
 * A catalog in a file, so that the next run need not unpack an export that has not changed. It is a help and nothing more: one
 * that is damaged, of another version, another machine or another export is as none.
 */
export interface KeptIndex {
  catalog: Catalog;
  aside: Aside[];
}

/** Raised whenever a catalog of the same files would come out otherwise, or is written otherwise. */
const VERSION = 1;
const MAGIC = 'malleposte takeout index\n';
const SEAL_BYTES = 32;
/** Ten million messages. */
const FILE_MAX_BYTES = 600 * 1024 * 1024;
const HEAD_MAX_BYTES = 256 * 1024 * 1024;

/** Where the index of the export at `root` is kept. */
export function indexFile(directory: string, root: string): string {
  return path.join(directory, `takeout-${hash('sha256', root, 'hex').slice(0, 24)}.index`);
}

/** Null when there is none for files of this stamp. */
export function readIndex(file: string, stamps: { stamp: string; steady: string }): KeptIndex | null {
  if (stamps.steady === '') return null;
  try {
    if (statSync(file).size > FILE_MAX_BYTES) return null;
    return unpacked(readFileSync(file), stamps);
  } catch (cause) {
    if (errorCode(cause) === null && !(cause instanceof SyntaxError)) throw cause;
    return null;
  }
}

/** Keeps it, unless the files are too fresh to be trusted or nothing can be written there. */
export function writeIndex(file: string, { catalog, aside }: KeptIndex): void {
  if (catalog.steady === '') return;
  const { facts, columns } = catalog.parts();
  const head = Buffer.from(JSON.stringify({ ...form(), stamp: catalog.steady, aside, facts }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  const pieces = [Buffer.from(MAGIC), length, head, ...columns.map((each) => bytesOf(each))];
  const body = Buffer.concat(pieces);
  const other = `${file}.${process.pid}.tmp`;
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  } catch (cause) {
    if (errorCode(cause) === null) throw cause;
    return;
  }
  try {
    writeFileSync(other, Buffer.concat([body, hash('sha256', body, 'buffer')]), { mode: 0o600 });
    renameSync(other, file);
  } catch (cause) {
    if (errorCode(cause) === null) throw cause;
    rmSync(other, { force: true });
  }
}

function form(): { version: number; endianness: string } {
  return { version: VERSION, endianness: endianness() };
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function unpacked(bytes: Buffer, stamps: { stamp: string; steady: string }): KeptIndex | null {
  const start = MAGIC.length + 4;
  const end = bytes.length - SEAL_BYTES;
  if (end < start || bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) return null;
  if (!hash('sha256', bytes.subarray(0, end), 'buffer').equals(bytes.subarray(end))) return null;
  const length = bytes.readUInt32LE(MAGIC.length);
  if (length > HEAD_MAX_BYTES || start + length > end) return null;
  const head = JSON.parse(bytes.toString('utf8', start, start + length));
  const { version, endianness: order } = form();
  if (head.version !== version || head.endianness !== order || head.stamp !== stamps.steady) return null;
  const catalog = Catalog.from(stamps, head.facts, bytes.subarray(start + length, end));
  return catalog && { catalog, aside: head.aside };
}
