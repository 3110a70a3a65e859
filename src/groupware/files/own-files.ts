import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import type { GroupwareSummary, WrittenFile } from './summary.ts';

export const SUMMARY = 'summary.json';
const SUMMARY_MAX_BYTES = 256 * 1024 * 1024;

/**
 * The files of a directory that an earlier run wrote, and nobody has changed since; null where no summary of ours lies. A
 * name that a summary tells is input: only a plain name of a file in this very directory counts.
 */
export function ownFiles(directory: string): WrittenFile[] | null {
  const summary = readSummary(path.join(directory, SUMMARY));
  if (summary === null) return null;
  const found = new Map<string, WrittenFile>();
  for (const each of [...summary.files, ...summary.former])
    if (isPlainName(each.name) && !found.has(each.name) && isStill(directory, each))
      found.set(each.name, each);
  return [...found.values()];
}

/** Null for what is none of ours. */
function readSummary(file: string): Pick<GroupwareSummary, 'files' | 'former'> | null {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats === undefined || !stats.isFile() || stats.size > SUMMARY_MAX_BYTES) return null;
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return null;
  }
  if (!isRecord(value) || value.format !== 'malleposte-groupware' || value.version !== 1) return null;
  return { files: filesIn(value.files), former: filesIn(value.former) };
}

function filesIn(value: unknown): WrittenFile[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((each: unknown) => {
    if (!isRecord(each)) return [];
    const { name, bytes, sha256 } = each;
    const known = typeof name === 'string' && typeof bytes === 'number' && typeof sha256 === 'string';
    return known ? [{ name, bytes, sha256 }] : [];
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isPlainName(name: string): boolean {
  return !/[/\\\0]/.test(name) && name !== '.' && name !== '..' && name !== SUMMARY && name !== '';
}

function isStill(directory: string, { name, bytes, sha256 }: WrittenFile): boolean {
  const file = path.join(directory, name);
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats?.isFile() === true && stats.size === bytes && digestOf(file) === sha256;
}

const PIECE_BYTES = 1024 * 1024;

function digestOf(file: string): string {
  const digest = createHash('sha256');
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  const fd = openSync(file, 'r');
  try {
    for (;;) {
      const size = readSync(fd, piece, 0, PIECE_BYTES, null);
      if (size === 0) return digest.digest('hex');
      digest.update(piece.subarray(0, size));
    }
  } finally {
    closeSync(fd);
  }
}
