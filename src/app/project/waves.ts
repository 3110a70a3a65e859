import type { GateTick, Id, PassKind, Wave } from '../../records/facts.ts';
import type { Change, PersonRow, Reading, WaveSums } from '../../records/records.ts';
import { isTrouble, Trouble } from '../../trouble.ts';
import type { Estimate } from '../../waves/estimate.ts';
import { type Fit, fits } from '../../waves/fits.ts';
import { evaluate, type GateState, tickRefusal } from '../../waves/gates.ts';
import { mayEnd, mayRollBack, mayStart, type Refusal } from '../../waves/may.ts';
import { nextWaveState, type WaveEvent } from '../../waves/state.ts';
import { keeping } from './keeping.ts';
import type { LiveMove } from './live.ts';
import { arrivedBefore, planOf } from './planning.ts';
import type { Project } from './project.ts';
import { isOver } from './runs.ts';
import { type InTurn, openTurns } from './turns.ts';

/** A stage of the road. */
export interface Stage {
  wave: Id;
  name: string;
  pilot: boolean;
  state: Wave['state'];
  people: number;
  proven: number;
  withFindings: number;
  failed: number;
  share: number;
  startsOn: string | null;
  estimate: { earliestMs: number; latestMs: number } | null;
  secretsMissing: number;
  checksFailed: number;
}

export interface WaveView extends Wave {
  stage: Stage;
  people: readonly PersonRow[];
  gates: GateState[];
  fit: Fit;
  mayStart: Refusal[];
  mayEnd: Refusal[];
}

/** Everybody in a wave is looked at by its gates; nobody's organisation is larger. */
const PEOPLE_MAX = 100_000;

/** A wave with its gates, its estimate and what may be done now. Throws Trouble of the records. */
export async function waveView(project: Project, organisation: Id, id: Id): Promise<WaveView> {
  const { records, live, nowMs } = project;
  const wave = await records.wave(organisation, id);
  const sites = await records.sites(organisation);
  const { rows: people } = await records.people(organisation, { wave: id, offset: 0, limit: PEOPLE_MAX });
  const sums = await records.sums(organisation);
  const now = nowMs();
  const moves = live.moves(organisation).filter((move) => move.wave === id);
  const plan = planOf({
    ...{
      organisation: await records.organisation(organisation),
      wave,
      sites,
      people,
      live: moves,
      nowMs: now,
    },
    passes: await lessons(project, organisation),
    arrived: await arrivedOf(project, organisation, id, people),
  });
  const fit = fits(plan, wave.deadlineMs, now);
  const gates = evaluate({ people, sites, fit: fit.verdict, nowMs: now }, await records.ticks(id));
  return {
    ...wave,
    ...{ people, gates, fit },
    stage: stageOf(
      wave,
      sums.find((one) => one.wave === id),
      moves,
      fit.estimate,
    ),
    mayStart: mayStart({ ...wave, people: people.length }, gates, wave.decision),
    mayEnd: mayEnd(wave, gates),
  };
}

/** Far more than this teach nothing: speeds are not believed closer than to a tenth. */
const MEASURED_MAX = 200;

/** The newest passes of an organisation that carried something, with whom they were for, oldest first; `known` need not be read again. */
export async function measured(project: Project, organisation: Id, known: readonly PersonRow[] = []) {
  const { records } = project;
  const passes = (await records.passes(organisation, {}))
    .filter(({ endedMs, counts }) => endedMs !== null && counts.carried > 0)
    .toSorted((a, b) => a.endedMs! - b.endedMs!)
    .slice(-MEASURED_MAX);
  const people = new Map(known.map((person) => [person.id, person]));
  // One by one: everybody of a large organisation would take far longer.
  for (const { person: id } of passes) {
    if (people.has(id)) continue;
    const person = await records.person(organisation, id).catch(removed);
    if (person !== null) people.set(id, person);
  }
  return passes.flatMap((pass) => {
    const person = people.get(pass.person);
    return person === undefined ? [] : [{ pass, person }];
  });
}

/** What passes have taught, for who looks at one stage. */
const lessons = keeping(async (project, organisation) => {
  const value = await measured(project, organisation);
  // Of many passes all are read for the newest.
  return { value, large: value.length === MEASURED_MAX };
});

/** Who was removed since has left the passes, and no accounts. */
function removed(error: unknown): null {
  if (isTrouble(error) && error.kind === 'missing') return null;
  throw error;
}

/** Whom a pass before their last one brought to the end. Asked only where somebody has a later one that is not over. */
export async function arrivedOf(
  { records }: Project,
  organisation: Id,
  wave: Id,
  people: readonly PersonRow[],
): Promise<ReadonlySet<Id>> {
  const again = people.some(({ lastPass }) => lastPass !== null && lastPass.number > 1 && !isOver(lastPass));
  return again ? arrivedBefore(await records.passes(organisation, { wave })) : new Set();
}

