import { access, constants, statfs } from 'node:fs/promises';
import { isTrouble, type Trouble } from '../trouble.ts';
import { type Account, readAccount } from './accounts.ts';
import { dataFolder, makeFolder } from './data.ts';
import type { Person } from './secret.ts';
import { ownVersion, pinnedNode } from './version.ts';

/** One thing looked at. `says` is a key under `doctor` in the catalogues. */
export type Check =
  | { state: 'ok' | 'warn' | 'bad'; says: CheckWords; values: Record<string, string | number | null> }
  | { state: 'bad'; trouble: Trouble };

export type CheckWords =
  | 'node'
  | 'node-other'
  | 'node-old'
  | 'data'
  | 'data-tight'
  | 'data-bad'
  | 'clock'
  | 'clock-bad'
  | 'source'
  | 'target'
  | 'fingerprint';

export interface DoctorErrand {
  from: readonly string[];
  to: readonly string[];
  data: string | undefined;
  person: Person;
}

/** Large messages, the ledger and a proof need this much, bytes. */
const FREE_LEAST = 1e9;
/** The oldest Node with all we use. */
const NODE_LEAST = 24;
/** No clock of a machine that runs this says a time before it was written. */
const WRITTEN_IN = Date.UTC(2026, 10, 1);
const CLOCK_LAST = Date.UTC(2100, 0, 1);

/** Looks at this machine and at the accounts given, one check after the other. Throws only usage Troubles. */
export async function* runDoctor(errand: DoctorErrand): AsyncIterable<Check> {
  yield nodeCheck(process.versions.node);
  yield await dataCheck(errand.data);
  yield clockCheck(Date.now());
  for (const text of errand.from) yield* accountChecks(text, 'source', errand);
  for (const text of errand.to) yield* accountChecks(text, 'target', errand);
}

export function nodeCheck(version: string): Check {
  const pinned = pinnedNode();
  const values = { version, pinned, malleposte: ownVersion() };
  if (version === pinned) return { state: 'ok', says: 'node', values };
  if (Number(version.split('.')[0]) < NODE_LEAST) return { state: 'bad', says: 'node-old', values };
  return { state: 'warn', says: 'node-other', values };
}

export function clockCheck(now: number): Check {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const sound = now >= WRITTEN_IN && now < CLOCK_LAST;
  return {
    state: sound ? 'ok' : 'bad',
    says: sound ? 'clock' : 'clock-bad',
    values: { now, zone: timeZone },
  };
}

async function dataCheck(asked: string | undefined): Promise<Check> {
  const { root: dir } = dataFolder(asked);
  try {
    await makeFolder(dir);
    await access(dir, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = await statfs(dir);
    const free = bavail * bsize;
    const enough = free >= FREE_LEAST;
    return { state: enough ? 'ok' : 'warn', says: enough ? 'data' : 'data-tight', values: { dir, free } };
  } catch (error) {
    return { state: 'bad', says: 'data-bad', values: { dir, why: (error as Error).message } };
  }
}

async function* accountChecks(
  text: string,
  as: 'source' | 'target',
  { person, data }: DoctorErrand,
): AsyncIterable<Check> {
  const account = await readAccount(text, person, data);
  try {
    yield as === 'source' ? await sourceCheck(account) : await targetCheck(account);
  } catch (error) {
    if (!isTrouble(error)) throw error;
    yield { state: 'bad', trouble: error };
    if (error.tried === 'verify-certificate') yield* fingerprintCheck(text, account.name, error, data);
  }
}

async function sourceCheck(account: Account): Promise<Check> {
  const source = await account.openSource();
  try {
    const folders = (await source.folders()).length;
    return { state: 'ok', says: 'source', values: { name: account.name, folders } };
  } finally {
    await source.close();
  }
}

async function targetCheck(account: Account): Promise<Check> {
  const target = await account.openTarget();
  try {
    const folders = (await target.folders()).length;
    const quota = await target.quota();
    const values = {
      name: account.name,
      folders,
      used: quota?.usedBytes ?? null,
      limit: quota?.limitBytes ?? null,
    };
    return { state: 'ok', says: 'target', values };
  } finally {
    await target.close();
  }
}

/** Names the certificate that was not accepted, so that a person can compare and pin it. */
async function* fingerprintCheck(
  text: string,
  name: string,
  trouble: Trouble,
  data: string | undefined,
): AsyncIterable<Check> {
  const fingerprint = fingerprintIn(trouble) ?? (await askFingerprint(text, data));
  if (fingerprint !== null) yield { state: 'warn', says: 'fingerprint', values: { name, fingerprint } };
}

/** Asks again with a pin that fits nothing: the refusal tells the fingerprint, and no password was sent. */
async function askFingerprint(text: string, data: string | undefined): Promise<string | null> {
  const url = new URL(text);
  url.search = `${url.search || '?'}&fingerprint=${'0'.repeat(64)}`;
  const account = await readAccount(url.href, { warn() {}, ask: async () => 'none' }, data);
  const source = await account.openSource();
  try {
    await source.folders();
    return null;
  } catch (error) {
    if (!isTrouble(error)) throw error;
    return fingerprintIn(error);
  } finally {
    await source.close();
  }
}

function fingerprintIn(trouble: Trouble): string | null {
  return /[0-9a-f]{64}/.exec(trouble.answer ?? '')?.[0] ?? null;
}
