/** The thread of `readTable`. */
import { parentPort, workerData } from 'node:worker_threads';
import { isTrouble } from '../../trouble.ts';
import { tableFaultOf } from './fault.ts';
import { readTableHere, type ThreadAnswer } from './read.ts';

const { bytes, name } = workerData as { bytes: Uint8Array; name: string };

async function answer(): Promise<ThreadAnswer> {
  try {
    return { file: await readTableHere(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), name) };
  } catch (error) {
    const fault = isTrouble(error) ? tableFaultOf(error) : null;
    // Anything else is a bug, and ends the thread with its stack.
    if (fault === null || !isTrouble(error)) throw error;
    const line = /:(\d+)$/.exec(error.on.slice(name.length))?.[1];
    return { fault, line: line === undefined ? null : Number(line) };
  }
}

parentPort!.postMessage(await answer());