const NOBODY: Omit<WaveSums, 'counts'> = {
  ...{ wave: null, people: 0, states: {}, openFindings: 0, secretsMissing: 0, checksFailed: 0 },
};

/** A wave as the road shows it. Pure. */
export function stageOf(
  wave: Wave,
  sums: WaveSums | undefined,
  moves: readonly LiveMove[],
  estimate: Estimate | null,
): Stage {
  const { people, states, secretsMissing, checksFailed } = sums ?? NOBODY;
  const proven = states.proven ?? 0;
  const withFindings = states.findings ?? 0;
  const running = moves.reduce(
    (sum, { done, waiting }) => sum + (done + waiting > 0 ? done / (done + waiting) : 0),
    0,
  );
  const { id, name, pilot, state, startsOn } = wave;
  return {
    ...{ wave: id, name, pilot, state, startsOn, people, proven, withFindings, secretsMissing, checksFailed },
    failed: states.failed ?? 0,
    share: people === 0 ? 0 : Math.min(1, (proven + withFindings + running) / people),
    estimate:
      estimate === null || estimate.earliestMs === null || estimate.latestMs === null
        ? null
        : { earliestMs: estimate.earliestMs, latestMs: estimate.latestMs },
  };
}

/**
 * What operators do with waves, one after the other in each organisation: what is looked at before a step still holds when it is
 * made. Each throws Trouble `refused` (`write-record`) with the first code that stands in the way, or `changed-meanwhile`.
 */
export interface WaveActs {
  /** What else changes a wave. */
  inTurn: InTurn;
  tick(
    by: string,
    organisation: Id,
    wave: Id,
    gate: string,
    is: 'ticked' | 'overridden' | 'open',
    note: string,
  ): Promise<void>;
  decide(by: string, organisation: Id, wave: Id, seen: number, go: boolean, note: string): Promise<void>;
  start(by: string, organisation: Id, wave: Id, seen: number): Promise<void>;
  pause(by: string, organisation: Id, wave: Id, seen: number): Promise<void>;
  resume(by: string, organisation: Id, wave: Id, seen: number): Promise<void>;
  pass(by: string, organisation: Id, wave: Id, seen: number, kind: 'delta' | 'last'): Promise<void>;
  end(by: string, organisation: Id, wave: Id, seen: number): Promise<void>;
  rollBack(by: string, organisation: Id, wave: Id, seen: number, note: string): Promise<void>;
}

