import { Worker } from 'node:worker_threads';
import { isZip } from '../zip/index.ts';
import { readCsv } from './csv.ts';
import { type TableFault, tableTrouble } from './fault.ts';
import { FILE_MAX_BYTES, THREAD_MAX_MB, THREAD_MAX_MS } from './limits.ts';
import type { TableFile } from './table.ts';
import { readXlsx } from './xlsx.ts';

/** What the thread answers: the table, or why there is none. */
export type ThreadAnswer = { file: TableFile } | { fault: TableFault; line: number | null };

/**
 * A CSV or XLSX file as text. It is read in a thread with memory and time of its own: no file can hold up or fill the process
 * that asked. `name` is how the file is called in what goes wrong. Throws `malformed` (`read-file`), its answer a `TableFault`.
 */
export async function readTable(bytes: Uint8Array, name: string): Promise<TableFile> {
  refuseSize(bytes.length, name);
  const answer = await inThread(bytes, name);
  if ('file' in answer) return answer.file;
  throw tableTrouble(answer.fault, name, answer.line ?? undefined);
}

function refuseSize(size: number, name: string): void {
  if (size === 0) throw tableTrouble('empty', name);
  if (size > FILE_MAX_BYTES) throw tableTrouble('file-too-large', name);
}

function inThread(bytes: Uint8Array, name: string): Promise<ThreadAnswer> {
  const worker = new Worker(new URL('./read-thread.ts', import.meta.url), {
    workerData: { bytes, name },
    resourceLimits: { maxOldGenerationSizeMb: THREAD_MAX_MB },
  });
  const { promise, resolve, reject } = Promise.withResolvers<ThreadAnswer>();
  const late = setTimeout(() => reject(tableTrouble('too-much', name)), THREAD_MAX_MS);
  worker.once('message', resolve);
  worker.once('error', (cause: NodeJS.ErrnoException) =>
    reject(
      cause.code === 'ERR_WORKER_OUT_OF_MEMORY' ? tableTrouble('too-much', name, undefined, cause) : cause,
    ),
  );
  worker.once('exit', (code) => reject(new Error(`the reader of a table ended without an answer (${code})`)));
  return promise.finally(() => {
    clearTimeout(late);
    return worker.terminate();
  });
}

const COMPOUND_START = Buffer.from('d0cf11e0a1b11ae1', 'hex');
const ENCRYPTED_PACKAGE = Buffer.from('EncryptedPackage', 'utf16le');

/** As `readTable`, here and now. */
export async function readTableHere(bytes: Buffer, name: string): Promise<TableFile> {
  refuseSize(bytes.length, name);
  if (isZip(bytes)) return readXlsx(bytes, name);
  if (bytes.subarray(0, COMPOUND_START.length).equals(COMPOUND_START))
    throw tableTrouble(bytes.includes(ENCRYPTED_PACKAGE) ? 'encrypted' : 'old-xls', name);
  return readCsv(bytes, name);
}
