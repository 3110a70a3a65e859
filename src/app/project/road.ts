import type { Id, Organisation, Wave } from '../../records/facts.ts';
import type { PersonRow, WaveSums } from '../../records/records.ts';
import { isTrouble } from '../../trouble.ts';
import { type Estimate, estimate } from '../../waves/estimate.ts';
import { keeping, LARGE } from './keeping.ts';
import type { LiveMove, Speed } from './live.ts';
import { planOf } from './planning.ts';
import type { Project } from './project.ts';
import { arrivedOf, measured, type Stage, stageOf } from './waves.ts';

export type TodoCode =
  | 'add-site'
  | 'import-people'
  | 'place-people'
  | 'enter-secrets'
  | 'mend-accounts'
  | 'decide-wave'
  | 'start-wave'
  | 'read-findings'
  | 'mend-failed'
  | 'end-wave'
  | 'survey-accounts';

export interface Todo {
  code: TodoCode;
  wave: Id | null;
  name: string | null;
  count: number;
  done: boolean;
}

/** Where the project stands, and what is to be done now. */
export interface Road {
  organisation: Organisation;
  sites: number;
  people: number;
  stages: Stage[];
  inventory: { accounts: number; surveyed: number; bytes: number };
  proven: number;
  messages: number;
  bytes: number;
  merged: number;
  missing: number | null;
  openFindings: number;
  running: LiveMove[];
  speed: Speed[];
  todo: Todo[];
}

/**
 * `sites`: those that who asks may see; of the moves and the to-do list they get what is theirs, the stages are for everybody.
 * Throws Trouble of the records.
 */
export async function roadOf(project: Project, id: Id, sites: 'all' | readonly Id[]): Promise<Road> {
  const { records, live } = project;
  const [organisation, waves, sums, places] = [
    await records.organisation(id),
    await records.waves(id),
    await records.sums(id),
    await records.sites(id),
  ];
  const { estimates, bySite } = await factsOf(project, id);
  const isSeen = (site: Id | null) => sites === 'all' || (site !== null && sites.includes(site));
  const seen = [...bySite]
    .filter(([site]) => isSeen(site))
    .map(([, facts]) => facts)
    .reduce(plus, NOTHING);
  const moves = live.moves(id);
  const stages = waves.map((wave) => {
    const own = moves.filter((move) => move.wave === wave.id);
    const told = isAhead(wave) ? (estimates.get(wave.id) ?? null) : null;
    return stageOf(
      wave,
      sums.find((one) => one.wave === wave.id),
      own,
      told,
    );
  });
  const { accounts, surveyed, bytes } = seen;
  return {
    ...{ organisation, sites: places.length, stages, ...totals(sums) },
    people: sums.reduce((all, { people }) => all + people, 0),
    inventory: { accounts, surveyed, bytes },
    running: sites === 'all' ? moves : await movesAt(project, id, moves, isSeen),
    speed: live.speeds(id),
    todo: todoOf(waves, stages, sums, seen, places.length),
  };
}

/** What everybody of an organisation must be read for. */
interface RoadFacts {
  estimates: ReadonlyMap<Id, Estimate>;
  bySite: ReadonlyMap<Id | null, SiteFacts>;
}

interface SiteFacts {
  people: number;
  unplaced: number;
  accounts: number;
  surveyed: number;
  bytes: number;
}

const NOTHING: SiteFacts = { people: 0, unplaced: 0, accounts: 0, surveyed: 0, bytes: 0 };

function plus(a: SiteFacts, b: SiteFacts): SiteFacts {
  return {
    people: a.people + b.people,
    unplaced: a.unplaced + b.unplaced,
    accounts: a.accounts + b.accounts,
    surveyed: a.surveyed + b.surveyed,
    bytes: a.bytes + b.bytes,
  };
}

const factsOf = keeping<RoadFacts>(async (project, id) => {
  const { records, live, nowMs } = project;
  const everybody = await records.everybody(id);
  const passes = await measured(project, id, everybody);
  const [organisation, sites] = [await records.organisation(id), await records.sites(id)];
  const byWave = Map.groupBy(everybody, ({ wave }) => wave);
  const estimates = new Map<Id, Estimate>();
  for (const wave of (await records.waves(id)).filter(isAhead)) {
    const people = byWave.get(wave.id) ?? [];
    const own = live.moves(id).filter((move) => move.wave === wave.id);
    const arrived = await arrivedOf(project, id, wave.id, people);
    const known = { organisation, wave, sites, people, passes, arrived, live: own, nowMs: nowMs() };
    const told = estimate(planOf(known));
    if (told !== null) estimates.set(wave.id, told);
  }
  const bySite = [...Map.groupBy(everybody, ({ site }) => site)].map(
    ([site, people]) => [site, people.map(factsOfPerson).reduce(plus, NOTHING)] as const,
  );
  return { value: { estimates, bySite: new Map(bySite) }, large: everybody.length > LARGE };
});