export function waveActs(project: Project): WaveActs {
  const { records, runs, live, nowMs } = project;
  const inTurn = openTurns();

  /** From one state to the next, with what else changes; refused where the table says so. */
  async function step(
    change: Change,
    organisation: Id,
    id: Id,
    seen: number,
    event: WaveEvent,
    changes: Partial<Wave> = {},
  ): Promise<void> {
    const wave = await change.wave(organisation, id);
    const state = nextOf(wave, seen, event);
    await change.changeWave(organisation, id, seen, { ...changes, state });
    await change.noteAudit({ organisation, action: `wave.${event}`, on: wave.name, details: {} });
  }

  async function go(
    by: string,
    organisation: Id,
    id: Id,
    seen: number,
    event: WaveEvent,
    changes: Partial<Wave> = {},
  ): Promise<void> {
    await records.write(by, (change) => step(change, organisation, id, seen, event, changes));
    live.changed(organisation, 'waves');
  }

  /** As `go`, before anything is done: it may be refused. */
  async function checkStep(organisation: Id, id: Id, seen: number, event: WaveEvent): Promise<void> {
    nextOf(await records.wave(organisation, id), seen, event);
  }

  /** The step and all its passes, or neither: a server that is killed leaves no wave that runs and moves nobody. */
  async function goAndAsk(
    by: string,
    organisation: Id,
    id: Id,
    kind: PassKind,
    make: (change: Change) => Promise<void>,
  ): Promise<void> {
    const everybody = async (change: Change): Promise<Id[]> => {
      await make(change);
      return membersIn(change, organisation, id, () => true);
    };
    await runs.ask(by, organisation, everybody, kind);
    live.changed(organisation, 'waves');
  }

  const members = (organisation: Id, id: Id, which: (person: PersonRow) => boolean): Promise<Id[]> =>
    membersIn(records, organisation, id, which);

  const acts: Omit<WaveActs, 'inTurn'> = {
    async tick(by, organisation, id, gate, is, note) {
      const { gates, name } = await waveView(project, organisation, id);
      if (is === 'open') await records.write(by, (change) => change.untick(organisation, id, gate));
      else {
        const tick: GateTick = { gate, is, by, atMs: nowMs(), note };
        const refusal = tickRefusal(gates, tick);
        if (refusal !== null) throw refused({ name }, `gate-${refusal}`);
        await records.write(by, (change) => change.tick(organisation, id, tick));
      }
      live.changed(organisation, 'waves');
    },
    async decide(by, organisation, id, seen, isGo, note) {
      await records.write(by, async (change) => {
        const wave = await change.wave(organisation, id);
        const state = nextOf(wave, seen, isGo ? 'go' : 'no-go');
        const decided = await change.decide(organisation, id, seen, { go: isGo, by, atMs: nowMs(), note });
        if (state !== decided.state) await change.changeWave(organisation, id, decided.version, { state });
      });
      live.changed(organisation, 'waves');
    },
    async start(by, organisation, id, seen) {
      const { mayStart: refusals, name } = await waveView(project, organisation, id);
      if (refusals.length > 0) throw refused({ name }, codeOf(refusals[0]!));
      // Who comes from a wave that was paused or taken back has a pass already: it goes on.
      const paused = await members(organisation, id, ({ lastPass }) => lastPass?.state === 'stopped');
      const begun = { startedMs: nowMs(), endedMs: null };
      await goAndAsk(by, organisation, id, 'first', (change) =>
        step(change, organisation, id, seen, 'start', begun),
      );
      if (paused.length > 0) await runs.resume(by, organisation, paused);
    },
    async pause(by, organisation, id, seen) {
      await checkStep(organisation, id, seen, 'pause');
      // The moves first: killed in between, the wave is still to be paused, and pausing twice is pausing once.
      await runs.pause(by, organisation, await members(organisation, id, isUnder));
      await go(by, organisation, id, seen, 'pause');
    },
    async resume(by, organisation, id, seen) {
      await checkStep(organisation, id, seen, 'resume');
      // The moves first, here too: a wave that runs with moves that are paused could not be resumed again.
      await runs.resume(by, organisation, await members(organisation, id, isUnder));
      await go(by, organisation, id, seen, 'resume');
    },
    async pass(by, organisation, id, seen, kind) {
      await goAndAsk(by, organisation, id, kind, (change) =>
        step(change, organisation, id, seen, 'pass', { endedMs: null }),
      );
    },
    async end(by, organisation, id, seen) {
      const { mayEnd: refusals, name } = await waveView(project, organisation, id);
      if (refusals.length > 0) throw refused({ name }, codeOf(refusals[0]!));
      await go(by, organisation, id, seen, 'end', { endedMs: nowMs() });
    },
    async rollBack(by, organisation, id, seen, note) {
      const wave = await records.wave(organisation, id);
      const [refusal] = mayRollBack(wave, note);
      if (refusal !== undefined) throw refused(wave, codeOf(refusal));
      await checkStep(organisation, id, seen, 'roll-back');
      await runs.pause(by, organisation, await members(organisation, id, isUnder));
      await go(by, organisation, id, seen, 'roll-back', { rollBackNote: note, endedMs: nowMs() });
    },
  };
  const turned = Object.entries(acts).map(([name, act]) => [
    name,
    (by: string, organisation: Id, ...told: unknown[]) =>
      inTurn(organisation, () => (act as (...all: unknown[]) => Promise<void>)(by, organisation, ...told)),
  ]);
  return { inTurn, ...(Object.fromEntries(turned) as typeof acts) };
}

function isUnder({ lastPass }: PersonRow): boolean {
  return lastPass !== null && !isOver(lastPass);
}

async function membersIn(
  reading: Reading,
  organisation: Id,
  wave: Id,
  which: (person: PersonRow) => boolean,
): Promise<Id[]> {
  const { rows } = await reading.people(organisation, { wave, offset: 0, limit: PEOPLE_MAX });
  return rows.filter(which).map(({ id }) => id);
}

/** Throws Trouble `refused`: by the table of states, or because somebody else was faster. */
function nextOf(wave: Wave, seen: number, event: WaveEvent): Wave['state'] {
  const { state, refusal } = nextWaveState(wave.state, event);
  if (wave.version !== seen) throw refused(wave, 'changed-meanwhile');
  if (state === null) throw refused(wave, refusal);
  return state;
}

/** `gate-unmet:licences`, or the code alone. */
export function codeOf({ code, gate }: Refusal): string {
  return gate === null ? code : `${code}:${gate}`;
}

function refused({ name }: Pick<Wave, 'name'>, answer: string): Trouble {
  return new Trouble('refused', { tried: 'write-record', on: name, answer });
}
