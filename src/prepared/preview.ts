import { accountKey, needsPassword, shownAccount } from './account.ts';
import { domainOf } from './address.ts';
import { columnOf, type Field } from './column.ts';
import {
  type Change,
  type Compared,
  compareGroup,
  comparePerson,
  nameFrom,
  type Places,
  type PlannedGroup,
  type PlannedPerson,
  placeIndex,
  type SameSecret,
  takenAddresses,
} from './compare.ts';
import { foldedAddress, foldedName } from './fold.ts';
import type { Id, Present, PresentGroup, PresentPerson } from './present.ts';
import { questionKey, type Reason, type ReasonCode, reason } from './reason.ts';
import type { Wanted, WantedGroup, WantedPerson } from './wanted.ts';

export const VERDICTS = ['create', 'change', 'same', 'refuse'] as const;
export type VerdictIs = (typeof VERDICTS)[number];

/** What importing would do with one row. Nothing in it is secret. */
export interface Verdict {
  line: number;
  is: VerdictIs;
  what: 'person' | 'group';
  /** Primary address; of a row that has none, what stands there. */
  address: string;
  name: string;
  /** Of what is present; null: not yet there. */
  id: Id | null;
  /** The row above that this one adds an account to; changes are told there. */
  joins: number | null;
  changes: Change[];
  reasons: Reason[];
}

export interface Preview {
  /** In the order of the rows. */
  verdicts: Verdict[];
  /** Of the whole file. */
  file: Reason[];
  /** Sites and waves that would be created. */
  sites: string[];
  waves: string[];
  /** People and groups by verdict; each once, however many rows it has. */
  counts: Record<VerdictIs, number>;
  /** Rows with a question that nobody answered. */
  questions: number;
  /** Whether it may be imported: nothing refused, everything answered. */
  ready: boolean;
}

export interface PreviewOptions {
  /** Whether sites and waves that are not there may be created. */
  createSites: boolean;
  createWaves: boolean;
  /** Questions that a person answered with yes: see `questionKey`. */
  answered: ReadonlySet<string>;
  sameSecret: SameSecret;
}

/** What an import does, all or nothing. Holds secrets. */
export interface Plan {
  sites: string[];
  waves: string[];
  people: PlannedPerson[];
  groups: PlannedGroup[];
}

/** What importing would do, row by row. Pure: neither `wanted` nor `present` is touched. */
export function preview(wanted: Wanted, present: Present, options: PreviewOptions): Preview {
  return judge(wanted, present, options).preview;
}

/** What is to be written; only what is created or changed. Null while the preview is not ready. */
export function plan(wanted: Wanted, present: Present, options: PreviewOptions): Plan | null {
  const { preview: seen, people, groups } = judge(wanted, present, options);
  if (!seen.ready) return null;
  const changed = <T>(some: Compared<T>[]): T[] =>
    some.filter(({ changes }) => changes.length > 0).map(({ planned }) => planned);
  return { sites: seen.sites, waves: seen.waves, people: changed(people), groups: changed(groups) };
}

interface Judging {
  wanted: Wanted;
  present: Present;
  options: PreviewOptions;
  taken: ReturnType<typeof takenAddresses>;
  /** Addresses of the file: who has them first. */
  claims: Map<string, { address: string; line: number; primary: boolean }>;
  domains: ReadonlySet<string>;
  places: Places;
  people: ReadonlyMap<string, PresentPerson>;
  groups: ReadonlyMap<string, PresentGroup>;
  /** Of people, present and wanted: folded full name → addresses. */
  names: Map<string, string[]>;
  /** Old boxes: whose they are. */
  accounts: Map<string, string>;
  newSites: Map<string, string>;
  newWaves: Map<string, string>;
}