/** By where each is at this moment, whatever is kept. */
async function movesAt(
  { records }: Project,
  id: Id,
  moves: readonly LiveMove[],
  isSeen: (site: Id | null) => boolean,
): Promise<LiveMove[]> {
  const seen: LiveMove[] = [];
  for (const move of moves) {
    const person = await records.person(id, move.person).catch((error: unknown) => {
      if (!isTrouble(error, 'missing')) throw error;
      return null;
    });
    if (person !== null && isSeen(person.site)) seen.push(move);
  }
  return seen;
}

function factsOfPerson({ wave, accounts }: PersonRow): SiteFacts {
  const sources = accounts.filter(({ role }) => role === 'source');
  const known = sources.flatMap(({ amount }) => amount ?? []);
  return {
    ...{ people: 1, unplaced: wave === null ? 1 : 0, accounts: sources.length, surveyed: known.length },
    bytes: known.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** Of what is over nobody asks when it will be. */
function isAhead({ state }: Wave): boolean {
  return state !== 'ended' && state !== 'rolled-back' && state !== 'moved';
}

function totals(
  sums: readonly WaveSums[],
): Pick<Road, 'proven' | 'messages' | 'bytes' | 'merged' | 'missing' | 'openFindings'> {
  const sum = (of: (one: WaveSums) => number): number => sums.reduce((all, one) => all + of(one), 0);
  const over = sum(({ states }) => (states.proven ?? 0) + (states.findings ?? 0));
  return {
    proven: sum(({ states }) => states.proven ?? 0),
    messages: sum(({ counts }) => counts.copied),
    bytes: sum(({ counts }) => counts.bytes),
    merged: sum(({ counts }) => counts.merged),
    missing: over === 0 ? null : sum(({ counts }) => counts.missing),
    openFindings: sum(({ openFindings }) => openFindings),
  };
}

/** What is to be done first stands first; what is done stays while its neighbour is not. Pure. */
function todoOf(
  waves: readonly Wave[],
  stages: readonly Stage[],
  sums: readonly WaveSums[],
  { people, unplaced, accounts, surveyed }: SiteFacts,
  sites: number,
): Todo[] {
  const todo = (code: TodoCode, count: number, done: boolean, wave: Wave | null = null): Todo => ({
    ...{ code, count, done, wave: wave?.id ?? null, name: wave?.name ?? null },
  });
  const list = [todo('add-site', sites, sites > 0), todo('import-people', people, people > 0)];
  if (people === 0) return list;
  const more = [
    todo('survey-accounts', accounts - surveyed, surveyed >= accounts),
    todo('place-people', unplaced, unplaced === 0),
  ];
  for (const [at, wave] of waves.entries()) more.push(...waveTodo(wave, stages[at]!, sums, todo));
  // What is done is no longer told, but for the first steps while they are all there is.
  const open = [...list, ...more].filter(({ done }) => !done);
  return open.length > 0 ? open : list;
}

function waveTodo(
  wave: Wave,
  stage: Stage,
  sums: readonly WaveSums[],
  todo: (code: TodoCode, count: number, done: boolean, wave: Wave) => Todo,
): Todo[] {
  const { people, secretsMissing, checksFailed, failed } = stage;
  const openFindings = sums.find((one) => one.wave === wave.id)?.openFindings ?? 0;
  if (people === 0) return [];
  const ahead = wave.state === 'draft' || wave.state === 'ready';
  return [
    todo('mend-failed', failed, failed === 0, wave),
    todo('read-findings', openFindings, openFindings === 0, wave),
    todo('enter-secrets', secretsMissing, !ahead || secretsMissing === 0, wave),
    todo('mend-accounts', checksFailed, !ahead || checksFailed === 0, wave),
    todo('decide-wave', people, wave.state !== 'draft', wave),
    todo('start-wave', people, wave.state !== 'ready', wave),
    todo('end-wave', people, wave.state !== 'moved', wave),
  ];
}
