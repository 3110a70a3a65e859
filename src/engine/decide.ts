import type { Item, Landing, Outcome } from '../ledger/ledger.ts';
import { travelHold } from '../stores/holds/travel.ts';
import type { Journey } from './journey.ts';
import type { Load } from './load.ts';
import { type Candidate, type Departed, plan } from './plan.ts';
import { type Held, identityOf } from './receive.ts';
import { FILE_ABOVE_BYTES, pathKey } from './road.ts';

/** Sorts a batch into what must be copied and what joins a landing; asks the ledger what is already there. */
export async function decide(
  journey: Journey,
  load: Load,
  batch: readonly Held[],
): Promise<{ copies: Held[]; joined: Outcome[] }> {
  const account = load.listed.account.row.id;
  const { candidates, gone } = await candidatesFor(journey, account, batch);
  const departed = await departedFor(journey, account, batch, gone);
  const questions = batch.map(({ item, identity }) => ({ item: item.id, account, identity }));
  const byItem = new Map(batch.map((held) => [held.item.id, held]));
  const copies: Held[] = [];
  const joined: Outcome[] = [];
  for (const decision of plan(questions, candidates, departed)) {
    if (decision.is === 'copy') copies.push(byItem.get(decision.item)!);
    else if (decision.is === 'follow') joined.push({ is: 'moved', item: decision.item, from: decision.from });
    else joined.push({ is: 'merged', item: decision.item, landing: decision.landing, by: decision.by });
  }
  return { copies, joined };
}

/** Landings that the batch might join, and the account's own items in them that are gone from the source. */
async function candidatesFor(
  journey: Journey,
  account: number,
  batch: readonly Held[],
): Promise<{ candidates: Candidate[]; gone: Item[] }> {
  const { ledger } = journey.road;
  const exact = [...new Set(batch.map(({ identity }) => identity.exact))];
  const kin = [...new Set(batch.map(({ identity }) => identity.kin))];
  const found = new Map<number, Landing>();
  for (const landing of await ledger.landingsByExact(exact)) found.set(landing.id, landing);
  for (const landing of await ledger.landingsByKin(kin)) found.set(landing.id, landing);
  const absorbed = new Map<number, Set<number>>();
  const gone: Item[] = [];
  for (const item of await ledger.itemsOf([...found.keys()])) {
    if (item.gone && item.account === account) gone.push(item);
    const accounts = absorbed.get(item.landing!) ?? new Set();
    absorbed.set(item.landing!, accounts.add(item.account));
  }
  const exacts = new Set(exact);
  const candidates: Candidate[] = [];
  for (const landing of found.values()) {
    const likely = landing.likely ?? (exacts.has(landing.exact) ? null : await likelyOf(journey, landing));
    const { id, messageId } = landing;
    candidates.push({
      landing: id,
      exact: landing.exact,
      kin: landing.kin,
      likely,
      messageId,
      absorbed: absorbed.get(id) ?? new Set(),
    });
  }
  return { candidates, gone };
}

/** `likely` of a landing that was carried when nobody asked for it: read again at the target. Null when it cannot be. */
export async function likelyOf(journey: Journey, landing: Landing): Promise<string | null> {
  if (landing.key === null) return null;
  const { ledger, target, scratch } = journey.road;
  const row = (await ledger.places()).find((place) => place.id === landing.place);
  const folder = journey.targetFolders.find((one) => row && pathKey(one.path) === pathKey(row.path));
  if (!folder) return null;
  const hold = travelHold({ directory: scratch, fileAboveBytes: FILE_ABOVE_BYTES });
  for await (const got of target.read(folder, [landing.key], hold)) {
    if (got.is === 'unread') return null;
    const { likely } = identityOf(got.body, true);
    got.body.release();
    return likely;
  }
  return null;
}

async function departedFor(
  journey: Journey,
  account: number,
  batch: readonly Held[],
  alsoGone: readonly Item[],
): Promise<Departed[]> {
  const exact = [...new Set(batch.map(({ identity }) => identity.exact))];
  const gone = new Map(
    (await journey.road.ledger.goneByExact(account, exact)).map((item) => [item.id, item]),
  );
  for (const item of alsoGone) gone.set(item.id, item);
  return [...gone.values()].map((item) => ({ item: item.id, exact: item.exact, landing: item.landing! }));
}
