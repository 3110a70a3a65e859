import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { Reading } from '../../records/records.ts';
import { isTrouble, Trouble } from '../../trouble.ts';
import { isLoopback } from '../../wire/address.ts';
import { providerOfHost } from '../../wire/oauth/providers.ts';
import { type Address, publicName, type ServerAddress } from '../address.ts';
import { type DataFolder, nullIfMissing } from '../data.ts';
import { type Allow, fileRoots, uploadsOf } from './coach-job.ts';
import type { Reach } from './project.ts';

/**
 * Addresses come from forms and files: a host must be one that may be reached from here, a file must lie, links followed, where
 * files of mail may lie (`uploads` of the data folder, and the folders named in `$MALLEPOSTE_FILES`). What a person sent lies in a
 * folder of their own among the uploads of all organisations: only the person's own organisation reads it.
 */
export function allowIn(data: DataFolder, reach: Reach, records: Pick<Reading, 'person'>): Allow {
  const roots = fileRoots(data, process.env, path.delimiter);
  const uploads = uploadsOf(data);
  return async (address, organisation) => {
    if (address.kind === 'memory') throw notAllowed(address, 'memory-address');
    if ('host' in address) {
      if (leadsConsentElsewhere(address)) throw notAllowed(address, 'consent-elsewhere');
      return reach(address.host, address.port);
    }
    const real = await realOf(address.path);
    if (!(await liesIn(real, roots))) throw notAllowed(address, 'file-elsewhere');
    const [owner] = await partsBelow(real, uploads);
    if (owner === undefined || !IS_ID.test(owner)) return;
    await records.person(organisation, owner).catch((error: unknown) => {
      throw isTrouble(error, 'missing') ? notAllowed(address, 'file-elsewhere') : error;
    });
  };
}

/** As the records give them; other names among the uploads are of folders that the operator of this machine made. */
const IS_ID = /^[0-9a-z]{14}$/;

/**
 * The consent that was given for a mailbox of Google's is a token that opens it: `gmail://…?server=` must not send that to any server
 * that somebody names. On this machine itself a relay may stand.
 */
function leadsConsentElsewhere({ gmail, host, secret }: ServerAddress): boolean {
  return (
    gmail !== undefined && secret.by === 'consent' && providerOfHost(host) !== 'google' && !isLoopback(host)
  );
}

/** Not one of them as a whole: the uploads of all lie there. */
async function liesIn(real: string, roots: readonly string[]): Promise<boolean> {
  for (const root of roots) if ((await partsBelow(real, root)).length > 0) return true;
  return false;
}

/** Names from a folder to what lies in it; none: it does not. */
async function partsBelow(real: string, folder: string): Promise<string[]> {
  const below = path.relative(await realOf(folder), real);
  return below === '' || below.startsWith('..') || path.isAbsolute(below) ? [] : below.split(path.sep);
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
