import path from 'node:path';
import { Trouble } from '../../trouble.ts';
import { type DataFolder, makeFolder } from '../data.ts';
import { takeLock } from '../lock.ts';

/** One that was told to end a moment ago is still coming to rest. */
const WAIT_MS = 2_000;

/**
 * Nobody else moves, serves or writes a project on this data folder until it is let go, or this process ends: the lock is the server’s.
 *
 * @throws Trouble `busy` (`open-records`): another one has it; `denied`, `full` (`write-file`)
 */
export async function holdProject(data: Pick<DataFolder, 'root'>, forMs = WAIT_MS): Promise<() => void> {
  await makeFolder(data.root);
  const release = await takeLock(path.join(data.root, 'serving.lock'), forMs);
  if (release === null) throw new Trouble('busy', { tried: 'open-records', on: data.root });
  return release;
}
