import type { FoundMessage, Landing, Outcome } from '../ledger/ledger.ts';
import { likelySame } from '../mail/identity.ts';
import { isTrouble } from '../trouble.ts';
import { likelyOf } from './decide.ts';
import { type Doubts, openDoubts } from './doubts.ts';
import type { Journey } from './journey.ts';
import { tellTrouble } from './journey.ts';
import { keyBatches } from './keys.ts';
import type { Landed } from './landed.ts';
import { makePool, type Pool, type Stranger } from './match.ts';
import type { Desk } from './places.ts';
import { renumbered } from './positions.ts';
import { readBack, verify } from './readback.ts';
import { identityAtTarget } from './receive.ts';
import { folderName, stopIfCancelled } from './road.ts';

/** How many listed messages are looked up in the ledger, and read, at once. */
const SCAN_BATCH = 500;

/** What a scan left open. */
export interface Scan {
  /** Messages in doubt whose copy was not seen. */
  doubtful: number;
  /** Messages met that are not ours. */
  strangers: number;
}

interface Scanning {
  journey: Journey;
  desk: Desk;
  pool: Pool;
  doubts: Doubts;
  /** The target gave every message a new key: ours are strangers until they are recognised. */
  renumbered: boolean;
  /** Landings that were given their new key in this scan. */
  rekeyed: Set<number>;
  /** Strangers that were not matched at first sight. */
  unmatched: Stranger[];
  strangers: number;
}

/**
 * Reads what lies in a place since its window and gives every message its owner: landings with a key are verified;
 * strangers are matched to landings without a key (acknowledged ones first, then those in doubt); copies too many of
 * our own are withdrawn; what is left was put there by somebody else and is noted as found.
 *
 * @param quiet the target had time enough: what is still in doubt and not there counts as absent and waits again
 */
export async function scanPlace(journey: Journey, desk: Desk, quiet: boolean): Promise<Scan> {
  const { ledger, target } = journey.road;
  const unkeyed = [
    ...(await ledger.unverified(desk.row.id)).filter((landing) => landing.key === null),
    ...(await ledger.unsettled(desk.row.id)),
  ];
  const scanning: Scanning = {
    journey,
    desk,
    pool: makePool(unkeyed),
    doubts: await openDoubts(ledger, desk.row.id),
    renumbered: renumbered(desk.row.window, desk.place.position),
    rekeyed: new Set(),
    unmatched: [],
    strangers: 0,
  };
  const listing = target.entries(desk.place, desk.row.window);
  for await (const keys of keyBatches(listing, SCAN_BATCH)) await meet(scanning, keys);
  await matchAltered(scanning);
  await nameTheRest(scanning);
  return { doubtful: await resolveDoubts(scanning, quiet), strangers: scanning.strangers };
}

async function meet(scanning: Scanning, keys: string[]): Promise<void> {
  const { journey, desk } = scanning;
  stopIfCancelled(journey.road);
  const known = await journey.road.ledger.landingsByKey(desk.row.id, keys);
  const owned = new Set(known.map((landing) => landing.key));
  const unverified = known.filter((landing) => landing.state === 'landed');
  await readBack(journey, desk, await sentOf(journey, unverified));
  const unknown = keys.filter((key) => !owned.has(key));
  if (unknown.length > 0) await meetStrangers(scanning, unknown);
  if (scanning.pool.size === 0) await nameTheRest(scanning);
}

async function meetStrangers(scanning: Scanning, keys: string[]): Promise<void> {
  const { journey, desk, pool } = scanning;
  const matched: { stranger: Stranger; landing: Landing }[] = [];
  for await (const got of journey.road.target.read(desk.place, keys, journey.hold)) {
    if (got.is === 'unread') continue;
    const identity = identityAtTarget(got.body);
    got.body.release();
    const stranger = { key: got.key, identity, marks: got.marks ?? [], receivedAt: got.receivedAt };
    const landing = pool.claim(stranger, 'sent');
    if (landing) matched.push({ stranger, landing });
    else scanning.unmatched.push(stranger);
  }
  await own(scanning, matched);
}

/** Strangers that turned out to be ours. */
async function own(
  scanning: Scanning,
  matched: readonly { stranger: Stranger; landing: Landing }[],
): Promise<void> {
  const { journey, desk } = scanning;
  const sent = await sentOf(
    journey,
    matched.map(({ stranger, landing }) => ({ ...landing, key: stranger.key })),
  );
  const seen = matched.map(({ stranger: { identity, marks, receivedAt } }, index) => {
    return { one: sent[index]!, raw: identity.raw, marks, receivedAt };
  });
  await journey.road.ledger.settle(await verify(journey, desk, seen));
}

