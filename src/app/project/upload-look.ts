import { Worker } from 'node:worker_threads';

/** What was found in a file that somebody sent. */
export interface Looked {
  /** Of the whole file as it lies on the disk, lower-case hex. */
  sha256: string;
  bytes: number;
  /** To be read by; null: there is no mail in it that can be read. */
  address: string | null;
  because: 'no-mail' | 'zipped-pst' | null;
}

/** Two hours for 50 GB: a disk that reads 7 MB/s. */
const LOOK_MAX_MS = 2 * 3_600_000;
const HEAP_MAX_MB = 1_024;

/** Null: looking at it was given up, or ended without an answer. Throws the signal's reason. */
export async function lookAt(file: string, signal: AbortSignal): Promise<Looked | null> {
  signal.throwIfAborted();
  const worker = new Worker(new URL('./upload-look.worker.ts', import.meta.url), {
    ...{ workerData: { file }, resourceLimits: { maxOldGenerationSizeMb: HEAP_MAX_MB } },
    // Nothing of the environment is needed: keys may stand in it.
    env: {},
  });
  const { promise, resolve } = Promise.withResolvers<Looked | null>();
  worker.once('message', (looked: Looked) => resolve(looked));
  // What ends it (memory, a fault in what reads the file) concerns this one file.
  worker.once('error', () => resolve(null));
  worker.once('exit', () => resolve(null));
  const stop = (): void => void worker.terminate();
  const timer = setTimeout(stop, LOOK_MAX_MS);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    await worker.terminate();
    signal.throwIfAborted();
  }
}
