import type { Id, Organisation, Wave } from '../../records/facts.ts';
import type { PersonRow, WaveSums } from '../../records/records.ts';
import { estimate } from '../../waves/estimate.ts';
import type { LiveMove, Speed } from './live.ts';
import { planOf } from './planning.ts';
import type { Project } from './project.ts';
import { measured, type Stage, stageOf } from './waves.ts';

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
  const { records, live, nowMs } = project;
  const organisation = await records.organisation(id);
  const [waves, sums, places, everybody] = [
    await records.waves(id),
    await records.sums(id),
    await records.sites(id),
    await records.everybody(id),
  ];
  const seen = everybody.filter(({ site }) => sites === 'all' || (site !== null && sites.includes(site)));
  const passes = await measured(project, id);
  const moves = live.moves(id);
  const stages = waves.map((wave) => {
    const people = everybody.filter((person) => person.wave === wave.id);
    const own = moves.filter((move) => move.wave === wave.id);
    const known = { organisation, wave, sites: places, people, passes, live: own, nowMs: nowMs() };
    const told = isAhead(wave) ? estimate(planOf(known)) : null;
    return stageOf(
      wave,
      sums.find((one) => one.wave === wave.id),
      own,
      told,
    );
  });
  const total = totals(sums);
  const visible = new Set(seen.map(({ id: person }) => person));
  return {
    ...{ organisation, sites: places.length, people: everybody.length, stages, ...total },
    inventory: inventoryOf(seen),
    running: moves.filter(({ person }) => visible.has(person)),
    speed: live.speeds(id),
    todo: todoOf(waves, stages, sums, seen, places.length),
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

function inventoryOf(people: readonly PersonRow[]): Road['inventory'] {
  const sources = people.flatMap(({ accounts }) => accounts.filter(({ role }) => role === 'source'));
  const known = sources.flatMap(({ amount }) => (amount === null ? [] : [amount]));
  return {
    accounts: sources.length,
    surveyed: known.length,
    bytes: known.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** What is to be done first stands first; what is done stays while its neighbour is not. Pure. */
function todoOf(
  waves: readonly Wave[],
  stages: readonly Stage[],
  sums: readonly WaveSums[],
  people: readonly PersonRow[],
  sites: number,
): Todo[] {
  const todo = (code: TodoCode, count: number, done: boolean, wave: Wave | null = null): Todo => ({
    ...{ code, count, done, wave: wave?.id ?? null, name: wave?.name ?? null },
  });
  const list = [todo('add-site', sites, sites > 0), todo('import-people', people.length, people.length > 0)];
  if (people.length === 0) return list;
  const unplaced = people.filter(({ wave }) => wave === null).length;
  const { accounts, surveyed } = inventoryOf(people);
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
