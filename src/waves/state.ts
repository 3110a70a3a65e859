import type { Pass, WaveState } from '../records/facts.ts';

export const WAVE_STATES = [
  'draft',
  'ready',
  'running',
  'paused',
  'moved',
  'ended',
  'rolled-back',
] as const satisfies readonly WaveState[];

/**
 * The life of a wave: draft → ready (go) → running ⇄ paused → moved → ended; from running on it may be rolled back. Another pass
 * takes a moved one back to running. What has ended or was rolled back changes only when somebody opens it again.
 *
 * - `go`, `no-go`  decided by a named operator; may be decided anew until it starts
 * - `start`        the first pass of everybody in it
 * - `arrive`       every move in it was proven, with findings or without: happens by itself
 * - `pass`         another pass over those in it
 * - `reopen`       an ended one is moved again, one that was rolled back a draft
 */
export const WAVE_EVENTS = [
  'go',
  'no-go',
  'start',
  'pause',
  'resume',
  'arrive',
  'pass',
  'end',
  'roll-back',
  'reopen',
] as const;
export type WaveEvent = (typeof WAVE_EVENTS)[number];

/** Why a wave does not do as asked; each has its words. */
export const WAVE_REFUSALS = [
  'no-decision',
  'not-started',
  'already-running',
  'is-paused',
  'not-paused',
  'not-running',
  'not-moved',
  'already-moved',
  'has-ended',
  'was-rolled-back',
  'still-open',
] as const;
export type WaveRefusal = (typeof WAVE_REFUSALS)[number];

type Step<State, Refusal> = { state: State; refusal: null } | { state: null; refusal: Refusal };
type Table<State extends string, Event extends string, Refusal> = Record<
  State,
  Record<Event, State | Refusal>
>;

const all = <To>(to: To): Record<WaveEvent, To> =>
  Object.fromEntries(WAVE_EVENTS.map((event) => [event, to])) as Record<WaveEvent, To>;

const WAVES: Table<WaveState, WaveEvent, WaveRefusal> = {
  draft: {
    ...{ ...all('not-started'), go: 'ready', 'no-go': 'draft' },
    ...{ start: 'no-decision', reopen: 'still-open' },
  },
  ready: {
    ...{ ...all('not-started'), go: 'ready', 'no-go': 'draft' },
    ...{ start: 'running', reopen: 'still-open' },
  },
  running: {
    ...{ ...all('already-running'), pause: 'paused', resume: 'not-paused', arrive: 'moved' },
    ...{ pass: 'running', end: 'not-moved', 'roll-back': 'rolled-back', reopen: 'still-open' },
  },
  paused: {
    ...{ ...all('is-paused'), resume: 'running', arrive: 'moved' },
    ...{ end: 'not-moved', 'roll-back': 'rolled-back', reopen: 'still-open' },
  },
  moved: {
    ...{ ...all('already-moved'), pause: 'not-running', resume: 'not-paused', arrive: 'moved' },
    ...{ pass: 'running', end: 'ended', 'roll-back': 'rolled-back', reopen: 'still-open' },
  },
  ended: { ...all('has-ended'), reopen: 'moved' },
  'rolled-back': { ...all('was-rolled-back'), reopen: 'draft' },
};

/** What becomes of a wave, or why not; whether it is wise is for `mayStart` and `mayEnd` to say. */
export function nextWaveState(state: WaveState, event: WaveEvent): Step<WaveState, WaveRefusal> {
  return stepOf(WAVE_STATES, WAVE_REFUSALS, WAVES[state][event]);
}

/**
 * Where the move of a person stands. `delta`: it runs, for what came after an earlier pass; `resting`: until a throttle or a
 * day's allowance is over; `findings`: proven, and there is something to read; `failed`: a person must do something first.
 */
export const MOVE_STATES = [
  'waiting',
  'running',
  'paused',
  'resting',
  'delta',
  'proving',
  'proven',
  'findings',
  'failed',
] as const;
export type MoveState = (typeof MOVE_STATES)[number];

/**
 * - `ask`           for the first pass, another one, or once more after a failure
 * - `begin`, `begin-delta`  it runs: the first time, after a rest, or taken up by another process
 * - `prove`         both sides are read again; `prove-well`, `prove-findings`: what came of it
 */
export const MOVE_EVENTS = [
  'ask',
  'begin',
  'begin-delta',
  'rest',
  'pause',
  'resume',
  'prove',
  'prove-well',
  'prove-findings',
  'fail',
] as const;
export type MoveEvent = (typeof MOVE_EVENTS)[number];

/** Why a move does not do as asked; each has its words. */
export const MOVE_REFUSALS = [
  'under-way',
  'move-not-begun',
  'move-paused',
  'move-not-paused',
  'move-not-proving',
  'move-over',
] as const;
export type MoveRefusal = (typeof MOVE_REFUSALS)[number];

const RUNS = {
  ...{ ask: 'under-way', begin: 'running', 'begin-delta': 'delta', rest: 'resting', pause: 'paused' },
  ...{ resume: 'move-not-paused', prove: 'proving', fail: 'failed' },
  ...{ 'prove-well': 'move-not-proving', 'prove-findings': 'move-not-proving' },
} as const satisfies Record<MoveEvent, MoveState | MoveRefusal>;

const OVER = {
  ...{ ask: 'waiting', begin: 'move-over', 'begin-delta': 'move-over', rest: 'move-over' },
  ...{ pause: 'move-over', resume: 'move-not-paused', prove: 'move-over', fail: 'move-over' },
  ...{ 'prove-well': 'move-over', 'prove-findings': 'move-over' },
} as const satisfies Record<MoveEvent, MoveState | MoveRefusal>;

const MOVES: Table<MoveState, MoveEvent, MoveRefusal> = {
  waiting: { ...RUNS, rest: 'move-not-begun', prove: 'move-not-begun' },
  running: RUNS,
  delta: RUNS,
  resting: RUNS,
  paused: {
    ...{ ...RUNS, begin: 'move-paused', 'begin-delta': 'move-paused', rest: 'move-paused' },
    ...{ resume: 'waiting', prove: 'move-paused', fail: 'failed' },
  },
  // A proof rests as a pass does, is paused, and begins anew when its process was killed.
  proving: { ...RUNS, 'prove-well': 'proven', 'prove-findings': 'findings' },
  proven: OVER,
  findings: OVER,
  failed: OVER,
};

/** What becomes of a move, or why not. */
export function nextMoveState(state: MoveState, event: MoveEvent): Step<MoveState, MoveRefusal> {
  return stepOf(MOVE_STATES, MOVE_REFUSALS, MOVES[state][event]);
}

/** Where a person's move stands by their last pass; null, no pass yet, is waiting. */
export function moveStateOf(pass: Pick<Pass, 'state' | 'kind'> | null): MoveState {
  if (pass === null) return 'waiting';
  if (pass.state === 'stopped') return 'paused';
  return pass.state === 'running' && pass.kind !== 'first' ? 'delta' : pass.state;
}

/** Whether the wave arrives: there are moves in it, and each was proven, with findings or without. */
export function allArrived(states: readonly MoveState[]): boolean {
  return states.length > 0 && states.every(hasArrived);
}

export function hasArrived(state: MoveState): boolean {
  return state === 'proven' || state === 'findings';
}

function stepOf<State extends string, Refusal extends string>(
  states: readonly State[],
  refusals: readonly Refusal[],
  to: NoInfer<State | Refusal>,
): Step<State, Refusal> {
  const state = states.find((one) => one === to);
  if (state !== undefined) return { state, refusal: null };
  return { state: null, refusal: refusals.find((one) => one === to)! };
}
