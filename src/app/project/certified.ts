import path from 'node:path';
import type { Finding } from '../../engine/event.ts';
import type { AcceptedFinding, WithoutBecause } from '../../engine/summary-certificate.ts';
import type { Stage as PaperStage, State } from '../../papers/pdf/blocks.ts';
import type { FindingRecord, Id, Pass, PassCounts } from '../../records/facts.ts';
import type { PersonRow, Reading } from '../../records/records.ts';
import { isTrouble, Trouble } from '../../trouble.ts';
import type { Words } from '../../words/words.ts';
import { parseAddress, publicName } from '../address.ts';
import {
  printCertificate,
  printSumCertificate,
  type SumMember,
  writeSumCertificate,
} from '../certificates.ts';
import { keeping, LARGE } from './keeping.ts';
import type { Project } from './project.ts';
import { isOver } from './runs.ts';
import { type Stage, stageOf } from './waves.ts';

export type CertifiedOf = 'person' | 'site' | 'wave' | 'organisation';

export interface CertificateLine {
  of: CertifiedOf;
  id: Id;
  name: string;
  site: string | null;
  verdict: 'passed' | 'exceptions' | 'failed' | 'unfinished' | null;
  counts: PassCounts | null;
  atMs: number | null;
}

/** A file to hand out. */
export interface Paper {
  name: string;
  type: 'application/pdf' | 'application/json';
  bytes: Buffer;
}

/** A person, and the newest of their passes that was certified: while another one is under way, its certificate holds. */
interface Member extends PersonRow {
  certified: Pass | null;
  /** Somebody has accepted a finding of theirs: it stays what it is, no verdict is the better for it. */
  accepted: boolean;
}

/** What is certified: each person, and what can be summed. Throws Trouble of the records. */
export const certificatesOf = keeping(async ({ records }, organisation) => {
  const sites = await records.sites(organisation);
  const waves = await records.waves(organisation);
  const people = await membersIn(records, organisation);
  const nameOf = new Map(sites.map(({ id, name }) => [id, name]));
  const sumLine = (of: CertifiedOf, id: Id, name: string, members: readonly Member[]): CertificateLine => ({
    ...{ of, id, name, site: of === 'site' ? name : null, ...summed(members) },
  });
  const { name } = await records.organisation(organisation);
  const value = [
    sumLine('organisation', organisation, name, people),
    ...waves.map((wave) =>
      sumLine(
        'wave',
        wave.id,
        wave.name,
        people.filter((one) => one.wave === wave.id),
      ),
    ),
    ...sites.map((site) =>
      sumLine(
        'site',
        site.id,
        site.name,
        people.filter((one) => one.site === site.id),
      ),
    ),
    ...people.map((person) => personLine(person, nameOf)),
  ];
  return { value, large: people.length > LARGE };
});

async function membersIn(records: Reading, organisation: Id): Promise<Member[]> {
  const people = await records.everybody(organisation);
  const isUnderWay = ({ lastPass }: PersonRow) => lastPass?.certificate === null && lastPass.number > 1;
  const accepted = new Set((await acceptedIn(records, organisation)).map(({ person }) => person));
  const older = people.some(isUnderWay) ? newestCertified(await records.passes(organisation, {})) : null;
  return people.map((person) => ({
    ...person,
    certified: person.lastPass?.certificate ? person.lastPass : (older?.get(person.id) ?? null),
    accepted: accepted.has(person.id),
  }));
}

function newestCertified(passes: readonly Pass[]): Map<Id, Pass> {
  const newest = new Map<Id, Pass>();
  for (const pass of passes)
    if (pass.certificate !== null && pass.number > (newest.get(pass.person)?.number ?? 0))
      newest.set(pass.person, pass);
  return newest;
}

function personLine(
  { id, displayName, site, certified, openFindings, accepted }: Member,
  nameOf: ReadonlyMap<Id, string>,
): CertificateLine {
  return {
    ...{ of: 'person', id, name: displayName, site: nameOf.get(site ?? '') ?? null },
    verdict: certified && verdictOf(certified.counts, accepted || openFindings > 0),
    counts: certified?.counts ?? null,
    atMs: certified?.endedMs ?? null,
  };
}

