import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { PassState, WaveState } from '../records/facts.ts';
import {
  allArrived,
  hasArrived,
  MOVE_EVENTS,
  MOVE_REFUSALS,
  MOVE_STATES,
  type MoveEvent,
  type MoveState,
  moveStateOf,
  nextMoveState,
  nextWaveState,
  WAVE_EVENTS,
  WAVE_REFUSALS,
  WAVE_STATES,
  type WaveEvent,
} from './state.ts';

/** Walks as far as nothing is refused. */
function wave(...events: WaveEvent[]): WaveState {
  let state: WaveState = 'draft';
  for (const event of events) {
    const step = nextWaveState(state, event);
    assert.equal(step.refusal, null, `${state} ${event}`);
    state = step.state!;
  }
  return state;
}

function move(state: MoveState, ...events: MoveEvent[]): MoveState {
  for (const event of events) {
    const step = nextMoveState(state, event);
    assert.equal(step.refusal, null, `${state} ${event}`);
    state = step.state!;
  }
  return state;
}

test('the whole life of a wave', () => {
  assert.equal(wave('go'), 'ready');
  assert.equal(wave('go', 'no-go'), 'draft');
  assert.equal(wave('go', 'start', 'pause', 'resume', 'arrive'), 'moved');
  assert.equal(wave('go', 'start', 'arrive', 'pass'), 'running');
  assert.equal(wave('go', 'start', 'pause', 'arrive'), 'moved', 'the last ones were under way');
  assert.equal(wave('go', 'start', 'arrive', 'pass', 'arrive', 'end'), 'ended');
  assert.equal(wave('go', 'start', 'arrive', 'end', 'reopen'), 'moved');
  assert.equal(wave('go', 'start', 'roll-back'), 'rolled-back');
  assert.equal(wave('go', 'start', 'arrive', 'roll-back', 'reopen'), 'draft');
});

test('what a wave refuses, and why', () => {
  const why = (state: WaveState, event: WaveEvent) => nextWaveState(state, event).refusal;
  assert.equal(why('draft', 'start'), 'no-decision');
  assert.equal(why('draft', 'roll-back'), 'not-started');
  assert.equal(why('ready', 'pause'), 'not-started');
  assert.equal(why('running', 'start'), 'already-running');
  assert.equal(why('running', 'no-go'), 'already-running');
  assert.equal(why('running', 'end'), 'not-moved');
  assert.equal(why('paused', 'pass'), 'is-paused');
  assert.equal(why('moved', 'start'), 'already-moved');
  assert.equal(why('ended', 'roll-back'), 'has-ended');
  assert.equal(why('rolled-back', 'start'), 'was-rolled-back');
  assert.equal(why('running', 'reopen'), 'still-open');
});

test('nobody starts without a go since the wave was last a draft', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...WAVE_EVENTS), { maxLength: 40 }), (events) => {
      let state: WaveState = 'draft';
      let decided = false;
      for (const event of events) {
        const step = nextWaveState(state, event);
        if (event === 'start' && step.state !== null) assert.ok(decided);
        if (step.state === null) continue;
        if (event === 'go' || event === 'no-go') decided = event === 'go';
        if (step.state === 'draft') decided = false;
        state = step.state;
      }
    }),
  );
});

test('each state and event has exactly one answer, each refusal is used, each state reached', () => {
  const waves = WAVE_STATES.flatMap((state) => WAVE_EVENTS.map((event) => nextWaveState(state, event)));
  const moves = MOVE_STATES.flatMap((state) => MOVE_EVENTS.map((event) => nextMoveState(state, event)));
  for (const { state, refusal } of [...waves, ...moves]) assert.ok((state === null) !== (refusal === null));
  const used = (all: (string | null)[]) => [...new Set(all)].filter((one) => one !== null).sort();
  assert.deepEqual(used(waves.map((step) => step.refusal)), [...WAVE_REFUSALS].sort());
  assert.deepEqual(used(waves.map((step) => step.state)), [...WAVE_STATES].sort());
  assert.deepEqual(used(moves.map((step) => step.refusal)), [...MOVE_REFUSALS].sort());
  assert.deepEqual(used(moves.map((step) => step.state)), [...MOVE_STATES].sort());
});

test('the whole life of a move', () => {
  assert.equal(move('waiting', 'begin', 'prove', 'prove-well'), 'proven');
  assert.equal(move('waiting', 'begin', 'rest', 'begin', 'prove', 'prove-findings'), 'findings');
  assert.equal(
    move('findings', 'ask', 'begin-delta', 'rest', 'begin-delta', 'prove', 'prove-well'),
    'proven',
  );
  assert.equal(move('waiting', 'begin', 'pause', 'resume', 'begin'), 'running');
  assert.equal(move('waiting', 'begin', 'fail', 'ask'), 'waiting');
  assert.equal(move('waiting', 'begin', 'begin'), 'running', 'taken up by another process');
  assert.equal(move('waiting', 'begin', 'prove', 'rest', 'prove', 'pause'), 'paused');
  const why = (state: MoveState, event: MoveEvent) => nextMoveState(state, event).refusal;
  assert.equal(why('running', 'ask'), 'under-way');
  assert.equal(why('waiting', 'prove'), 'move-not-begun');
  assert.equal(why('paused', 'begin'), 'move-paused', 'a pause holds, whoever comes');
  assert.equal(why('running', 'prove-well'), 'move-not-proving');
  assert.equal(why('proven', 'begin'), 'move-over');
});

test('nothing is proven but by a proof', () => {
  for (const state of MOVE_STATES)
    for (const event of MOVE_EVENTS) {
      const { state: next } = nextMoveState(state, event);
      if (next !== null && hasArrived(next)) assert.equal(state, 'proving');
    }
});

test('the state of a move is told by its last pass', () => {
  const first = (state: PassState) => moveStateOf({ state, kind: 'first' });
  assert.equal(moveStateOf(null), 'waiting');
  assert.equal(first('running'), 'running');
  assert.equal(first('stopped'), 'paused');
  assert.equal(moveStateOf({ state: 'running', kind: 'delta' }), 'delta');
  assert.equal(moveStateOf({ state: 'running', kind: 'last' }), 'delta');
  assert.equal(moveStateOf({ state: 'resting', kind: 'last' }), 'resting');
  assert.ok(allArrived(['proven', 'findings']));
  assert.ok(!allArrived(['proven', 'failed']));
  assert.ok(!allArrived([]), 'nobody has arrived where there is nobody');
});