function judge(wanted: Wanted, present: Present, options: PreviewOptions) {
  const judging = prepare(wanted, present, options);
  const reasons = byLine(wanted.reasons);
  const verdicts: Verdict[] = wanted.lost.map((row) => lostVerdict(row, reasons));
  const [people, groups]: [Compared<PlannedPerson>[], Compared<PlannedGroup>[]] = [[], []];
  for (const person of wanted.people) {
    const before = judging.people.get(foldedAddress(person.address)) ?? null;
    const compared = comparePerson(person, before, judging.places);
    people.push(compared);
    const found = [
      ...entryReasons(judging, person, before),
      ...personReasons(judging, person, before, compared.planned),
    ];
    verdicts.push(...verdictsOf('person', person, compared, compared.planned.displayName, found, reasons));
  }
  for (const group of wanted.groups) {
    const before = judging.groups.get(foldedAddress(group.address)) ?? null;
    const compared = compareGroup(group, before, judging.places);
    groups.push(compared);
    const found = [...entryReasons(judging, group, before), ...memberReasons(judging, group, before)];
    verdicts.push(...verdictsOf('group', group, compared, compared.planned.name, found, reasons));
  }
  verdicts.sort((a, b) => a.line - b.line);
  return { preview: summed(verdicts, reasons.get(0) ?? [], judging), people, groups };
}

function summed(verdicts: Verdict[], file: Reason[], judging: Judging): Preview {
  const counts: Preview['counts'] = { create: 0, change: 0, same: 0, refuse: 0 };
  for (const { is, joins } of verdicts) if (joins === null) counts[is] += 1;
  const { answered } = judging.options;
  const open = ({ severity, ...rest }: Reason) => severity === 'ask' && !answered.has(questionKey(rest));
  const questions = verdicts.filter(({ reasons }) => reasons.some(open)).length;
  const refused = counts.refuse > 0 || file.some(({ severity }) => severity === 'refuse');
  return {
    verdicts,
    file,
    sites: [...judging.newSites.values()],
    waves: [...judging.newWaves.values()],
    counts,
    questions,
    ready: !refused && questions === 0 && verdicts.length > 0,
  };
}

function byLine(reasons: readonly Reason[]): Map<number, Reason[]> {
  const lines = new Map<number, Reason[]>();
  for (const one of reasons) {
    const same = lines.get(one.line);
    if (same === undefined) lines.set(one.line, [one]);
    else same.push(one);
  }
  return lines;
}

function prepare(wanted: Wanted, present: Present, options: PreviewOptions): Judging {
  const { sameSecret } = options;
  return {
    wanted,
    present,
    options,
    taken: takenAddresses(present),
    claims: claimsOf(wanted),
    domains: new Set(present.domains.map((domain) => domain.toLowerCase())),
    places: { sites: placeIndex(present.sites), waves: placeIndex(present.waves), sameSecret },
    people: new Map(present.people.map((person) => [foldedAddress(person.address), person])),
    groups: new Map(present.groups.map((group) => [foldedAddress(group.address), group])),
    names: namesOf(present.people),
    accounts: new Map(
      present.people.flatMap(({ address, accounts }) =>
        accounts
          .filter(({ role }) => role === 'source')
          .map((one) => [accountKey(one.address), address] as const),
      ),
    ),
    newSites: new Map(),
    newWaves: new Map(),
  };
}

/** Primary addresses before aliases: a row's own address is never lost to the alias of another. */
function claimsOf(wanted: Wanted): Judging['claims'] {
  const claims: Judging['claims'] = new Map();
  const entries = [...wanted.people, ...wanted.groups].sort((a, b) => a.lines[0]! - b.lines[0]!);
  for (const { address, lines } of entries)
    claims.set(foldedAddress(address), { address, line: lines[0]!, primary: true });
  for (const { address, aliases, lines } of entries)
    for (const alias of aliases ?? [])
      if (!claims.has(foldedAddress(alias)))
        claims.set(foldedAddress(alias), { address, line: lines[0]!, primary: false });
  return claims;
}

function namesOf(people: readonly PresentPerson[]): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const person of people) if (person.kind === 'person') addName(names, fullName(person), person.address);
  return names;
}

function fullName({ givenName, familyName, displayName }: PresentPerson | PlannedPerson): string {
  return foldedName(givenName !== '' && familyName !== '' ? `${givenName} ${familyName}` : displayName);
}

function addName(names: Map<string, string[]>, name: string, address: string): void {
  const same = names.get(name);
  if (same === undefined) names.set(name, [address]);
  else same.push(address);
}

