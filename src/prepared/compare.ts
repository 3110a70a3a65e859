/** One wanted person or group against what is present: which fields change, and what the record would be then. */
import { accountKey, type Secret, shownAccount } from './account.ts';
import type { Field } from './column.ts';
import { cleaned, foldedAddress, foldedName } from './fold.ts';
import type { Id, Present, PresentAccount, PresentGroup, PresentPerson, PresentPlace } from './present.ts';
import type { Language } from './synonyms.ts';
import type { WantedAccount, WantedGroup, WantedPerson } from './wanted.ts';

/** Texts as they may be shown; of a password, both are empty. */
export interface Change {
  field: Field;
  from: string;
  to: string;
}

/** An existing site or wave, one that is to be created by this import, or none. */
export type Place = { id: Id } | { create: string } | null;

export interface PlannedPerson {
  /** Null: to be created. */
  id: Id | null;
  kind: 'person' | 'shared';
  givenName: string;
  familyName: string;
  displayName: string;
  address: string;
  aliases: string[];
  site: Place;
  wave: Place;
  language: Language | null;
  title: string;
  mobile: string;
  /** All of them in their order of precedence; those that the file does not name come last and stay as they are. */
  accounts: PlannedAccount[];
}

export interface PlannedAccount {
  /** Null: to be created. */
  id: Id | null;
  role: 'source' | 'target';
  address: string;
  /** SECRET. To be sealed instead of what is there; null: what is there stays. */
  secret: Secret | null;
}

export interface PlannedGroup {
  id: Id | null;
  name: string;
  address: string;
  aliases: string[];
  site: Place;
  members: string[];
}

export interface Compared<T> {
  planned: T;
  changes: Change[];
}

/** Whether a password is the one that is sealed for an account; null: it cannot be told, and the sealed one stays. */
export type SameSecret = ((account: Id, secret: string) => boolean) | null;

export interface Places {
  sites: PlaceIndex;
  waves: PlaceIndex;
  sameSecret: SameSecret;
}

/** Sites or waves by their names, exactly or without accents and case. */
export interface PlaceIndex {
  find(name: string): PresentPlace | null;
  name(id: Id | null): string;
}

export function placeIndex(places: readonly PresentPlace[]): PlaceIndex {
  const [exact, loose, byId] = [
    new Map<string, PresentPlace>(),
    new Map<string, PresentPlace>(),
    new Map<Id, string>(),
  ];
  for (const place of places) {
    if (!exact.has(cleaned(place.name))) exact.set(cleaned(place.name), place);
    if (!loose.has(foldedName(place.name))) loose.set(foldedName(place.name), place);
    byId.set(place.id, place.name);
  }
  return {
    find: (name) => exact.get(name) ?? loose.get(foldedName(name)) ?? null,
    name: (id) => (id === null ? '' : (byId.get(id) ?? '')),
  };
}

/** A name for who has none: what stands before the @. */
export function nameFrom(given: string, family: string, address: string): string {
  return cleaned(`${given} ${family}`) || address.slice(0, address.lastIndexOf('@'));
}

export function comparePerson(
  wanted: WantedPerson,
  present: PresentPerson | null,
  places: Places,
): Compared<PlannedPerson> {
  const changes: Change[] = [];
  const text = (field: Field, to: string | null, from: string): string => {
    if (to === null || to === cleaned(from)) return from;
    changes.push({ field, from, to });
    return to;
  };
  const kind = wanted.kind ?? present?.kind ?? 'person';
  text('kind', kind, present?.kind ?? '');
  const givenName = text('givenName', wanted.givenName, present?.givenName ?? '');
  const familyName = text('familyName', wanted.familyName, present?.familyName ?? '');
  const derived = present === null ? nameFrom(givenName, familyName, wanted.address) : null;
  const planned: PlannedPerson = {
    id: present?.id ?? null,
    kind,
    givenName,
    familyName,
    displayName: text('displayName', wanted.displayName || derived, present?.displayName ?? ''),
    address: present?.address ?? text('address', wanted.address, ''),
    aliases: list(changes, 'aliases', wanted.aliases, present?.aliases ?? []),
    site: place(changes, 'site', wanted.site, present?.site ?? null, places.sites),
    wave: place(changes, 'wave', wanted.wave, present?.wave ?? null, places.waves),
    language: (text('language', wanted.language, present?.language ?? '') as Language | '') || null,
    title: text('title', wanted.title, present?.title ?? ''),
    mobile: text('mobile', wanted.mobile, present?.mobile ?? ''),
    accounts: accounts(changes, wanted, present?.accounts ?? [], places.sameSecret),
  };
  return { planned, changes };
}

export function compareGroup(
  wanted: WantedGroup,
  present: PresentGroup | null,
  places: Places,
): Compared<PlannedGroup> {
  const changes: Change[] = [];
  if (present === null) changes.push({ field: 'address', from: '', to: wanted.address });
  const name = wanted.displayName || (present?.name ?? nameFrom('', '', wanted.address));
  if (name !== cleaned(present?.name ?? '') && name !== present?.name)
    changes.push({ field: 'displayName', from: present?.name ?? '', to: name });
  const planned: PlannedGroup = {
    id: present?.id ?? null,
    name: present !== null && cleaned(present.name) === name ? present.name : name,
    address: present?.address ?? wanted.address,
    aliases: list(changes, 'aliases', wanted.aliases, present?.aliases ?? []),
    site: place(changes, 'site', wanted.site, present?.site ?? null, places.sites),
    members: list(changes, 'members', wanted.members, present?.members ?? []),
  };
  return { planned, changes };
}

