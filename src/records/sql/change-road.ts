import { isDeepStrictEqual } from 'node:util';
import type { Decision, GateTick, Id, Organisation, Site, Version, Wave } from '../facts.ts';
import { sameAs } from '../fold.ts';
import type { Change } from '../records.ts';
import { checkEntered } from '../texts.ts';
import { type Doing, differing, flag, fromTo, newId, toOnly, writeAudit } from './doing.ts';
import { checkSeen, organisationRow, ownRow, refused } from './found.ts';
import { waves as wavesOf } from './read-road.ts';
import { organisationOf, siteOf, tickOf, waveOf } from './rows.ts';

type Fields<T> = Partial<Omit<T, 'id' | 'version'>>;

/** Fields as they are kept, so that the same again is known as the same. */
function kept(fields: Fields<Organisation>): Fields<Organisation> {
  checkEntered(fields);
  return fields.domains ? { ...fields, domains: [...new Set(fields.domains.map(sameAs))] } : fields;
}

function organisationColumns(one: Organisation) {
  return {
    ...{
      version: one.version,
      name: one.name,
      name_key: sameAs(one.name),
      language: one.language,
      suite: one.suite,
    },
    ...{ domains: JSON.stringify(one.domains), target_template: one.targetTemplate },
    ...{ moves_at_once: one.movesAtOnce, created_ms: one.createdMs },
  };
}

async function checkOrganisationName({ db }: Doing, name: string, id: Id): Promise<void> {
  const found = db.selectFrom('organisations').select('id').where('name_key', '=', sameAs(name));
  if (await found.where('id', '!=', id).executeTakeFirst()) throw refused(name, 'name-taken');
}

export async function addOrganisation(
  doing: Doing,
  given: Parameters<Change['addOrganisation']>[0],
): Promise<Organisation> {
  const fields = kept(given) as typeof given;
  const one: Organisation = { ...fields, id: newId(), version: 1, createdMs: doing.nowMs() };
  await checkOrganisationName(doing, one.name, one.id);
  await doing.db
    .insertInto('organisations')
    .values({ id: one.id, ...organisationColumns(one) })
    .execute();
  const added = organisationOf(await organisationRow(doing.db, one.id));
  await writeAudit(doing, {
    organisation: one.id,
    action: 'organisation.added',
    on: one.name,
    details: toOnly(added),
  });
  return added;
}

export async function changeOrganisation(
  doing: Doing,
  id: Id,
  seen: Version,
  changes: Fields<Organisation>,
): Promise<Organisation> {
  const before = organisationOf(await organisationRow(doing.db, id));
  checkSeen(before.version, seen, before.name);
  const changed = differing(before, kept(changes));
  if (Object.keys(changed).length === 0) return before;
  const after = { ...before, ...changed, version: before.version + 1 };
  await checkOrganisationName(doing, after.name, id);
  await doing.db.updateTable('organisations').set(organisationColumns(after)).where('id', '=', id).execute();
  const details = fromTo(before, changed);
  await writeAudit(doing, { organisation: id, action: 'organisation.changed', on: after.name, details });
  return after;
}

function keptSite(fields: Fields<Site>): Fields<Site> {
  checkEntered(fields);
  if (!fields.hours) return fields;
  return { ...fields, hours: fields.hours.map(({ days, from, to }) => ({ days, from, to })) };
}

function siteColumns(one: Site) {
  return {
    ...{ version: one.version, name: one.name, name_key: sameAs(one.name), zone: one.zone },
    ...{ hours: JSON.stringify(one.hours), closed: JSON.stringify(one.closed) },
    line_bytes_per_second: one.lineBytesPerSecond,
  };
}

async function checkName(
  { db }: Doing,
  table: 'sites' | 'waves',
  organisation: Id,
  name: string,
  id: Id,
): Promise<void> {
  const found = db.selectFrom(table).select('id').where('organisation', '=', organisation);
  const taken = found.where('name_key', '=', sameAs(name)).where('id', '!=', id);
  if (await taken.executeTakeFirst()) throw refused(name, 'name-taken');
}

