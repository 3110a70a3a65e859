import type { Counts, Waiting } from '../ledger/ledger.ts';
import type { Folder } from '../stores/entry.ts';
import { travelHold } from '../stores/holds/travel.ts';
import { allEnded } from './abreast.ts';
import type { Summary } from './event.ts';
import { tryAgain } from './exceptions.ts';
import { type Journey, startJourney } from './journey.ts';
import { carryAll } from './lanes.ts';
import { type Account, type Listed, listAll, rowKey } from './listing.ts';
import type { Load } from './load.ts';
import { type Destination, destinations, stageOf } from './mapping.ts';
import { settleMarks } from './marks.ts';
import { adoptPlaces, closePlaces, settleDoubts } from './passes.ts';
import { startCount } from './progress.ts';
import { type Pulse, withPulse } from './pulse.ts';
import {
  Cancelled,
  FILE_ABOVE_BYTES,
  folderName,
  type Road,
  stopIfCancelled,
  tellAside,
  WITH_ROOM,
} from './road.ts';

/**
 * One pass over one person's accounts: the whole road on one screen.
 *
 * list → carry (read, identify, plan, intend, put, settle, read back) → settle doubts → marks → checkpoints.
 * Running it again is the delta pass; running it after a crash goes on where the crash was. Throws `Trouble` when an
 * account or the target cannot be reached or gives no entry, `Cancelled` when `signal` was aborted.
 */
export async function move(road: Road): Promise<Summary> {
  const began = performance.now();
  const { ledger, target, options } = road;
  road.tell({ event: 'stage', stage: 'open' });
  const [targetFolders, accounts] = await Promise.all([
    target.folders(),
    withPulse(road, (pulse) => openAccounts(road, pulse)),
  ]);
  const journey = await startJourney(
    road,
    travelHold({ directory: road.scratch, fileAboveBytes: FILE_ABOVE_BYTES, withRoom: WITH_ROOM }),
    targetFolders,
  );
  const unsettled = await ledger.unsettled();
  const pass = Number((await ledger.recall('pass')) ?? 0) + 1;
  await ledger.remember('pass', String(pass));
  const names = accounts.map((account) => account.source.name);
  road.tell({ event: 'begin', target: target.name, accounts: names, pass, resumed: unsettled.length });

  road.tell({ event: 'stage', stage: 'list' });
  const routeOf = destinations(
    accounts.map((account) => account.folders),
    targetFolders,
  );
  const [listed] = await allEnded([
    withPulse(road, (pulse) => listAll(road, accounts, pulse)),
    adoptPlaces(journey, targetFolders).then(() => prepareFirst(journey, accounts, routeOf)),
  ]);
  for (const one of listed) journey.listed.set(one.row.id, one);
  await tryAgain(journey);
  for (const { source } of accounts) journey.unopened += tellAside(road, source);

  try {
    for (let round = 1; ; round++) {
      await carryWaiting(journey, accounts, listed, routeOf);
      if (options.dryRun) break;
      const again = await settleDoubts(journey, round);
      if (!again) break;
    }
  } catch (error) {
    if (error instanceof Cancelled) tellCancelled(journey);
    throw error;
  }
  if (!options.dryRun) {
    road.tell({ event: 'stage', stage: 'marks' });
    if ((await settleMarks(journey)) > 0) await closePlaces(journey);
    await advanceAll(road, listed);
  }
  await ledger.flush();
  const summary = summarise(journey, await countAll(road, accounts), (performance.now() - began) / 1000);
  road.tell(summary);
  return summary;
}

async function openAccounts(road: Road, pulse: Pulse): Promise<Account[]> {
  const accounts = road.sources.map(async (source, rank): Promise<Account> => {
    const folders = await source.folders();
    pulse.done(source.name);
    const id = await road.ledger.enrol(source.name, rank);
    return { source, row: { id, name: source.name, rank }, folders };
  });
  return Promise.all(accounts);
}

/** Carries what waits, in the order in which copies of one message take precedence. */
async function carryWaiting(
  journey: Journey,
  accounts: readonly Account[],
  listed: readonly Listed[],
  routeOf: (folder: Folder) => Destination,
): Promise<void> {
  const { ledger } = journey.road;
  const groups = new Map<number, Load[]>();
  const sums = new Map((await ledger.waitingByFolder()).map((sum) => [sum.folder, sum]));
  if (sums.size === 0) return;
  await expect(journey, accounts, listed, sums);
  for (const one of listed) {
    const waiting = sums.get(one.row.id);
    if (!waiting) continue;
    const merge = accounts.length > 1 || (await ledger.mergeable(one.account.row.id));
    const stage = merge ? stageOf(one.folder, one.account.source.traits.bytes) : 0;
    const order = stage * accounts.length + accounts.indexOf(one.account);
    const load: Load = {
      listed: one,
      destination: routeOf(one.folder),
      merge,
      waiting,
      after: 0,
      exhausted: false,
      lanes: 0,
    };
    groups.set(order, [...(groups.get(order) ?? []), load]);
  }
  journey.road.tell({ event: 'stage', stage: 'carry' });
  for (const [, loads] of [...groups].sort(([a], [b]) => a - b)) {
    loads.sort((a, b) => b.waiting.bytes - a.waiting.bytes);
    for (const load of loads) tellFolder(journey, load);
    prepareAhead(
      journey,
      loads.map(({ destination }) => destination),
    );
    await carryAll(journey, loads);
  }
}