function lostVerdict({ line, value }: Wanted['lost'][number], reasons: Map<number, Reason[]>): Verdict {
  const nothing = { id: null, joins: null, changes: [], name: '' };
  return { line, is: 'refuse', what: 'person', address: value, ...nothing, reasons: reasons.get(line) ?? [] };
}

function verdictsOf(
  what: Verdict['what'],
  { address, lines }: WantedPerson | WantedGroup,
  { planned, changes }: Compared<PlannedPerson | PlannedGroup>,
  name: string,
  found: Reason[],
  read: Map<number, Reason[]>,
): Verdict[] {
  const extra = byLine(found);
  const perLine = lines.map((line) => [...(read.get(line) ?? []), ...(extra.get(line) ?? [])]);
  const refused = perLine.some((reasons) => reasons.some(({ severity }) => severity === 'refuse'));
  const is = refused ? 'refuse' : planned.id === null ? 'create' : changes.length > 0 ? 'change' : 'same';
  return lines.map((line, n) => ({
    line,
    is,
    what,
    address,
    name,
    id: planned.id,
    joins: n === 0 ? null : lines[0]!,
    changes: n === 0 ? changes : [],
    reasons: perLine[n]!,
  }));
}

type At = { line: number; column: number | null };

function place(judging: Judging, entry: { lines: number[] }, field: Field): At {
  return { line: entry.lines[0]!, column: columnOf(judging.wanted, field)?.index ?? null };
}

/** What holds for people and groups. */
function entryReasons(
  judging: Judging,
  entry: WantedPerson | WantedGroup,
  before: PresentPerson | PresentGroup | null,
): Reason[] {
  return [
    ...primaryReasons(judging, entry, before),
    ...aliasReasons(judging, entry, before),
    ...siteReasons(judging, entry, 'site', entry.site, judging.places.sites, judging.newSites),
  ];
}

function primaryReasons(
  judging: Judging,
  entry: WantedPerson | WantedGroup,
  before: PresentPerson | PresentGroup | null,
): Reason[] {
  if (before !== null) return [];
  const { address } = entry;
  const at = place(judging, entry, 'address');
  const taken = judging.taken.get(foldedAddress(address));
  const found: Reason[] = [];
  const free =
    taken === undefined || (!taken.primary && givesUp(judging, taken.address, foldedAddress(address)));
  if (!free) found.push(reason('duplicate-address', at, address, { other: taken.address }));
  if (isForeign(judging, address))
    found.push(reason('bad-domain', at, address, { other: domainOf(address) }));
  return found;
}

function isForeign({ domains }: Judging, address: string): boolean {
  return domains.size > 0 && !domains.has(domainOf(address));
}

function aliasReasons(
  judging: Judging,
  entry: WantedPerson | WantedGroup,
  before: PresentPerson | PresentGroup | null,
): Reason[] {
  const at = place(judging, entry, 'aliases');
  const had = new Set(before?.aliases.map(foldedAddress));
  const found: Reason[] = [];
  for (const alias of entry.aliases ?? []) {
    const key = foldedAddress(alias);
    const [claim, taken] = [judging.claims.get(key), judging.taken.get(key)];
    if (claim !== undefined && claim.address !== entry.address)
      found.push(
        reason(claim.primary ? 'duplicate-address' : 'alias-taken', at, alias, { other: claim.address }),
      );
    else if (taken !== undefined && taken.id !== before?.id && !givesUp(judging, taken.address, key))
      found.push(reason('alias-taken', at, alias, { other: taken.address }));
    if (!had.has(key) && isForeign(judging, alias))
      found.push(reason('bad-domain', at, alias, { other: domainOf(alias) }));
  }
  return found;
}

/** An alias moves from one to another within the same file. */
function givesUp({ wanted, claims }: Judging, holder: string, alias: string): boolean {
  const claim = claims.get(foldedAddress(holder));
  if (claim === undefined || !claim.primary) return false;
  const entry = entryAt(wanted).get(foldedAddress(holder));
  return entry?.aliases?.every((one) => foldedAddress(one) !== alias) ?? false;
}

