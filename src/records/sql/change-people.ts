import type { Group, Id, Person, Version } from '../facts.ts';
import { fold, sameAs } from '../fold.ts';
import { checkEntered } from '../texts.ts';
import { aliasesOf, claim, release } from './addresses.ts';
import { chunksOf, type Doing, differing, fromTo, newId, toOnly, writeAudit, writeAudits } from './doing.ts';
import { checkBeside, checkSeen, missing, organisationRow, ownRow, refused } from './found.ts';
import { groupOf, personOf } from './rows.ts';

type New<T> = Omit<T, 'id' | 'version'>;
type Fields<T> = Partial<New<T>>;
type Details = Record<string, { from?: unknown; to?: unknown }>;

function personColumns(one: Person) {
  return {
    ...{ version: one.version, kind: one.kind, given_name: one.givenName, family_name: one.familyName },
    ...{ display_name: one.displayName, address: one.address, address_key: sameAs(one.address) },
    ...{ aliases: JSON.stringify(one.aliases), site: one.site, wave: one.wave, language: one.language },
    ...{ title: one.title, mobile: one.mobile, sort_name: sortName(one) },
  };
}

function sortName({ familyName, givenName, displayName }: Person): string {
  return fold(familyName === '' ? displayName : `${familyName} ${givenName}`);
}

/** What a search looks through; to be done again when one of its parts changes. */
export async function refold({ db }: Doing, id: Id): Promise<void> {
  const person = await db.selectFrom('people').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  const accounts = await db.selectFrom('accounts').select('address').where('person', '=', id).execute();
  const folded = foldedOf(
    personOf(person),
    accounts.map(({ address }) => address),
  );
  if (folded !== person.folded) await db.updateTable('people').set({ folded }).where('id', '=', id).execute();
}

function foldedOf(person: Person, accounts: readonly string[]): string {
  const { displayName, givenName, familyName, address, aliases, title } = person;
  return fold([displayName, givenName, familyName, address, ...aliases, title, ...accounts].join('\n'));
}

async function checkPlaces(
  { db }: Doing,
  organisation: Id,
  { site, wave }: { site?: Id | null; wave?: Id | null },
): Promise<void> {
  if (site) await checkBeside(db, 'sites', organisation, site);
  if (wave) await checkBeside(db, 'waves', organisation, wave);
}

/** Sites and waves by the names that people know. */
async function named({ db }: Doing, details: Record<string, unknown>): Promise<Details> {
  const told = { ...details } as Details;
  for (const [field, table] of [
    ['site', 'sites'],
    ['wave', 'waves'],
  ] as const) {
    const change = told[field];
    if (change === undefined) continue;
    const ids = Object.values(change).filter((id) => typeof id === 'string');
    if (ids.length === 0) continue;
    const rows = await db.selectFrom(table).select(['id', 'name']).where('id', 'in', ids).execute();
    const name = (id: unknown): unknown => rows.find((row) => row.id === id)?.name ?? id;
    told[field] = Object.fromEntries(Object.entries(change).map(([side, id]) => [side, name(id)]));
  }
  return told;
}

export async function addPerson(doing: Doing, organisation: Id, given: New<Person>): Promise<Person> {
  checkEntered(given);
  await organisationRow(doing.db, organisation);
  await checkPlaces(doing, organisation, given);
  const one: Person = { ...given, aliases: aliasesOf(given.address, given.aliases), id: newId(), version: 1 };
  await claim(doing, organisation, one.id, [one.address, ...one.aliases]);
  const begun = { folded: foldedOf(one, []), last_pass: null, findings_of: 0, open_findings: 0 };
  await doing.db
    .insertInto('people')
    .values({ id: one.id, organisation, ...personColumns(one), ...begun })
    .execute();
  const added = personOf(await ownRow(doing.db, 'people', organisation, one.id));
  const details = await named(doing, toOnly(added));
  await writeAudit(doing, { organisation, action: 'person.added', on: one.address, details });
  return added;
}

export async function changePerson(
  doing: Doing,
  organisation: Id,
  id: Id,
  seen: Version,
  changes: Fields<Person>,
): Promise<Person> {
  checkEntered(changes);
  const before = personOf(await ownRow(doing.db, 'people', organisation, id));
  checkSeen(before.version, seen, before.address);
  const aliases = aliasesOf(changes.address ?? before.address, changes.aliases ?? before.aliases);
  const changed = differing(before, { ...changes, aliases });
  if (Object.keys(changed).length === 0) return before;
  await checkPlaces(doing, organisation, changed);
  const after = { ...before, ...changed, version: before.version + 1 };
  if (changed.address !== undefined || changed.aliases)
    await claim(doing, organisation, id, [after.address, ...after.aliases]);
  await doing.db.updateTable('people').set(personColumns(after)).where('id', '=', id).execute();
  await refold(doing, id);
  const details = await named(doing, fromTo(before, changed));
  await writeAudit(doing, { organisation, action: 'person.changed', on: after.address, details });
  return after;
}