/** The order of addresses in a list says nothing. */
function list(changes: Change[], field: Field, to: string[] | null, from: string[]): string[] {
  if (to === null) return from;
  const [old, now] = [new Set(from.map(foldedAddress)), new Set(to.map(foldedAddress))];
  if (old.size === now.size && [...now].every((one) => old.has(one))) return from;
  changes.push({ field, from: from.join(', '), to: to.join(', ') });
  return to;
}

function place(
  changes: Change[],
  field: Field,
  to: string | null,
  from: Id | null,
  index: PlaceIndex,
): Place {
  const before = from === null ? null : { id: from };
  if (to === null) return before;
  const found = to === '' ? null : index.find(to);
  // Two of one name are not told apart by it: what is there stays.
  if (to === cleaned(index.name(from)) || (found !== null && found.id === from)) return before;
  changes.push({ field, from: index.name(from), to: found?.name ?? to });
  if (to === '') return null;
  return found === null ? { create: to } : { id: found.id };
}

function accounts(
  changes: Change[],
  wanted: WantedPerson,
  present: readonly PresentAccount[],
  sameSecret: SameSecret,
): PlannedAccount[] {
  const sources = present.filter((account) => account.role === 'source');
  const targets = present.filter((account) => account.role === 'target');
  const named = wanted.accounts.map((account) =>
    plannedAccount(changes, account, sources, 'source', sameSecret),
  );
  const rest = sources.filter((account) => !named.some(({ id }) => id === account.id)).map(asItIs);
  const all = [...named, ...rest];
  const kept = all.filter((account) => account.id !== null).map((account) => account.id);
  if (kept.some((id, n) => id !== sources[n]?.id))
    changes.push({ field: 'account', from: shownList(sources), to: shownList(all) });
  const target = targetOf(changes, wanted.target, targets, sameSecret);
  return target === null ? all : [...all, target];
}

function shownList(some: readonly { address: string }[]): string {
  return some.map(({ address }) => shownAccount(address)).join(', ');
}

function asItIs({ id, role, address }: PresentAccount): PlannedAccount {
  return { id, role, address, secret: null };
}

function plannedAccount(
  changes: Change[],
  wanted: WantedAccount,
  present: readonly PresentAccount[],
  role: PlannedAccount['role'],
  sameSecret: SameSecret,
): PlannedAccount {
  const { secret, address, key } = wanted;
  const found = present.find((account) => accountKey(account.address) === key);
  const field = role === 'source' ? 'account' : 'target';
  if (found === undefined) {
    changes.push({ field, from: '', to: shownAccount(address) });
    return { id: null, role, address, secret };
  }
  const renew = secret !== null && isNew(found, secret, sameSecret);
  if (renew) changes.push({ field: role === 'source' ? 'password' : 'targetPassword', from: '', to: '' });
  return { id: found.id, role, address: found.address, secret: renew ? secret : null };
}

function isNew(account: PresentAccount, secret: Secret, sameSecret: SameSecret): boolean {
  if (!account.hasSecret) return true;
  return sameSecret !== null && !sameSecret(account.id, secret.reveal());
}

/** A person has one new mailbox: another address is a change of it. */
function targetOf(
  changes: Change[],
  wanted: WantedAccount | null,
  present: readonly PresentAccount[],
  sameSecret: SameSecret,
): PlannedAccount | null {
  const [before] = present;
  if (wanted === null) return before === undefined ? null : asItIs(before);
  if (before === undefined || accountKey(before.address) === wanted.key)
    return plannedAccount(changes, wanted, present, 'target', sameSecret);
  changes.push({ field: 'target', from: shownAccount(before.address), to: shownAccount(wanted.address) });
  return { id: before.id, role: 'target', address: wanted.address, secret: wanted.secret };
}

/** All addresses that are taken, and by whom. */
export function takenAddresses(
  present: Present,
): Map<string, { id: Id; address: string; primary: boolean; what: 'person' | 'group' }> {
  const taken = new Map<string, { id: Id; address: string; primary: boolean; what: 'person' | 'group' }>();
  const add = (entry: PresentPerson | PresentGroup, what: 'person' | 'group'): void => {
    const { id, address } = entry;
    for (const alias of entry.aliases) taken.set(foldedAddress(alias), { id, address, primary: false, what });
  };
  for (const person of present.people) add(person, 'person');
  for (const group of present.groups) add(group, 'group');
  for (const { id, address } of present.people)
    taken.set(foldedAddress(address), { id, address, primary: true, what: 'person' });
  for (const { id, address } of present.groups)
    taken.set(foldedAddress(address), { id, address, primary: true, what: 'group' });
  return taken;
}
