import { foldedName } from '../../prepared/fold.ts';
import type { Place, Plan, PlannedAccount, PlannedGroup, PlannedPerson } from '../../prepared/index.ts';
import type { Account, Group, Id, Person } from '../../records/facts.ts';
import type { Change, PersonRow } from '../../records/records.ts';
import { needsSecret } from './people.ts';
import { isSameDoor } from './same-door.ts';

/** What was there when the plan was made, by id, and where new places are found by their names. */
interface Writing {
  change: Change;
  organisation: Id;
  people: Map<Id, PersonRow>;
  groups: Map<Id, Group>;
  sites: Map<string, Id>;
  waves: Map<string, Id>;
}

/**
 * Writes all that a prepared file wants, within the change it is given: all of it or, when anything throws, nothing. Throws Trouble of
 * the records.
 */
export async function writePlan(change: Change, organisation: Id, plan: Plan): Promise<void> {
  const everybody = plan.people.some(({ id }) => id !== null) ? await change.everybody(organisation) : [];
  const writing: Writing = {
    ...{ change, organisation },
    people: new Map(everybody.map((person) => [person.id, person])),
    groups: new Map((await change.groups(organisation)).map((group) => [group.id, group])),
    sites: await addSites(change, organisation, plan.sites),
    waves: await addWaves(change, organisation, plan.waves),
  };
  // An address that goes from one to another within the file must be free before it is taken.
  for (const person of plan.people) await giveUpAliases(writing, person);
  for (const group of plan.groups) await giveUpGroupAliases(writing, group);
  for (const person of plan.people) await writePerson(writing, person);
  for (const group of plan.groups) await writeGroup(writing, group);
}

/** Where most of the organisation is, or this machine: it can be changed on the page of sites. */
async function addSites(
  change: Change,
  organisation: Id,
  names: readonly string[],
): Promise<Map<string, Id>> {
  const made = new Map<string, Id>();
  if (names.length === 0) return made;
  const [known] = await change.sites(organisation);
  const zone = known?.zone ?? Temporal.Now.timeZoneId();
  for (const name of names) {
    const fields = { name, zone, hours: [], closed: [], lineBytesPerSecond: null };
    made.set(foldedName(name), (await change.addSite(organisation, fields)).id);
  }
  return made;
}

/** The first wave of a road is its pilot. */
async function addWaves(
  change: Change,
  organisation: Id,
  names: readonly string[],
): Promise<Map<string, Id>> {
  const made = new Map<string, Id>();
  if (names.length === 0) return made;
  let pilot = (await change.waves(organisation)).length === 0;
  for (const name of names) {
    made.set(foldedName(name), (await change.addWave(organisation, { name, pilot, startsOn: null })).id);
    pilot = false;
  }
  return made;
}

function placeOf(place: Place, made: Map<string, Id>): Id | null {
  if (place === null) return null;
  if ('id' in place) return place.id;
  // Written otherwise in another row: `lyon` and `Lyon` are one place.
  const id = made.get(foldedName(place.create));
  if (id !== undefined) return id;
  throw new Error(`a place of the plan was not made: ${place.create}`);
}

async function giveUpAliases(writing: Writing, { id, aliases }: PlannedPerson): Promise<void> {
  const before = id === null ? undefined : writing.people.get(id);
  const kept = before && keptOf(before.aliases, aliases);
  if (!before || !kept) return;
  const { version } = await writing.change.changePerson(writing.organisation, before.id, before.version, {
    aliases: kept,
  });
  writing.people.set(before.id, { ...before, version, aliases: kept });
}

async function giveUpGroupAliases(writing: Writing, { id, aliases }: PlannedGroup): Promise<void> {
  const before = id === null ? undefined : writing.groups.get(id);
  const kept = before && keptOf(before.aliases, aliases);
  if (!before || !kept) return;
  const after = await writing.change.changeGroup(writing.organisation, before.id, before.version, {
    aliases: kept,
  });
  writing.groups.set(before.id, after);
}

/** Null: nothing is given up. */
function keptOf(before: readonly string[], wanted: readonly string[]): string[] | null {
  const stay = new Set(wanted.map((one) => one.toLowerCase()));
  const kept = before.filter((one) => stay.has(one.toLowerCase()));
  return kept.length === before.length ? null : kept;
}

async function writePerson(writing: Writing, planned: PlannedPerson): Promise<void> {
  const { change, organisation } = writing;
  const { id, site, wave, accounts, ...facts } = planned;
  const fields: Omit<Person, 'id' | 'version'> = {
    ...facts,
    site: placeOf(site, writing.sites),
    wave: placeOf(wave, writing.waves),
  };
  if (id === null) {
    const added = await change.addPerson(organisation, fields);
    await writeAccounts(writing, added.id, accounts, []);
    return;
  }
  const before = writing.people.get(id)!;
  await change.changePerson(organisation, id, before.version, fields);
  await writeAccounts(writing, id, accounts, before.accounts);
}

async function writeAccounts(
  { change, organisation }: Writing,
  person: Id,
  planned: readonly PlannedAccount[],
  before: readonly Account[],
): Promise<void> {
  let position = 0;
  for (const { id, role, address, secret } of planned) {
    const at = role === 'target' ? 0 : position++;
    const known = before.find((one) => one.id === id);
    const given = { address, position: at, needsSecret: needsSecret(address) };
    let account = known?.id ?? '';
    if (known === undefined) account = (await change.addAccount(organisation, { ...given, person, role })).id;
    else if (known.address !== address || known.position !== at)
      await change.changeAccount(organisation, known.id, known.version, given);
    if (secret !== null) await change.sealSecret(organisation, account, secret.reveal());
    else if (known !== undefined && known.address !== address && !isSameDoor(known.address, address))
      await change.sealSecret(organisation, account, null);
  }
}

async function writeGroup(writing: Writing, planned: PlannedGroup): Promise<void> {
  const { change, organisation } = writing;
  const { id, site, ...facts } = planned;
  const fields = { ...facts, site: placeOf(site, writing.sites) };
  if (id === null) await change.addGroup(organisation, fields);
  else await change.changeGroup(organisation, id, writing.groups.get(id)!.version, fields);
}