export async function addSite(
  doing: Doing,
  organisation: Id,
  given: Omit<Site, 'id' | 'version'>,
): Promise<Site> {
  await organisationRow(doing.db, organisation);
  const fields = keptSite(given) as typeof given;
  const one: Site = { ...fields, id: newId(), version: 1 };
  await checkName(doing, 'sites', organisation, one.name, one.id);
  await doing.db
    .insertInto('sites')
    .values({ id: one.id, organisation, ...siteColumns(one) })
    .execute();
  const added = siteOf(await ownRow(doing.db, 'sites', organisation, one.id));
  await writeAudit(doing, { organisation, action: 'site.added', on: one.name, details: toOnly(added) });
  return added;
}

export async function changeSite(
  doing: Doing,
  organisation: Id,
  id: Id,
  seen: Version,
  changes: Fields<Site>,
): Promise<Site> {
  const before = siteOf(await ownRow(doing.db, 'sites', organisation, id));
  checkSeen(before.version, seen, before.name);
  const changed = differing(before, keptSite(changes));
  if (Object.keys(changed).length === 0) return before;
  const after = { ...before, ...changed, version: before.version + 1 };
  await checkName(doing, 'sites', organisation, after.name, id);
  await doing.db.updateTable('sites').set(siteColumns(after)).where('id', '=', id).execute();
  await writeAudit(doing, {
    organisation,
    action: 'site.changed',
    on: after.name,
    details: fromTo(before, changed),
  });
  return after;
}

export async function removeSite(doing: Doing, organisation: Id, id: Id): Promise<void> {
  const { db } = doing;
  const { name } = await ownRow(db, 'sites', organisation, id);
  for (const table of ['people', 'groups'] as const) {
    if (await db.selectFrom(table).select('id').where('site', '=', id).executeTakeFirst())
      throw refused(name, 'in-use');
  }
  const roles = await db.selectFrom('operators').select('roles').execute();
  const held = roles.some((row) =>
    (JSON.parse(row.roles) as { site: Id | null }[]).some(({ site }) => site === id),
  );
  if (held) throw refused(name, 'in-use');
  await db.deleteFrom('sites').where('id', '=', id).execute();
  await writeAudit(doing, { organisation, action: 'site.removed', on: name });
}

function waveColumns(one: Wave) {
  return {
    ...{ version: one.version, name: one.name, name_key: sameAs(one.name), position: one.position },
    ...{ pilot: flag(one.pilot), state: one.state, starts_on: one.startsOn, deadline_ms: one.deadlineMs },
    ...{ roll_back_note: one.rollBackNote, decision: one.decision && JSON.stringify(one.decision) },
    ...{ started_ms: one.startedMs, ended_ms: one.endedMs },
  };
}

export async function addWave(
  doing: Doing,
  organisation: Id,
  { name, pilot, startsOn }: Pick<Wave, 'name' | 'pilot' | 'startsOn'>,
): Promise<Wave> {
  await organisationRow(doing.db, organisation);
  const given = { name, pilot, startsOn };
  checkEntered(given);
  const position = (await wavesOf(doing.db, organisation)).length;
  const begun = { state: 'draft', deadlineMs: null, rollBackNote: '', decision: null } as const;
  const one: Wave = { id: newId(), version: 1, ...given, position, ...begun, startedMs: null, endedMs: null };
  await checkName(doing, 'waves', organisation, name, one.id);
  await doing.db
    .insertInto('waves')
    .values({ id: one.id, organisation, ...waveColumns(one) })
    .execute();
  await writeAudit(doing, { organisation, action: 'wave.added', on: name, details: toOnly(given) });
  return one;
}

export async function changeWave(
  doing: Doing,
  organisation: Id,
  id: Id,
  seen: Version,
  changes: Fields<Wave>,
): Promise<Wave> {
  checkEntered(changes);
  const before = waveOf(await ownRow(doing.db, 'waves', organisation, id));
  checkSeen(before.version, seen, before.name);
  const changed = differing(
    before,
    changes.decision ? { ...changes, decision: decisionOf(changes.decision) } : changes,
  );
  if (Object.keys(changed).length === 0) return before;
  if (changed.position !== undefined) throw new Error('the position of a wave is given by orderWaves');
  const after = { ...before, ...changed, version: before.version + 1 };
  await checkName(doing, 'waves', organisation, after.name, id);
  await doing.db.updateTable('waves').set(waveColumns(after)).where('id', '=', id).execute();
  const action = changed.decision ? 'wave.decided' : changed.state ? `wave.${changed.state}` : 'wave.changed';
  await writeAudit(doing, { organisation, action, on: after.name, details: fromTo(before, changed) });
  return after;
}

