import { readTable, writeCsv } from '../../../formats/table/index.ts';
import {
  exportRows,
  type Present,
  type PreviewOptions,
  plan,
  preview,
  questionKey,
  readWanted,
  understand,
  type Wanted,
} from '../../../prepared/index.ts';
import type { Id } from '../../../records/facts.ts';
import type { Change, Reading } from '../../../records/records.ts';
import { Trouble } from '../../../trouble.ts';
import { usage } from '../../usage.ts';
import { accountCode } from '../people.ts';
import { presentOf } from '../prepare-present.ts';
import { writePlan } from '../prepare-write.ts';
import type { Project } from '../project.ts';
import { sameName } from '../same-name.ts';
import { scheduleOf } from '../schedule.ts';
import { type FolderFacts, folderFacts, msOf } from './facts.ts';
import { PEOPLE_FILE, type ProjectFolder } from './files.ts';

/**
 * A project as a folder: what was planned and decided, and its people; no secret, and nothing of what has run (passes, findings,
 * certificates, ledgers lie in the data folder). The same project gives the same bytes. Throws Trouble of the records.
 */
export async function projectFolder(project: Pick<Project, 'records'>, id: Id): Promise<ProjectFolder> {
  const { records } = project;
  const organisation = await records.organisation(id);
  const waves = [];
  for (const wave of await records.waves(id)) waves.push({ ...wave, ticks: await records.ticks(wave.id) });
  const { deltaEveryHours } = await scheduleOf(project, id);
  const facts = folderFacts({ organisation, deltaEveryHours, sites: await records.sites(id), waves });
  return { facts, people: await peopleFile(records, id, organisation.language) };
}

/** In the order of their addresses: ids, and with them the order of namesakes, differ from one data folder to the next. */
async function peopleFile(reading: Reading, id: Id, language: 'fr' | 'en'): Promise<Buffer> {
  const present = await presentOf(reading, id);
  const byAddress = <T extends { address: string }>(some: T[]): T[] =>
    some.toSorted((a, b) => (a.address.toLowerCase() < b.address.toLowerCase() ? -1 : 1));
  const sorted = { ...present, people: byAddress(present.people), groups: byAddress(present.groups) };
  return writeCsv(exportRows(sorted, language));
}

/**
 * Brings a project into a data folder that has none of its name: all of it, or nothing. A wave stands where it stood; what had run
 * is not there, and is asked for anew. Answers the organisation.
 *
 * @throws Trouble `malformed` (`is-there`, or of the table); `refused` (`write-record`) a row that cannot be; of the records
 */
export async function importProjectFolder(
  { records }: Project,
  by: string,
  { facts, people }: ProjectFolder,
): Promise<Id> {
  const wanted = await wantedOf(people);
  return records.write(by, async (change) => {
    const { name } = facts.organisation;
    const there = (await change.organisations()).some((one) => sameName(one.name, name));
    if (there) throw usage('is-there', name);
    const { id } = await change.addOrganisation(facts.organisation);
    for (const site of facts.sites) await change.addSite(id, site);
    for (const wave of facts.waves) await addWave(change, id, wave);
    // As `schedule.ts` reads it.
    await change.setSetting(id, 'schedule', facts.settings);
    await addPeople(change, id, wanted);
    await change.noteAudit({ organisation: id, action: 'project.imported', on: name, details: {} });
    return id;
  });
}

async function wantedOf(people: Uint8Array): Promise<Wanted | null> {
  const file = await readTable(people, PEOPLE_FILE);
  const table = understand(file.sheets);
  // An organisation before its first import.
  if (table.rows.length === 0) return null;
  return readWanted(table, { checkAccount: accountCode, imapServer: null, targetAddress: null });
}

async function addWave(change: Change, organisation: Id, facts: FolderFacts['waves'][number]): Promise<void> {
  const { name, pilot, state, startsOn, rollBackNote, decision, gates } = facts;
  const added = await change.addWave(organisation, { name, pilot, startsOn });
  for (const { at, ...gate } of gates)
    await change.tick(organisation, added.id, { ...gate, atMs: msOf(at)! });
  const decided =
    decision === null
      ? added
      : await change.decide(organisation, added.id, added.version, {
          ...{ go: decision.go, by: decision.by, atMs: msOf(decision.at)!, note: decision.note },
        });
  await change.changeWave(organisation, added.id, decided.version, {
    ...{ state, rollBackNote, deadlineMs: msOf(facts.deadline) },
    ...{ startedMs: msOf(facts.started), endedMs: msOf(facts.ended) },
  });
}

/** What an operator said yes to when these people came first is not asked again. */
async function addPeople(change: Change, organisation: Id, wanted: Wanted | null): Promise<void> {
  if (wanted === null) return;
  const present: Present = { ...(await presentOf(change, organisation)), domains: [] };
  const options: PreviewOptions = {
    ...{ createSites: false, createWaves: false, answered: new Set<string>(), sameSecret: null },
  };
  const { verdicts, file } = preview(wanted, present, options);
  const reasons = [...file, ...verdicts.flatMap((verdict) => verdict.reasons)];
  const wrong = reasons.find(({ severity }) => severity === 'refuse');
  if (wrong !== undefined)
    throw new Trouble('refused', {
      ...{ tried: 'write-record', on: `${PEOPLE_FILE}:${wrong.line}`, answer: wrong.code },
    });
  const answered = new Set(reasons.filter(({ severity }) => severity === 'ask').map(questionKey));
  await writePlan(change, organisation, plan(wanted, present, { ...options, answered })!);
}