function verdictOf(
  { missing, doubled, left, asked }: PassCounts,
  findings: boolean,
): 'failed' | 'exceptions' | 'passed' {
  if (missing > 0 || doubled > 0) return 'failed';
  return left + asked > 0 || findings ? 'exceptions' : 'passed';
}

function summed(members: readonly Member[]): Pick<CertificateLine, 'verdict' | 'counts' | 'atMs'> {
  const passes = members.flatMap(({ certified }) => certified ?? []);
  if (passes.length === 0) return { verdict: null, counts: null, atMs: null };
  const counts = passes.map((pass) => pass.counts).reduce(plus);
  const findings = members.some((one) => one.certified && (one.accepted || one.openFindings > 0));
  const verdict = verdictOf(counts, findings);
  return {
    verdict: verdict !== 'failed' && passes.length < members.length ? 'unfinished' : verdict,
    counts,
    atMs: passes.reduce((newest, { endedMs }) => Math.max(newest, endedMs ?? 0), 0),
  };
}

function plus(a: PassCounts, b: PassCounts): PassCounts {
  const sum = { ...a };
  for (const name of Object.keys(sum) as (keyof PassCounts)[]) sum[name] = a[name] + b[name];
  return sum;
}

/**
 * The certificate itself, as it is signed or printed. A sum is made anew each time: it stands on what is certified now.
 *
 * @throws Trouble `missing` (`read-record`): nothing is certified; of certificates and PDFs
 */
export async function certificateOf(
  project: Project,
  organisation: Id,
  which: { of: CertifiedOf; id: Id; as: 'pdf' | 'json' },
  words: Words,
  signal: AbortSignal,
): Promise<Paper> {
  const stages = (await stagesOf(project, organisation)).map((stage) => paperStage(stage, words));
  if (which.of === 'person') return personPaper(project, organisation, which, stages, words, signal);
  const { people, name, of } = await membersOf(project, organisation, which);
  const { records, data } = project;
  const whole = (await records.organisation(organisation)).name;
  const { file } = await writeSumCertificate({
    ...{ data, signal, people: people.map(sumMember) },
    header: { of, name, organisation: of === 'organisation' ? null : whole },
    accepted: await acceptedOf(project, organisation, people),
  });
  if (which.as === 'json') return paperOf(file, 'json', await readWhole(file));
  return paperOf(file, 'pdf', await printSumCertificate(file, stages, words));
}

async function personPaper(
  { records, data }: Project,
  organisation: Id,
  { id, as }: { id: Id; as: 'pdf' | 'json' },
  stages: PaperStage[],
  words: Words,
  signal: AbortSignal,
): Promise<Paper> {
  const person = await records.person(organisation, id);
  const passes = await records.passes(organisation, { person: id });
  const newest = passes
    .toSorted((a, b) => b.number - a.number)
    .find(({ certificate }) => certificate !== null);
  if (!newest?.certificate)
    throw new Trouble('missing', { tried: 'read-record', on: person.address, answer: 'not-certified' });
  const file = path.join(data.certificates, path.basename(newest.certificate));
  if (as === 'json') return paperOf(file, 'json', await readWhole(file));
  const site = (await records.sites(organisation)).find((one) => one.id === person.site)?.name ?? null;
  const of = { name: person.displayName, address: person.address };
  return paperOf(file, 'pdf', await printCertificate(file, { person: of, site, stages }, words, signal));
}

function paperOf(file: string, as: 'pdf' | 'json', bytes: Buffer): Paper {
  const name = path.basename(file);
  if (as === 'json') return { name, type: 'application/json', bytes };
  return { name: `${name.replace(/\.json$/, '')}.pdf`, type: 'application/pdf', bytes };
}

