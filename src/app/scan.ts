import path from 'node:path';
import type { Scan } from '../engine/scan/found.ts';
import { scan } from '../engine/scan/scan.ts';

/** Finds the mail archives below a directory. Throws Trouble `missing`, `denied`, `malformed`, and the signal's reason. */
export function runScan(directory: string, signal: AbortSignal): Promise<Scan> {
  return scan(path.resolve(directory), { signal });
}
