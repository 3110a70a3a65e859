import { randomBytes } from 'node:crypto';
import { closeSync, fsync, futimesSync, openSync, renameSync, type Stats, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { isSystemMark, type Keywords, suffixOf } from '../../formats/maildir/index.ts';
import { Trouble } from '../../trouble.ts';
import type { FilePath } from '../below.ts';
import { fileTrouble } from '../file-trouble.ts';
import { Breath } from '../pour-file.ts';
import type { Landed, Parcel, Refused } from '../target.ts';
import type { MaildirFolderFiles } from './folder.ts';
import { own, removeQuietly, syncDirectory, writeAll } from './write-file.ts';

/** So many messages, or so many bytes, share one sync of the directory. */
const BATCH_MAX = 256;
const BATCH_MAX_BYTES = 16 * 1024 * 1024;

/** Cuts parcels into batches that are made durable together. */
export function* batches(parcels: readonly Parcel[]): Generator<Parcel[]> {
  let batch: Parcel[] = [];
  let bytes = 0;
  for (const parcel of parcels) {
    if (batch.length > 0 && (batch.length >= BATCH_MAX || bytes + parcel.body.size > BATCH_MAX_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(parcel);
    bytes += parcel.body.size;
  }
  if (batch.length > 0) yield batch;
}

interface Draft {
  parcel: Parcel;
  unique: string;
  file: FilePath;
  fd: number;
}

/**
 * Writes a batch to `tmp/`, makes the bytes durable, renames them into `cur/`, and makes the names durable; only then
 * it answers. Before the first rename nothing of the batch can be seen.
 */
export async function putBatch(
  files: MaildirFolderFiles,
  batch: readonly Parcel[],
  keywords: Keywords,
  on: string,
): Promise<(Landed | Refused)[]> {
  const drafts: Draft[] = [];
  const answers: (Landed | Refused)[] = [];
  const owner = statSync(files.path('cur'));
  try {
    const breath = new Breath();
    for (const parcel of batch) {
      const draft = write(files, parcel, owner, on);
      if ('is' in draft) answers.push(draft);
      else drafts.push(draft);
      const due = breath.due();
      if (due) await due;
    }
    await Promise.all(drafts.map(({ fd }) => sync(fd)));
  } catch (cause) {
    for (const { fd, file } of drafts) {
      closeSync(fd);
      removeQuietly(file);
    }
    throw fileTrouble(cause, 'store-message', on);
  }
  for (const { fd } of drafts) closeSync(fd);
  show(files, drafts, keywords);
  for (const { parcel, unique } of drafts) answers.push({ is: 'landed', step: parcel.step, key: unique });
  return answers;
}

/** From here on the messages are seen; what cannot be shown is taken back. */
function show(files: MaildirFolderFiles, drafts: readonly Draft[], keywords: Keywords): void {
  let shown = 0;
  try {
    for (const { parcel, unique, file } of drafts) {
      const suffix = suffixOf(parcel.marks, keywords);
      renameSync(file, files.path('cur', unique + suffix));
      files.placed(unique, suffix);
      shown += 1;
    }
    if (shown > 0) syncDirectory(files.path('cur'));
  } finally {
    for (const { file } of drafts.slice(shown)) removeQuietly(file);
  }
}

function sync(fd: number): Promise<void> {
  return new Promise((resolve, reject) => fsync(fd, (error) => (error ? reject(error) : resolve())));
}

function write(files: MaildirFolderFiles, parcel: Parcel, owner: Stats, on: string): Draft | Refused {
  const { body, receivedAt, step } = parcel;
  const unique = uniqueName(body.size);
  const file = files.path('tmp', unique);
  const fd = openSync(file, 'wx', 0o600);
  try {
    for (const piece of body.memory ? [body.memory] : body.chunks()) writeAll(fd, piece);
    own(fd, owner);
    if (receivedAt !== null) futimesSync(fd, receivedAt / 1000, receivedAt / 1000);
    return { parcel, unique, file, fd };
  } catch (cause) {
    closeSync(fd);
    removeQuietly(file);
    const trouble = fileTrouble(cause, 'store-message', on);
    if (trouble instanceof Trouble && trouble.kind === 'refused') return { is: 'refused', step, trouble };
    throw cause;
  }
}

const host = hostname().replaceAll('/', '\\057').replaceAll(':', '\\072').replaceAll(',', '_').slice(0, 64);
let count = 0;

/** Never given twice on any machine: second, microsecond, process, count and 64 random bits. `S=` spares Dovecot a stat. */
function uniqueName(size: number): string {
  const now = performance.timeOrigin + performance.now();
  const seconds = Math.floor(now / 1000);
  const micros = Math.floor((now % 1000) * 1000);
  count += 1;
  return `${seconds}.M${micros}P${process.pid}Q${count}R${randomBytes(8).toString('hex')}.${host},S=${size}`;
}

/** Keywords that need a letter in the folder. */
export function keywordsOf(parcels: readonly Parcel[]): Set<string> {
  const wanted = new Set<string>();
  for (const { marks } of parcels)
    for (const mark of marks) if (!isSystemMark(mark) && !mark.startsWith('\\')) wanted.add(mark);
  return wanted;
}