async function readWhole(file: string): Promise<Buffer> {
  const { readFile } = await import('node:fs/promises');
  return readFile(file).catch((cause: NodeJS.ErrnoException) => {
    throw new Trouble(cause.code === 'ENOENT' ? 'missing' : 'denied', {
      ...{ tried: 'read-file', on: file, answer: cause.message, cause },
    });
  });
}

async function membersOf({ records }: Project, organisation: Id, { of, id }: { of: CertifiedOf; id: Id }) {
  const everybody = await membersIn(records, organisation);
  const missing = (): never => {
    throw new Trouble('missing', { tried: 'read-record', on: id });
  };
  if (of === 'wave') {
    const wave = await records.wave(organisation, id);
    return { of, name: wave.name, people: everybody.filter((person) => person.wave === id) } as const;
  }
  if (of === 'site') {
    const site = (await records.sites(organisation)).find((one) => one.id === id) ?? missing();
    return { of, name: site.name, people: everybody.filter((person) => person.site === id) } as const;
  }
  const whole = await records.organisation(organisation);
  return {
    of: 'organisation',
    name: whole.name,
    people: id === organisation ? everybody : missing(),
  } as const;
}

function sumMember({ displayName, address, accounts, lastPass, certified }: Member): SumMember {
  const target = accounts.find(({ role }) => role === 'target');
  let because: WithoutBecause = 'not-moved';
  if (target === undefined) because = 'no-account';
  else if (lastPass !== null) because = isOver(lastPass) ? 'not-proven' : 'moving';
  return {
    ...{ name: displayName, address },
    target: target === undefined || certified === null ? null : mailboxName(target.address),
    otherwise: { because, note: '' },
  };
}

/** As certificates name it; null: changed since into what is no address. */
function mailboxName(address: string): string | null {
  try {
    return publicName(parseAddress(address));
  } catch (error) {
    if (isTrouble(error)) return null;
    throw error;
  }
}

const ACCEPTED_MAX = 100_000;

async function acceptedIn(records: Reading, organisation: Id): Promise<FindingRecord[]> {
  const query = { accepted: true, offset: 0, limit: ACCEPTED_MAX };
  return (await records.findings(organisation, query)).rows;
}

async function acceptedOf(
  { records }: Project,
  organisation: Id,
  people: readonly PersonRow[],
): Promise<AcceptedFinding[]> {
  const addresses = new Map(people.map(({ id, address }) => [id, address]));
  return (await acceptedIn(records, organisation)).flatMap((finding) => {
    const address = addresses.get(finding.person);
    return address === undefined ? [] : [acceptedFinding(finding, address)];
  });
}

function acceptedFinding(
  { is, code, account, folder, key, subject, accepted }: FindingRecord,
  address: string,
): AcceptedFinding {
  const { by, atMs, reason } = accepted!;
  return {
    // A certificate has no word of its own for what arrived without a part.
    ...{ address, is: is === 'incomplete' ? 'altered' : (is as Finding['is']) },
    ...{ code: code as AcceptedFinding['code'] },
    ...{ account, folder, key, subject, by, at: atMs, reason },
  };
}

async function stagesOf({ records, live }: Project, organisation: Id): Promise<Stage[]> {
  const [waves, sums] = [await records.waves(organisation), await records.sums(organisation)];
  const moves = live.moves(organisation);
  return waves.map((wave) =>
    stageOf(
      wave,
      sums.find((one) => one.wave === wave.id),
      moves.filter((move) => move.wave === wave.id),
      null,
    ),
  );
}

/** Pure: how the road of the organisation is drawn on paper. */
function paperStage(
  { name, people, proven, withFindings, failed, state }: Stage,
  { say, figures }: Words,
): PaperStage {
  const is: State =
    failed > 0
      ? 'failed'
      : people > 0 && proven === people
        ? 'proven'
        : withFindings > 0
          ? 'exceptions'
          : state === 'running'
            ? 'moving'
            : 'waiting';
  return {
    name,
    state: is,
    note: say('certified.stage', { count: people, n: figures.number(proven), of: figures.number(people) }),
  };
}
