import type { Decision, Wave } from '../records/facts.ts';
import type { Gate, GateCode, GateState } from './gates.ts';
import { nextWaveState, WAVE_REFUSALS, type WaveEvent, type WaveRefusal } from './state.ts';

/** Why a wave may not start, end or be taken back now; each has its words. */
export const REFUSALS = [
  ...WAVE_REFUSALS,
  'nobody',
  'no-go',
  'gate-unmet',
  'gate-unknown',
  'no-note',
] as const;
export type RefusalCode = (typeof REFUSALS)[number];

export interface Refusal {
  code: RefusalCode;
  /** Of `gate-unmet` and `gate-unknown`; null: it is not about one. */
  gate: GateCode | null;
}

const refuse = (code: RefusalCode): Refusal => ({ code, gate: null });

/**
 * Everything that stands in the way of starting the wave; empty: it may. A gate that is not known to be met is in the way, until it is
 * known or overridden.
 */
export function mayStart(
  wave: Pick<Wave, 'state'> & { people: number },
  gates: readonly GateState[],
  decision: Decision | null,
): Refusal[] {
  const byState = stateRefusals(wave, 'start');
  // What has begun, or is over, needs no further reasons.
  if (byState.some((code) => code !== 'no-decision')) return byState.map(refuse);
  const codes: RefusalCode[] = wave.people === 0 ? ['nobody'] : [];
  if (decision?.go === false) codes.push('no-go');
  // A go from before it was opened again counts no longer: its state says so.
  else if (decision === null || byState.length > 0) codes.push('no-decision');
  return [...codes.map(refuse), ...gateRefusals(gates, 'entry')];
}

/** Everything that stands in the way of ending the wave; empty: it may. */
export function mayEnd(wave: Pick<Wave, 'state'>, gates: readonly GateState[]): Refusal[] {
  const refusals = stateRefusals(wave, 'end').map(refuse);
  return wave.state === 'ended' || wave.state === 'rolled-back'
    ? refusals
    : [...refusals, ...gateRefusals(gates, 'exit')];
}

/** Everything that stands in the way of taking the wave back: that needs a note of what is done, for those who come after. */
export function mayRollBack(wave: Pick<Wave, 'state'>, note: string): Refusal[] {
  const refusals = stateRefusals(wave, 'roll-back').map(refuse);
  return note.trim() === '' ? [...refusals, refuse('no-note')] : refusals;
}

function stateRefusals({ state }: Pick<Wave, 'state'>, event: WaveEvent): WaveRefusal[] {
  const { refusal } = nextWaveState(state, event);
  return refusal === null ? [] : [refusal];
}

function gateRefusals(gates: readonly GateState[], when: Gate['when']): Refusal[] {
  return gates
    .filter((gate) => gate.when === when)
    .flatMap(({ code, state }): Refusal[] => {
      if (state === 'unmet') return [{ code: 'gate-unmet', gate: code }];
      return state === 'unknown' ? [{ code: 'gate-unknown', gate: code }] : [];
    });
}
