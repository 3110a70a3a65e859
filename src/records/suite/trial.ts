import assert from 'node:assert/strict';
import { isTrouble } from '../../trouble.ts';
import type { SealingKeys } from '../../wire/sealed.ts';
import type { FindingRecord, Id, Organisation, Person } from '../facts.ts';
import type { Change, Records, RefusalCode } from '../records.ts';

/** Records under test. */
export interface Bed {
  records: Records;
  keys: SealingKeys;
  /** Closes them and opens them again, with other keys or a moved clock. */
  reopen(how?: { keys?: SealingKeys; nowMs?: () => number }): Promise<Records>;
  /** Everything that lies on the disk of them; null where there is no disk. */
  bytes(): Buffer | null;
  end(): Promise<void>;
}

/** What each test begins with: two organisations, the first with a site, a pilot and a wave. */
export interface Trial {
  records: Records;
  bed: Bed;
  here: Id;
  there: Id;
  site: Id;
  pilot: Id;
  wave: Id;
}

export type Law = (title: string, run: (trial: Trial) => Promise<void>) => void;

export const BY = 'Claire Martin';

export async function openTrial(bed: Bed): Promise<Trial> {
  const { records } = bed;
  const made = await records.write(BY, async (change) => {
    const here = (await change.addOrganisation(organisation('Atelier du Nord'))).id;
    const there = (await change.addOrganisation(organisation('Southern Works'))).id;
    const site = (await change.addSite(here, siteNamed('Lille'))).id;
    const pilot = (await change.addWave(here, { name: 'Pilot', pilot: true, startsOn: null })).id;
    const wave = (await change.addWave(here, { name: 'Lille', pilot: false, startsOn: '2026-11-02' })).id;
    return { here, there, site, pilot, wave };
  });
  return { records, bed, ...made };
}

export function organisation(name: string): Omit<Organisation, 'id' | 'version' | 'createdMs'> {
  const rest = { language: 'fr', suite: 'open', targetTemplate: null, movesAtOnce: 4 } as const;
  return { name, ...rest, domains: ['nord.example'] };
}

export function siteNamed(name: string) {
  const hours = [{ days: [1, 2, 3, 4, 5], from: '19:00', to: '07:00' }];
  return { name, zone: 'Europe/Paris', hours, closed: ['2026-12-25'], lineBytesPerSecond: 1_000_000 };
}

export function personNamed(
  given: string,
  family = '',
  rest: Partial<Person> = {},
): Omit<Person, 'id' | 'version'> {
  return {
    kind: 'person',
    givenName: given,
    familyName: family,
    displayName: `${given} ${family}`.trim(),
    address: `${given}@nord.example`.toLowerCase(),
    aliases: [],
    site: null,
    wave: null,
    language: 'fr',
    title: '',
    mobile: '',
    ...rest,
  };
}

export function source(person: Id, address: string) {
  return { person, role: 'source', address, position: 0, needsSecret: true } as const;
}

export function counts(some: Partial<Record<string, number>> = {}) {
  const none = { entries: 0, copied: 0, merged: 0, left: 0, asked: 0, missing: 0, extra: 0, doubled: 0 };
  return { ...none, altered: 0, bytes: 0, carried: 0, seconds: 0, ...some };
}

export function finding(
  same: string,
  rest: Partial<FindingRecord> = {},
): Omit<FindingRecord, 'id' | 'pass' | 'person' | 'accepted'> {
  const { is = 'left', answer = 'NO [LIMIT] message 12 too large', code = 'too-large', ...other } = rest;
  const where = {
    account: 'imaps://marie@old.example/',
    folder: 'INBOX',
    key: '1.1',
    subject: 'Prix',
    messageId: null,
  };
  return { is, code, answer, ...where, classes: [], same, ...other };
}

/** In a write of its own. */
export function change<T>(records: Records, work: (change: Change) => Promise<T>): Promise<T> {
  return records.write(BY, work);
}

export async function refuses(promise: Promise<unknown>, code: RefusalCode): Promise<void> {
  await assert.rejects(promise, (error) => {
    assert.ok(isTrouble(error, 'refused') && error.tried === 'write-record', String(error));
    assert.equal(error.answer, code);
    return true;
  });
}

export async function misses(promise: Promise<unknown>): Promise<void> {
  await assert.rejects(promise, (error) => {
    assert.ok(isTrouble(error, 'missing') && error.tried === 'read-record', String(error));
    return true;
  });
}

export async function malformed(promise: Promise<unknown>, answer: string): Promise<void> {
  await assert.rejects(promise, (error) => {
    assert.ok(isTrouble(error, 'malformed'), String(error));
    assert.equal(error.answer, answer);
    return true;
  });
}

/** Everything that the reading verbs answer, whatever the organisation. */
export async function readAll(records: Records): Promise<Record<string, unknown>> {
  const page = { offset: 0, limit: 1_000 };
  const all: Record<string, unknown> = {
    organisations: await records.organisations(),
    unfinished: await records.unfinished(),
    operators: await records.operators(),
    audit: await records.audit(null, page),
  };
  for (const { id } of await records.organisations()) all[id] = await readOne(records, id, page);
  return all;
}

async function readOne(records: Records, id: Id, page: { offset: number; limit: number }) {
  const everybody = await records.everybody(id);
  const waves = await records.waves(id);
  const accounts = everybody.flatMap((person) => person.accounts);
  return {
    organisation: await records.organisation(id),
    sites: await records.sites(id),
    waves,
    wave: await Promise.all(waves.map((wave) => records.wave(id, wave.id))),
    ticks: await Promise.all(waves.map((wave) => records.ticks(wave.id))),
    people: await records.people(id, page),
    person: await Promise.all(everybody.map((person) => records.person(id, person.id))),
    everybody,
    groups: await records.groups(id),
    passes: await records.passes(id, {}),
    sums: await records.sums(id),
    findings: await records.findings(id, page),
    findingGroups: await records.findingGroups(id, {}),
    surveys: await Promise.all(accounts.map((account) => records.survey(account.id))),
    operators: await records.operators(id),
    audit: await records.audit(id, page),
  };
}

export async function lines(records: Records, organisation: Id | null): Promise<string[]> {
  const { rows } = await records.audit(organisation, { offset: 0, limit: 10_000 });
  return rows.map(({ action }) => action).reverse();
}
