import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { Trouble } from '../../trouble.ts';
import { type Address, publicName } from '../address.ts';
import { type DataFolder, nullIfMissing } from '../data.ts';
import { type Allow, fileRoots } from './coach-job.ts';
import type { Reach } from './project.ts';

/**
 * Addresses come from forms and files: a host must be one that may be reached from here, a file must lie, links followed, where
 * files of mail may lie (`uploads` of the data folder, and the folders named in `$MALLEPOSTE_FILES`).
 */
export function allowIn(data: DataFolder, reach: Reach): Allow {
  const roots = fileRoots(data, process.env, path.delimiter);
  return async (address) => {
    if (address.kind === 'memory') throw notAllowed(address, 'memory-address');
    if ('host' in address) return reach(address.host, address.port);
    if (!(await liesIn(address.path, roots))) throw notAllowed(address, 'file-elsewhere');
  };
}

async function liesIn(file: string, roots: readonly string[]): Promise<boolean> {
  const real = await realOf(file);
  for (const root of roots) {
    const below = path.relative(await realOf(root), real);
    if (below === '' || !(below.startsWith('..') || path.isAbsolute(below))) return true;
  }
  return false;
}

/** What is not there yet has its nearest folder's place. Throws Trouble `denied` (`read-file`). */
async function realOf(file: string): Promise<string> {
  const whole = path.resolve(file);
  const real = await realpath(whole).catch((cause) => nullIfMissing(whole, cause));
  if (real !== null) return real;
  const folder = path.dirname(whole);
  return folder === whole ? whole : path.join(await realOf(folder), path.basename(whole));
}

function notAllowed(address: Address, answer: string): Trouble {
  return new Trouble('denied', { tried: 'read-address', on: publicName(address), answer });
}
