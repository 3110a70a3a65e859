import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { scan } from '../../engine/scan/scan.ts';
import { isZip, listZip } from '../../formats/zip/index.ts';
import { isTrouble } from '../../trouble.ts';
import type { Looked } from './upload-look.ts';

/** Beside the server's own thread: 50 GB are hashed for minutes, and what an archive says of itself may be made to take long. */
async function look(file: string): Promise<Looked> {
  const { sha256, bytes } = await digestOf(file);
  const { found } = await scan(path.dirname(file), { signal: new AbortController().signal });
  const address = found.find((one) => one.address !== null)?.address ?? null;
  if (address !== null) return { sha256, bytes, address, because: null };
  return { sha256, bytes, address, because: (await holdsPst(file)) ? 'zipped-pst' : 'no-mail' };
}

const PIECE_BYTES = 1024 * 1024;

async function digestOf(file: string): Promise<{ sha256: string; bytes: number }> {
  const handle = await open(file, 'r');
  try {
    const hash = createHash('sha256');
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    let bytes = 0;
    for (;;) {
      const { bytesRead } = await handle.read(piece, 0, piece.length, bytes);
      if (bytesRead === 0) return { sha256: hash.digest('hex'), bytes };
      hash.update(piece.subarray(0, bytesRead));
      bytes += bytesRead;
    }
  } finally {
    await handle.close();
  }
}

/** A PST is read where it lies, not in a zip: worth a word of its own, people often send it so. */
async function holdsPst(file: string): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    const head = Buffer.alloc(4);
    await handle.read(head, 0, head.length, 0);
    if (!isZip(head)) return false;
    const { size } = await handle.stat();
    const readAt = async (into: Buffer, position: number): Promise<number> =>
      (await handle.read(into, 0, into.length, position)).bytesRead;
    let held = false;
    await listZip(readAt, size, path.basename(file), ({ name }) => {
      held ||= /\.(?:pst|ost)$/i.test(name);
      return false;
    });
    return held;
  } catch (error) {
    if (!isTrouble(error, 'malformed')) throw error;
    return false;
  } finally {
    await handle.close();
  }
}

parentPort!.postMessage(await look((workerData as { file: string }).file));
