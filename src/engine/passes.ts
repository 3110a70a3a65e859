import type { Folder } from '../stores/entry.ts';
import { abreast } from './abreast.ts';
import { type Journey, rest, restAfter } from './journey.ts';
import type { Desk } from './places.ts';
import { allOurs } from './positions.ts';
import { pathKey } from './road.ts';
import { scanPlace } from './settle.ts';

/** A target must have been quiet this long before what was not seen counts as absent (see `settleMs`). */
const SETTLE_MIN_MS = 5_000;
const SETTLE_MAX_MS = 120_000;

/** Rounds of carrying again what a cut had left in doubt. */
const ROUNDS_MAX = 10;

/**
 * Looks at every place whose state is not the one we left: settles what an earlier run left open there, and meets mail
 * that somebody else put, so that copies of it are recognised before anything is carried.
 */
export async function adoptPlaces(journey: Journey, folders: readonly Folder[]): Promise<void> {
  const { ledger } = journey.road;
  const rows = new Map((await ledger.places()).map((row) => [pathKey(row.path), row]));
  const open = new Set((await ledger.unsettled()).map((landing) => landing.place));
  const changed = folders.filter((folder) => {
    if (!folder.selectable) return false;
    const row = rows.get(pathKey(folder.path));
    if (row && (open.has(row.id) || row.state === null)) return true;
    if (!row) return folder.messages !== 0;
    return folder.state === null || folder.state !== row.state;
  });
  if (changed.length === 0) return;
  journey.road.tell({ event: 'stage', stage: 'index' });
  await abreast(changed, journey.road.target.traits.lanes, async (folder) => {
    const { path, role, subscribed } = folder;
    const known = rows.get(pathKey(path));
    if (!known) await ledger.place(path);
    const desk = await journey.places.prepare({ path, role, subscribe: subscribed });
    if (!known) desk.row.window = null;
    const scan = await scanPlace(journey, desk, false);
    if (scan.doubtful === 0) await moveWindow(journey, desk, folder);
  });
}

/**
 * Settles every place of this run. What was put with an unknown end and is not there is waited for until the target has
 * been quiet for the settle time; only then it counts as absent.
 *
 * @returns true when something waits to be carried again
 */
export async function settleDoubts(journey: Journey, round: number): Promise<boolean> {
  const { road } = journey;
  await useUnsettled(journey);
  if ((await journey.places.used()).length === 0) return false;
  road.tell({ event: 'stage', stage: 'read-back' });
  const settleMs = await settleTime(journey);
  for (let attempt = 0; ; attempt++) {
    const quietInMs = settleMs - (performance.now() - journey.doubtSince);
    const quiet = quietInMs <= 0;
    let doubtful = 0;
    try {
      doubtful = await scanAll(journey, quiet);
      journey.lossesInARow = 0;
    } catch (error) {
      await restAfter(journey, error);
      continue;
    }
    if (doubtful === 0) return round < ROUNDS_MAX && (await anyWaiting(journey));
    await rest(road, Math.min(Math.max(quietInMs, 100), 250 * 2 ** Math.min(attempt, 5)));
  }
}

async function scanAll(journey: Journey, quiet: boolean): Promise<number> {
  let doubtful = 0;
  const { target, ledger } = journey.road;
  const unsettled = new Set((await ledger.unsettled()).map((landing) => landing.place));
  const folders = new Map((await target.folders()).map((folder) => [pathKey(folder.path), folder]));
  await abreast(await journey.places.used(), target.traits.lanes, async (desk) => {
    const now = folders.get(pathKey(desk.place.path));
    const open = unsettled.has(desk.row.id);
    if (!open && now && allOurs(desk.row.window, now.position, desk.verified)) {
      await moveWindow(journey, desk, now);
      return;
    }
    const scan = await scanPlace(journey, desk, quiet);
    doubtful += scan.doubtful;
    if (scan.doubtful === 0) await moveWindow(journey, desk, now);
  });
  return doubtful;
}

/** Everything up to this listing, which was taken before the scan, is known: the next scan starts there. */
async function moveWindow(journey: Journey, desk: Desk, now: Folder | undefined): Promise<void> {
  if (!now) return;
  desk.row.window = now.position;
  desk.verified = 0;
  desk.row.state = now.state;
  await journey.road.ledger.updatePlace(desk.row.id, { window: now.position, state: now.state });
}

async function anyWaiting(journey: Journey): Promise<boolean> {
  const waiting = await journey.road.ledger.waitingByFolder();
  return waiting.some(({ folder }) => journey.listed.has(folder));
}

/** Places with open steps of an earlier run belong to this one, whatever else it does. */
async function useUnsettled(journey: Journey): Promise<void> {
  const { ledger } = journey.road;
  const open = new Set((await ledger.unsettled()).map((landing) => landing.place));
  for (const row of await ledger.places()) {
    if (!open.has(row.id)) continue;
    const desk = await journey.places.prepare({ path: row.path, role: null, subscribe: false });
    desk.used = true;
  }
}

/** How long after a cut a message may still appear: at least 5 s, and three times the slowest answer ever seen here. */
async function settleTime(journey: Journey): Promise<number> {
  const { ledger, options } = journey.road;
  const slowest = Math.max(Number((await ledger.recall('slowest-put-ms')) ?? 0), journey.slowestPutMs);
  await ledger.remember('slowest-put-ms', String(Math.ceil(slowest)));
  return options.settleMs ?? Math.min(SETTLE_MAX_MS, Math.max(SETTLE_MIN_MS, 3 * slowest));
}

/** After marks were set, the places look different from what was last noted: notes them again, so that an unchanged pass sees nothing to do. */
export async function closePlaces(journey: Journey): Promise<void> {
  const { ledger, target } = journey.road;
  const folders = new Map((await target.folders()).map((folder) => [pathKey(folder.path), folder]));
  for (const desk of await journey.places.used()) {
    const now = folders.get(pathKey(desk.place.path));
    if (!now || now.position !== desk.row.window) continue;
    desk.row.state = now.state;
    await ledger.updatePlace(desk.row.id, { state: now.state });
  }
}
