import { setTimeout as sleep } from 'node:timers/promises';
import { writeTrouble } from '../trouble.ts';

const LOOK_MS = 50;

/**
 * Takes a lock that all processes of this machine heed, and answers how to let it go. It is one of SQLite's: the system lets it
 * go with the process, so that a run that was killed leaves none behind. Null when another holds it for all of `forMs`.
 *
 * @throws Trouble `denied`, `full`, `missing` (`write-file`)
 */
export async function takeLock(file: string, forMs: number): Promise<(() => void) | null> {
  const { DatabaseSync } = await import('node:sqlite');
  const until = performance.now() + forMs;
  let lock: InstanceType<typeof DatabaseSync> | null = null;
  for (;;)
    try {
      lock ??= new DatabaseSync(file, { timeout: 0 });
      lock.exec('BEGIN EXCLUSIVE');
      const held = lock;
      return () => held.close();
    } catch (error) {
      const busy = /locked|busy/i.test((error as Error).message);
      if (busy && performance.now() < until) {
        await sleep(LOOK_MS);
        continue;
      }
      lock?.close();
      if (!busy) throw writeTrouble(file, error);
      return null;
    }
}
