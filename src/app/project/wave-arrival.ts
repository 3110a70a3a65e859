import type { Id } from '../../records/facts.ts';
import type { Records, WaveSums } from '../../records/records.ts';
import { isTrouble } from '../../trouble.ts';
import { allArrived, hasArrived, type MoveState, moveStateOf, nextWaveState } from '../../waves/state.ts';

/**
 * A wave whose people have all arrived is `moved`; what a pass of theirs brings later changes nothing of that. Also when the last one
 * who had not was put into another wave, or removed.
 */
export async function settleWaves(records: Records, organisation: Id, nowMs: number): Promise<void> {
  const under = (await records.waves(organisation)).filter(
    ({ state }) => state === 'running' || state === 'paused',
  );
  if (under.length === 0) return;
  const sums = new Map((await records.sums(organisation)).map((one) => [one.wave, one]));
  for (const { id } of under)
    if (mayBeMoved(sums.get(id))) await settleWave(records, organisation, id, nowMs);
}

function mayBeMoved(sums: WaveSums | undefined): boolean {
  return sums !== undefined && Object.keys(sums.states).every((state) => hasArrived(state as MoveState));
}

async function settleWave(records: Records, organisation: Id, id: Id, nowMs: number): Promise<void> {
  try {
    await records.write('malleposte', async (change) => {
      const wave = await change.wave(organisation, id);
      if (wave.state !== 'running' && wave.state !== 'paused') return;
      const { rows } = await change.people(organisation, { wave: id, offset: 0, limit: PEOPLE_MAX });
      if (!allArrived(rows.map(({ lastPass }) => moveStateOf(lastPass)))) return;
      const { state } = nextWaveState(wave.state, 'arrive');
      if (state !== null) await change.changeWave(organisation, id, wave.version, { state, endedMs: nowMs });
    });
  } catch (error) {
    // It was removed just now.
    if (!isTrouble(error, 'missing')) throw error;
  }
}

const PEOPLE_MAX = 100_000;