/** Tells how much is to come of each account, and starts its count. */
async function expect(
  journey: Journey,
  accounts: readonly Account[],
  listed: readonly Listed[],
  sums: ReadonlyMap<number, Waiting>,
): Promise<void> {
  for (const account of accounts) {
    const mine = listed.filter((one) => one.account === account);
    const count = startCount(account.source.name);
    for (const { row } of mine) {
      count.of += sums.get(row.id)?.items ?? 0;
      count.ofBytes += sums.get(row.id)?.bytes ?? 0;
    }
    journey.progress.set(account.row.id, count);
    const { entries } = await journey.road.ledger.counts(account.row.id);
    journey.road.tell({
      event: 'listed',
      account: account.source.name,
      folders: mine.length,
      entries,
      waiting: count.of,
      bytes: count.ofBytes,
    });
  }
}

/** While folders are listed for the first time, the places of those that hold mail are got ready. */
async function prepareFirst(
  journey: Journey,
  accounts: readonly Account[],
  routeOf: (folder: Folder) => Destination,
): Promise<void> {
  const rows = (await journey.road.ledger.folders()).filter(({ checkpoint }) => checkpoint !== null);
  const known = new Set(rows.map(({ account, path }) => rowKey(account, path)));
  for (const { row, folders } of accounts) {
    const first = folders.filter(
      ({ selectable, messages, path }) =>
        selectable && messages !== null && messages > 0 && !known.has(rowKey(row.id, path)),
    );
    prepareAhead(journey, first.map(routeOf));
  }
}

/** Asks for all places at once, so that no lane waits for its folder; what fails is asked again by the lane that needs it. */
function prepareAhead(journey: Journey, destinations: readonly Destination[]): void {
  for (const destination of destinations) journey.places.prepare(destination).catch(() => {});
}

function tellFolder(journey: Journey, { listed, destination, waiting }: Load): void {
  journey.road.tell({
    event: 'folder',
    account: listed.account.source.name,
    folder: folderName(listed.folder.path),
    into: folderName(destination.path),
    waiting: waiting.items,
  });
}

/** How far a cancelled run has come. */
function tellCancelled({ road, progress }: Journey): void {
  let [done, of] = [0, 0];
  for (const count of progress.values()) {
    done += count.done;
    of += Math.max(count.of, count.done);
  }
  road.tell({ event: 'cancelled', done, of });
}

/** Checkpoints move on only over folders in which every entry has its outcome. */
async function advanceAll(road: Road, listed: readonly Listed[]): Promise<void> {
  const waiting = new Set((await road.ledger.waitingByFolder()).map(({ folder }) => folder));
  stopIfCancelled(road);
  const due = listed.filter(
    ({ row, checkpoint }) => checkpoint !== null && checkpoint !== row.checkpoint && !waiting.has(row.id),
  );
  // Together: the ledger makes them durable with one synchronisation.
  await Promise.all(due.map(({ row, checkpoint }) => road.ledger.advance(row.id, checkpoint!)));
}

/** The sum over the accounts of this run; others that the ledger knows are not its affair. */
async function countAll(road: Road, accounts: readonly Account[]): Promise<Counts> {
  const sum = { entries: 0, copied: 0, merged: 0, left: 0, asked: 0, open: 0, gone: 0, bytes: 0 };
  for (const { row } of accounts) {
    const counts = await road.ledger.counts(row.id);
    for (const name of Object.keys(sum) as (keyof Counts)[]) sum[name] += counts[name];
  }
  return sum;
}

function summarise(journey: Journey, counts: Counts, seconds: number): Summary {
  return {
    event: 'summary',
    entries: counts.entries,
    copied: counts.copied,
    merged: counts.merged,
    left: counts.left,
    asked: counts.asked,
    missing: counts.open,
    extra: 0,
    doubled: 0,
    altered: journey.altered,
    incomplete: journey.incomplete,
    ...(journey.unopened === 0 ? {} : { unopened: journey.unopened }),
    gone: counts.gone,
    bytes: journey.bytes,
    carried: journey.carried,
    seconds: Math.round(seconds * 1000) / 1000,
  };
}