export async function removePerson(doing: Doing, organisation: Id, id: Id): Promise<void> {
  const { address } = await ownRow(doing.db, 'people', organisation, id);
  const running = doing.db
    .selectFrom('passes')
    .select('id')
    .where('person', '=', id)
    .where('ended_ms', 'is', null);
  if (await running.executeTakeFirst()) throw refused(address, 'in-use');
  await release(doing, id);
  await doing.db.deleteFrom('people').where('id', '=', id).execute();
  await writeAudit(doing, { organisation, action: 'person.removed', on: address });
}

export async function assign(
  doing: Doing,
  organisation: Id,
  people: readonly Id[],
  wave: Id | null,
): Promise<void> {
  await checkPlaces(doing, organisation, { wave });
  const names = new Map((await waveNames(doing, organisation)).map(({ id, name }) => [id, name]));
  const nameOf = (id: Id | null): string | null => (id === null ? null : names.get(id)!);
  for (const chunk of chunksOf([...new Set(people)])) {
    const found = doing.db
      .selectFrom('people')
      .select(['id', 'address', 'wave'])
      .where('organisation', '=', organisation);
    const rows = await found.where('id', 'in', chunk).execute();
    const there = new Set(rows.map(({ id }) => id));
    const lost = chunk.find((id) => !there.has(id));
    if (lost !== undefined) throw missing(lost);
    const moved = rows.filter((row) => row.wave !== wave);
    if (moved.length === 0) continue;
    const ids = moved.map(({ id }) => id);
    const update = doing.db.updateTable('people').set((is) => ({ wave, version: is('version', '+', 1) }));
    await update.where('id', 'in', ids).execute();
    const line = (row: (typeof rows)[number]) => ({
      ...{ organisation, action: 'person.assigned', on: row.address },
      details: { wave: { from: nameOf(row.wave), to: nameOf(wave) } },
    });
    await writeAudits(doing, moved.map(line));
  }
}

function waveNames({ db }: Doing, organisation: Id) {
  return db.selectFrom('waves').select(['id', 'name']).where('organisation', '=', organisation).execute();
}

function groupColumns(one: Group) {
  return {
    ...{ version: one.version, name: one.name, name_key: sameAs(one.name), address: one.address },
    ...{ aliases: JSON.stringify(one.aliases), site: one.site, members: JSON.stringify(one.members) },
  };
}

const membersOf = (members: readonly string[]): string[] => aliasesOf('', members);

export async function addGroup(doing: Doing, organisation: Id, given: New<Group>): Promise<Group> {
  checkEntered(given);
  await organisationRow(doing.db, organisation);
  await checkPlaces(doing, organisation, { site: given.site });
  const lists = { aliases: aliasesOf(given.address, given.aliases), members: membersOf(given.members) };
  const one: Group = { ...given, ...lists, id: newId(), version: 1 };
  await claim(doing, organisation, one.id, [one.address, ...one.aliases]);
  await doing.db
    .insertInto('groups')
    .values({ id: one.id, organisation, ...groupColumns(one) })
    .execute();
  const added = groupOf(await ownRow(doing.db, 'groups', organisation, one.id));
  const details = await named(doing, toOnly(added));
  await writeAudit(doing, { organisation, action: 'group.added', on: one.address, details });
  return added;
}

export async function changeGroup(
  doing: Doing,
  organisation: Id,
  id: Id,
  seen: Version,
  changes: Fields<Group>,
): Promise<Group> {
  checkEntered(changes);
  const before = groupOf(await ownRow(doing.db, 'groups', organisation, id));
  checkSeen(before.version, seen, before.address);
  const aliases = aliasesOf(changes.address ?? before.address, changes.aliases ?? before.aliases);
  const members = membersOf(changes.members ?? before.members);
  const changed = differing(before, { ...changes, aliases, members });
  if (Object.keys(changed).length === 0) return before;
  await checkPlaces(doing, organisation, { site: changed.site });
  const after = { ...before, ...changed, version: before.version + 1 };
  await claim(doing, organisation, id, [after.address, ...after.aliases]);
  await doing.db.updateTable('groups').set(groupColumns(after)).where('id', '=', id).execute();
  const details = await named(doing, fromTo(before, changed));
  await writeAudit(doing, { organisation, action: 'group.changed', on: after.address, details });
  return after;
}

export async function removeGroup(doing: Doing, organisation: Id, id: Id): Promise<void> {
  const { address } = await ownRow(doing.db, 'groups', organisation, id);
  await release(doing, id);
  await doing.db.deleteFrom('groups').where('id', '=', id).execute();
  await writeAudit(doing, { organisation, action: 'group.removed', on: address });
}
