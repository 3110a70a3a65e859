import { sha256 } from '../digest.ts';
import type { Item, ItemIdentity, Landing, Outcome, Step } from '../ledger.ts';
import { markSet } from '../marks.ts';
import type { State } from './state.ts';

/** `Ledger.intend` for one step. */
export function intendOne(state: State, step: Step, intendedAt: number): number {
  if (!state.places.get(step.place)) throw new Error(`no place ${step.place}`);
  const item = state.items.get(step.item);
  if (!item || item.outcome !== null || item.landing !== null || item.gone) {
    throw new Error(`item ${step.item} is not waiting`);
  }
  const { item: _item, read, ...bytes } = step;
  const landing = state.landings.add((id) => ({
    ...bytes,
    id,
    state: 'intended',
    key: null,
    sent: sha256(step.sent),
    exact: sha256(step.exact),
    kin: sha256(step.kin),
    likely: step.likely === null ? null : sha256(step.likely),
    marks: markSet(step.marks),
    stored: null,
    intendedAt,
  }));
  state.items.change(item, { ...(read ? readOf(item, read) : {}), landing: landing.id });
  return landing.id;
}

/** What was read of an item, checked, as a change of it. */
export function readOf(item: Item, read: Omit<ItemIdentity, 'item'>): Partial<Item> {
  sha256(read.exact);
  sha256(read.kin);
  if (read.likely !== null) sha256(read.likely);
  return { ...read, receivedAt: read.receivedAt ?? item.receivedAt, marks: markSet(read.marks) };
}

/** `Ledger.settle` for one outcome. */
export function settleOne(state: State, outcome: Outcome): void {
  if ('reason' in outcome) settleWithout(state, itemOf(state, outcome.item), outcome);
  else if (outcome.is === 'again') settleAgain(state, itemOf(state, outcome.item));
  else if (outcome.is === 'merged') settleMerged(state, openItem(state, outcome.item), outcome);
  else if (outcome.is === 'moved') {
    settleMoved(state, openItem(state, outcome.item), itemOf(state, outcome.from));
  } else settleLanding(state, landingOf(state, outcome.landing), outcome);
}

type OfLanding = Outcome & { is: 'landed' | 'verified' | 'absent' | 'marked' };

function settleLanding(state: State, landing: Landing, outcome: OfLanding): void {
  if (outcome.is === 'landed') settleLanded(state, landing, outcome.key);
  else if (outcome.is === 'verified') settleVerified(state, landing, outcome);
  else if (outcome.is === 'absent') settleAbsent(state, landing);
  else state.landings.change(landing, { marks: markSet(outcome.marks) });
}

function settleLanded(state: State, landing: Landing, key: string | null): void {
  if (landing.state !== 'intended' && landing.state !== 'landed') {
    throw new Error(`landing ${landing.id} is ${landing.state} and cannot land`);
  }
  if (key !== null) claimKey(state, landing, key);
  state.landings.change(landing, { state: 'landed', key: key ?? landing.key });
  copied(state, landing.id);
}

function settleVerified(state: State, landing: Landing, outcome: Outcome & { is: 'verified' }): void {
  if (landing.state === 'found') throw new Error(`landing ${landing.id} is found and cannot be verified`);
  claimKey(state, landing, outcome.key);
  const { key, altered } = outcome;
  const stored = outcome.stored === null ? null : sha256(outcome.stored);
  state.landings.change(landing, { state: 'verified', key, stored, altered: [...altered] });
  copied(state, landing.id);
}

function settleAbsent(state: State, landing: Landing): void {
  for (const item of state.itemsOf(landing.id)) {
    state.items.change(item, { landing: null, outcome: null, by: null });
  }
  state.landings.remove(landing.id);
}

function settleMerged(state: State, item: Item, { landing, by }: Outcome & { is: 'merged' }): void {
  landingOf(state, landing);
  refuseTwin(state, landing, item.account);
  state.items.change(item, { landing, outcome: 'merged', by });
}

function settleMoved(state: State, item: Item, from: Item): void {
  if (!from.gone || from.landing === null || from.account !== item.account) {
    throw new Error(`item ${item.id} cannot follow item ${from.id}`);
  }
  const { landing, outcome } = from;
  state.items.change(from, { landing: null, outcome: null, by: null });
  state.items.change(item, { landing, outcome, by: 'moved' });
}

function settleWithout(state: State, item: Item, { is, reason }: Outcome & { is: 'left' | 'asked' }): void {
  if (item.outcome !== null) throw new Error(`item ${item.id} is already ${item.outcome}`);
  if (item.landing !== null) {
    if (state.itemsOf(item.landing).length > 1) throw new Error(`landing ${item.landing} holds other items`);
    state.items.change(item, { landing: null });
    state.landings.remove(item.landing);
  }
  state.items.change(item, { landing: null, outcome: is, reason, by: null });
}

function settleAgain(state: State, item: Item): void {
  if (item.outcome !== 'left') throw new Error(`item ${item.id} was not left`);
  state.items.change(item, { outcome: null, reason: null });
}

/** A message seen as found under this key was ours all the time: what joined it belongs to the landing. */
function claimKey(state: State, landing: Landing, key: string): void {
  const other = state.landingByKey(landing.place, key);
  if (!other || other.id === landing.id) return;
  if (other.state !== 'found') throw new Error(`key ${key} belongs to landing ${other.id}`);
  for (const item of state.itemsOf(other.id)) {
    refuseTwin(state, landing.id, item.account);
    state.items.change(item, { landing: landing.id });
  }
  state.landings.remove(other.id);
}

function refuseTwin(state: State, landing: number, account: number): void {
  if (state.itemsOf(landing).some((item) => item.account === account)) {
    throw new Error(`landing ${landing} already holds an item of account ${account}`);
  }
}

function copied(state: State, landing: number): void {
  for (const item of state.itemsOf(landing)) {
    if (item.outcome === null) state.items.change(item, { outcome: 'copied' });
  }
}

function itemOf(state: State, id: number): Item {
  const item = state.items.get(id);
  if (!item) throw new Error(`no item ${id}`);
  return item;
}

function openItem(state: State, id: number): Item {
  const item = itemOf(state, id);
  if (item.outcome !== null || item.landing !== null)
    throw new Error(`item ${id} already has an end or a landing`);
  return item;
}

function landingOf(state: State, id: number): Landing {
  const landing = state.landings.get(id);
  if (!landing) throw new Error(`no landing ${id}`);
  return landing;
}
