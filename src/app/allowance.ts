import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Event } from '../engine/event.ts';
import { DAILY_DOWN, OUR_SHARE, TARGET_LIMITS } from '../engine/target-limits.ts';
import type { Allowance, Rest, Spent, SpentKeeper } from '../stores/around/allowance.ts';
import type { Source } from '../stores/source.ts';
import type { Target } from '../stores/target.ts';
import { writeTrouble } from '../trouble.ts';
import { type Address, publicName, type ServerAddress } from './address.ts';
import { type DataFolder, makeFolder, slugOf } from './data.ts';
import { takeLock } from './lock.ts';
import { isGoogle, plainMail } from './one-account.ts';

/** What may be moved within a day, in bytes; null: no limit is known. */
export interface Daily {
  down: number | null;
  up: number | null;
}

/** What the address says, else our share of what is known of the provider. */
export function dailyOf(address: Address): Daily {
  if (!('host' in address)) return { down: null, up: null };
  const { daily, host, kind } = address;
  if (daily !== undefined) return { down: daily, up: daily };
  const cap =
    (address.gmail ? DAILY_DOWN[0] : DAILY_DOWN.find((each) => each.host.test(host)))?.[kind] ?? null;
  const up = isGoogle(address) ? TARGET_LIMITS.google.slowest.bytesPerDay : null;
  const share = (bytes: number | null): number | null => (bytes === null ? null : bytes * OUR_SHARE);
  return { down: share(cap), up: share(up) };
}

interface Surroundings {
  data: DataFolder;
  signal: AbortSignal;
  tell(event: Event & { event: 'rest' }): void;
}

/** Within its day where it has one; and whatever it is, it rests when its server locks it. */
export async function allowSource(source: Source, address: Address, around: Surroundings): Promise<Source> {
  if (!('host' in address)) return source;
  const { allowedSource } = await import('../stores/around/allowed.ts');
  return allowedSource(source, await allowanceOf(address, 'down', around));
}

export async function allowTarget(target: Target, address: Address, around: Surroundings): Promise<Target> {
  if (!('host' in address)) return target;
  const { allowedTarget } = await import('../stores/around/allowed.ts');
  const [up, down] = [await allowanceOf(address, 'up', around), await allowanceOf(address, 'down', around)];
  return allowedTarget(target, { up, down });
}

async function allowanceOf(
  address: ServerAddress,
  way: 'up' | 'down',
  { data, signal, tell }: Surroundings,
): Promise<Allowance> {
  const { Allowance } = await import('../stores/around/allowance.ts');
  const name = publicName(address);
  const bytes = dailyOf(address)[way];
  const onRest = (rest: Rest): void => tell({ event: 'rest', account: name, ...rest });
  const keeper = bytes === null ? {} : { keeper: spentFile(spentPath(data, address, way)) };
  return new Allowance({ name, bytes, signal, onRest, ...keeper });
}

/** One account has one day, by whatever address it is reached. */
function spentPath(data: DataFolder, address: ServerAddress, way: 'up' | 'down'): string {
  const name = isGoogle(address) ? `google:${address.kind} ${plainMail(address.user)}` : publicName(address);
  return path.join(data.spent, `${slugOf(name)}-${way}.json`);
}

/** What is under way here for each file: two accounts of one address draw on one day. Other processes are locked out. */
const turns = new Map<string, Promise<unknown>>();
let written = 0;
/** Who holds it longer was stopped: others are not kept waiting for ever, a little may then be spent too much. */
const LOCK_MS = 10_000;

/** Written beside, to the disk, and renamed, so that it is whole at any moment. What is no list of ours counts as nothing spent. */
export function spentFile(file: string): SpentKeeper {
  return {
    update(change) {
      const result = (turns.get(file) ?? Promise.resolve()).then(() => updated(file, change));
      turns.set(
        file,
        result.catch(() => undefined), // told to who asked
      );
      return result;
    },
  };
}

async function updated(file: string, change: (spent: Spent) => Spent): Promise<Spent> {
  await makeFolder(path.dirname(file));
  const release = await takeLock(`${file}.lock`, LOCK_MS);
  try {
    return await changed(file, change);
  } finally {
    release?.();
  }
}

async function changed(file: string, change: (spent: Spent) => Spent): Promise<Spent> {
  const spent = change(await readSpent(file));
  const beside = `${file}.${process.pid}-${written++}`;
  try {
    await writeFile(beside, JSON.stringify({ spent }), { mode: 0o600, flush: true });
    await rename(beside, file);
  } catch (cause) {
    throw writeTrouble(file, cause);
  }
  return spent;
}

/** A day has 97 slots; a file that holds more is not ours. */
const SLOTS_MAX = 1_000;

async function readSpent(file: string): Promise<Spent> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw writeTrouble(file, cause);
  }
  return spentIn(text);
}

function spentIn(text: string): Spent {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [];
  }
  const spent = (value as { spent?: unknown } | null)?.spent;
  if (!Array.isArray(spent) || spent.length > SLOTS_MAX) return [];
  return spent.filter(
    (slot): slot is [number, number] =>
      Array.isArray(slot) && slot.length === 2 && slot.every(Number.isSafeInteger) && slot[1] >= 0,
  );
}