const entriesByWanted = new WeakMap<Wanted, Map<string, WantedPerson | WantedGroup>>();

function entryAt(wanted: Wanted): Map<string, WantedPerson | WantedGroup> {
  const known = entriesByWanted.get(wanted);
  if (known !== undefined) return known;
  const entries = new Map(
    [...wanted.people, ...wanted.groups].map((one) => [foldedAddress(one.address), one]),
  );
  entriesByWanted.set(wanted, entries);
  return entries;
}

function siteReasons(
  judging: Judging,
  entry: { lines: number[] },
  field: 'site' | 'wave',
  name: string | null,
  index: Places['sites'],
  created: Map<string, string>,
): Reason[] {
  if (name === null || name === '' || index.find(name) !== null) return [];
  const { createSites, createWaves } = judging.options;
  if (!(field === 'site' ? createSites : createWaves))
    return [reason(field === 'site' ? 'unknown-site' : 'unknown-wave', place(judging, entry, field), name)];
  const key = foldedName(name);
  if (!created.has(key)) created.set(key, name);
  return [];
}

function personReasons(
  judging: Judging,
  person: WantedPerson,
  before: PresentPerson | null,
  planned: PlannedPerson,
): Reason[] {
  return [
    ...siteReasons(judging, person, 'wave', person.wave, judging.places.waves, judging.newWaves),
    ...nameReasons(judging, person, before, planned),
    ...accountReasons(judging, person, before),
  ];
}

function nameReasons(
  judging: Judging,
  person: WantedPerson,
  before: PresentPerson | null,
  planned: PlannedPerson,
): Reason[] {
  if (before !== null) return [];
  const { givenName, familyName, displayName, address } = person;
  if (!givenName && !familyName && !displayName) {
    // A file that has no names at all, as Microsoft's batch, can be imported: names are given later.
    const hasNames = givenName !== null || familyName !== null || displayName !== null;
    const at = place(
      judging,
      person,
      givenName !== null ? 'givenName' : familyName !== null ? 'familyName' : 'displayName',
    );
    const name = nameFrom('', '', address);
    return [reason('name-missing', at, name, { severity: hasNames ? 'refuse' : 'warn' })];
  }
  if (planned.kind !== 'person') return [];
  const name = fullName(planned);
  const [same] = judging.names.get(name) ?? [];
  addName(judging.names, name, address);
  if (same === undefined) return [];
  const at = place(judging, person, familyName !== null ? 'familyName' : 'displayName');
  return [reason('homonym', at, planned.displayName, { other: same })];
}

function accountReasons(judging: Judging, person: WantedPerson, before: PresentPerson | null): Reason[] {
  const found: Reason[] = [];
  const said = [...person.accounts, ...(person.target === null ? [] : [person.target])];
  for (const account of said) {
    const { key } = account;
    const sealed = account.secret === null && hasSealed(before, key);
    if (account.secret === null && !sealed && needsPassword(account.address))
      found.push(reason('missing-password', account, shownAccount(account.address)));
    if (account === person.target) continue;
    const owner = judging.accounts.get(key);
    if (owner === undefined) judging.accounts.set(key, person.address);
    else if (foldedAddress(owner) !== foldedAddress(person.address))
      found.push(reason('account-taken', account, shownAccount(account.address), { other: owner }));
  }
  return found;
}

function hasSealed(before: PresentPerson | null, key: string): boolean {
  return (
    before?.accounts.some((account) => account.hasSecret && accountKey(account.address) === key) ?? false
  );
}

function memberReasons(judging: Judging, group: WantedGroup, before: PresentGroup | null): Reason[] {
  const had = new Set(before?.members.map(foldedAddress));
  const at = place(judging, group, 'members');
  const code: ReasonCode = 'unknown-member';
  return (group.members ?? [])
    .filter((member) => {
      const key = foldedAddress(member);
      // Addresses elsewhere are nobody's here, and may be members.
      if (had.has(key) || (judging.domains.size > 0 && isForeign(judging, member))) return false;
      return judging.domains.size > 0 && !judging.claims.has(key) && !judging.taken.has(key);
    })
    .map((member) => reason(code, at, member));
}