const decisionOf = ({ go, by, atMs, note }: Decision): Decision => ({ go, by, atMs, note });

export function decide(
  doing: Doing,
  organisation: Id,
  wave: Id,
  seen: Version,
  decision: Decision,
): Promise<Wave> {
  return changeWave(doing, organisation, wave, seen, { decision });
}

/** Those that are not named follow in their order. */
export async function orderWaves(doing: Doing, organisation: Id, ids: readonly Id[]): Promise<void> {
  const all = await wavesOf(doing.db, organisation);
  const named: Wave[] = [];
  for (const id of new Set(ids)) named.push(waveOf(await ownRow(doing.db, 'waves', organisation, id)));
  const known = new Set(ids);
  const road = [...named, ...all.filter(({ id }) => !known.has(id))];
  if (!(await numberWaves(doing, road))) return;
  const details = { waves: { from: all.map(({ name }) => name), to: road.map(({ name }) => name) } };
  const { name } = await organisationRow(doing.db, organisation);
  await writeAudit(doing, { organisation, action: 'wave.ordered', on: name, details });
}

/** Whether one had another place before. */
async function numberWaves({ db }: Doing, road: readonly Wave[]): Promise<boolean> {
  let moved = false;
  for (const [position, wave] of road.entries()) {
    if (wave.position === position) continue;
    moved = true;
    const version = wave.version + 1;
    await db.updateTable('waves').set({ position, version }).where('id', '=', wave.id).execute();
  }
  return moved;
}

export async function removeWave(doing: Doing, organisation: Id, id: Id): Promise<void> {
  const { db } = doing;
  const { name } = await ownRow(db, 'waves', organisation, id);
  const people = db.selectFrom('people').select('id').where('wave', '=', id);
  const running = db.selectFrom('passes').select('id').where('wave', '=', id).where('ended_ms', 'is', null);
  if ((await people.executeTakeFirst()) || (await running.executeTakeFirst())) throw refused(name, 'in-use');
  await db.deleteFrom('waves').where('id', '=', id).execute();
  await numberWaves(doing, await wavesOf(db, organisation));
  await writeAudit(doing, { organisation, action: 'wave.removed', on: name });
}

export async function tick(doing: Doing, organisation: Id, wave: Id, given: GateTick): Promise<void> {
  checkEntered(given);
  const { name } = await ownRow(doing.db, 'waves', organisation, wave);
  const found = doing.db
    .selectFrom('ticks')
    .selectAll()
    .where('wave', '=', wave)
    .where('gate', '=', given.gate);
  const row = await found.executeTakeFirst();
  const { gate, is, by, atMs, note } = given;
  if (row && isDeepStrictEqual(tickOf(row), { gate, is, by, atMs, note })) return;
  const columns = { how: is, who: by, at_ms: atMs, note };
  await doing.db
    .insertInto('ticks')
    .values({ wave, gate, ...columns })
    .onConflict((conflict) => conflict.columns(['wave', 'gate']).doUpdateSet(columns))
    .execute();
  await writeAudit(doing, { organisation, action: `gate.${is}`, on: name, details: { gate, note } });
}

export async function untick(doing: Doing, organisation: Id, wave: Id, gate: string): Promise<void> {
  const { name } = await ownRow(doing.db, 'waves', organisation, wave);
  const found = doing.db.deleteFrom('ticks').where('wave', '=', wave).where('gate', '=', gate);
  const { numDeletedRows } = await found.executeTakeFirstOrThrow();
  if (numDeletedRows === 0n) return;
  await writeAudit(doing, { organisation, action: 'gate.unticked', on: name, details: { gate } });
}