async function sentOf(journey: Journey, landings: readonly Landing[]): Promise<Landed[]> {
  if (landings.length === 0) return [];
  const items = await journey.road.ledger.itemsOf(landings.map((landing) => landing.id));
  const own = new Map(items.map((item) => [item.landing, item]));
  for (const item of items) if (item.outcome !== 'merged') own.set(item.landing, item);
  return landings.map((landing) => {
    const item = own.get(landing.id);
    if (!item || landing.key === null) throw new Error(`landing ${landing.id} has no item or no key`);
    return { landing: landing.id, key: landing.key, step: landing, item };
  });
}

/** The target may have altered what we put: what no digest matched is compared by content. */
async function matchAltered(scanning: Scanning): Promise<void> {
  for (const by of ['exact', 'likely'] as const) {
    if (scanning.pool.size === 0) return;
    const still: Stranger[] = [];
    const matched: { stranger: Stranger; landing: Landing }[] = [];
    for (const stranger of scanning.unmatched) {
      const landing = scanning.pool.claim(stranger, by);
      if (landing) matched.push({ stranger, landing });
      else still.push(stranger);
    }
    scanning.unmatched = still;
    await own(scanning, matched);
  }
}

/** Strangers that nothing of ours claims: a copy too many of our own, or somebody else's message. */
async function nameTheRest(scanning: Scanning): Promise<void> {
  const { journey, desk, doubts } = scanning;
  const found: FoundMessage[] = [];
  const rekeyed: { stranger: Stranger; landing: Landing }[] = [];
  for (const stranger of scanning.unmatched.splice(0)) {
    const landing = scanning.renumbered ? await formerSelf(scanning, stranger) : null;
    if (landing) {
      rekeyed.push({ stranger, landing });
      continue;
    }
    if (doubts.has(stranger.identity.raw) && (await withdraw(scanning, stranger))) continue;
    const { identity, key, marks, receivedAt } = stranger;
    const { raw, exact, kin, likely, messageId, size } = identity;
    found.push({ key, sent: raw, size, exact, kin, likely, messageId, marks, receivedAt });
  }
  await own(scanning, rekeyed);
  if (found.length > 0) await journey.road.ledger.found(desk.row.id, found);
  scanning.strangers += found.length;
}

/** The landing that this message was before the target renumbered its folder: the same bytes under an old key. */
async function formerSelf(scanning: Scanning, stranger: Stranger): Promise<Landing | null> {
  const { journey, desk, rekeyed } = scanning;
  const { exact, raw } = stranger.identity;
  const twins = await journey.road.ledger.landingsByExact([exact]);
  const landing = twins.find(
    (one) =>
      one.place === desk.row.id &&
      (one.state === 'verified' || one.state === 'landed') &&
      (one.stored ?? one.sent) === raw &&
      !rekeyed.has(one.id),
  );
  if (landing) rekeyed.add(landing.id);
  return landing ?? null;
}

/**
 * Removes a copy too many, only when all of this holds: its bytes were put by us with an unknown end and put again, it
 * lies in our window, and another copy of the same bytes is verified at its place; or of the same content, read again
 * there and then, because a source that writes each message anew gave other bytes the second time.
 */
async function withdraw(scanning: Scanning, stranger: Stranger): Promise<boolean> {
  const { journey, desk } = scanning;
  const { ledger, target } = journey.road;
  const twins = await ledger.landingsByExact([stranger.identity.exact]);
  const kept = twins.some(
    (landing) =>
      landing.place === desk.row.id && landing.sent === stranger.identity.raw && landing.key !== null,
  );
  if (!kept && !(await keptRendered(scanning, stranger))) return false;
  try {
    await target.withdraw(desk.place, [stranger.key]);
  } catch (error) {
    if (!isTrouble(error, 'refused')) throw error;
    tellTrouble(journey.road, error, null);
    return false;
  }
  journey.road.tell({ event: 'withdrawn', folder: folderName(desk.place.path), key: stranger.key });
  return true;
}

/** Whether another copy of ours at this place says and carries the same. */
async function keptRendered({ journey, desk }: Scanning, { identity, key }: Stranger): Promise<boolean> {
  const kin = await journey.road.ledger.landingsByKin([identity.kin]);
  for (const landing of kin) {
    const { place, state, messageId } = landing;
    if (place !== desk.row.id || state === 'found' || landing.key === null || landing.key === key) continue;
    if (likelySame({ likely: await likelyOf(journey, landing), messageId }, identity)) return true;
  }
  return false;
}

async function resolveDoubts(scanning: Scanning, quiet: boolean): Promise<number> {
  const doubtful = scanning.pool.rest().filter((landing) => landing.state === 'intended');
  if (!quiet) return doubtful.length;
  for (const landing of doubtful) await scanning.doubts.add(landing.sent);
  await scanning.journey.road.ledger.settle(
    doubtful.map((landing): Outcome => ({ is: 'absent', landing: landing.id })),
  );
  return 0;
}
