import { access } from 'node:fs/promises';
import path from 'node:path';
import { allEnded } from '../engine/abreast.ts';
import type { Event } from '../engine/event.ts';
import type { Road, RoadOptions } from '../engine/road.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Source } from '../stores/source.ts';
import type { Target } from '../stores/target.ts';
import type { Trouble } from '../trouble.ts';
import { type Account, checkDifferent, readAccounts } from './accounts.ts';
import { parseAddress } from './address.ts';
import { type DataFolder, dataFolder, ledgerPath, makeFolder, openScratch } from './data.ts';
import { endedWhenAsked } from './ended.ts';
import { quietWhileResting } from './resting.ts';
import type { Person } from './secret.ts';

/** What a person asks for: these accounts, that mailbox. */
export interface Errand {
  /** Addresses, in order of precedence. */
  from: readonly string[];
  to: string;
  /** `--data`. */
  data: string | undefined;
  options: RoadOptions;
  signal: AbortSignal;
  tell(event: Event): void;
  /** Called with the ledger of the run once it is open; what it answers is called before that is closed. */
  watchLedger?(ledger: Ledger): () => void;
  person: Person;
}

/** Whether a proof may do without a ledger: then the bytes alone are matched. */
export type LedgerNeed = 'made' | 'if-there';

/** Opens everything an errand needs, lets `work` use it, and closes it whatever happens. */
export async function withRoad<T>(
  errand: Errand,
  need: LedgerNeed,
  work: (road: Road, data: DataFolder) => Promise<T>,
): Promise<T> {
  checkDifferent([...errand.from, errand.to]);
  const [target, ...sources] = await readAccounts([errand.to, ...errand.from], errand.person, errand.data);
  const data = dataFolder(errand.data);
  const closing: (() => Promise<void>)[] = [];
  try {
    const file = ledgerPath(data, target!.name);
    const tell = quietWhileResting(errand.tell);
    const stores = await openStores(sources, target!, { ...errand, tell }, data, closing);
    // Signing in takes its time at the far end: the rest is loaded meanwhile.
    const much = !(await isThere(file));
    for (const store of [stores.target, ...stores.sources]) store.ready?.(much);
    // The lock comes before everything else that is asked of them: of two runs for one mailbox, the second touches nothing.
    const locked = errand.options.dryRun ? null : await openLedger(data, file, need);
    if (locked) closing.push(() => locked.close());
    const scratch = await openScratch(data);
    closing.push(scratch.remove);
    const ledger = locked ?? (await copyLedger(file, scratch.path));
    if (!locked) closing.push(() => ledger.close());
    const { options, signal } = errand;
    const road = { ...stores, ledger, scratch: scratch.path, signal, tell, options };
    const unwatch = errand.watchLedger?.(ledger);
    try {
      return await endedWhenAsked(signal, work(road, data));
    } finally {
      unwatch?.();
    }
  } finally {
    await allEnded(closing.map((close) => close()));
  }
}

type Stores = Pick<Road, 'sources' | 'target'>;

/**
 * Each store inside a retry, so that what waiting can mend never reaches the engine; and that inside its daily allowance, so
 * that a night's rest is no failure.
 */
async function openStores(
  sources: readonly Account[],
  target: Account,
  errand: Errand,
  data: DataFolder,
  closing: (() => Promise<void>)[],
): Promise<Stores> {
  const { retrySource, retryTarget } = await import('../stores/around/retry.ts');
  const retry = { signal: errand.signal, onWait: tellWait(errand) };
  const keep = <T extends Source | Target>(store: T): T => {
    closing.push(() => store.close());
    return store;
  };
  const { allowSource, allowTarget } = await import('./allowance.ts');
  const around = { data, signal: errand.signal, tell: errand.tell };
  const opened: Source[] = [];
  for (const [n, account] of sources.entries()) {
    const source = retrySource(keep(await account.openSource()), retry);
    opened.push(keep(await allowSource(source, parseAddress(errand.from[n]!), around)));
  }
  const written = retryTarget(keep(await target.openTarget()), retry);
  const into = keep(await allowTarget(written, parseAddress(errand.to), around));
  if (!errand.options.dryRun) return { sources: opened, target: into };
  return { sources: opened, target: (await import('../stores/around/dry.ts')).dryTarget(into) };
}

function tellWait({ tell }: Errand) {
  return ({ trouble, ms }: { trouble: Trouble; ms: number }): void => {
    const { kind, tried, on, answer } = trouble;
    tell({ event: 'trouble', kind, tried, on, answer: answer ?? null, inMs: ms });
  };
}

async function openLedger(data: DataFolder, file: string, need: LedgerNeed): Promise<Ledger> {
  if (need === 'if-there' && !(await isThere(file))) return forgetfulLedger();
  await makeFolder(data.ledgers);
  return (await import('../ledger/sqlite/ledger.ts')).openSqliteLedger(file);
}

/**
 * What a dry run works on: a copy of the ledger, thrown away with the scratch folder, so that it tells what a real run would
 * still carry. Where there is no ledger, or another run has it, it begins with none and goes by what lies at the target.
 */
async function copyLedger(file: string, scratch: string): Promise<Ledger> {
  const copy = path.join(scratch, 'ledger.sqlite');
  if (!(await isThere(file))) return forgetfulLedger();
  const { copyLedgerFile } = await import('../ledger/sqlite/copy.ts');
  if (!(await copyLedgerFile(file, copy))) return forgetfulLedger();
  return (await import('../ledger/sqlite/ledger.ts')).openSqliteLedger(copy);
}

async function forgetfulLedger(): Promise<Ledger> {
  return (await import('../ledger/memory/ledger.ts')).memoryLedger();
}

function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
