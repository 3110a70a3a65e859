import type { Id } from '../../records/facts.ts';
import type { Records } from '../../records/records.ts';
import { allArrived, moveStateOf, nextWaveState } from '../../waves/state.ts';

/** A wave whose people have all arrived is `moved`; what a pass of theirs brings later changes nothing of that. */
export async function settleWave(records: Records, organisation: Id, id: Id, nowMs: number): Promise<void> {
  await records.write('malleposte', async (change) => {
    const wave = await change.wave(organisation, id);
    if (wave.state !== 'running' && wave.state !== 'paused') return;
    const { rows } = await change.people(organisation, { wave: id, offset: 0, limit: PEOPLE_MAX });
    if (!allArrived(rows.map(({ lastPass }) => moveStateOf(lastPass)))) return;
    const { state } = nextWaveState(wave.state, 'arrive');
    if (state !== null) await change.changeWave(organisation, id, wave.version, { state, endedMs: nowMs });
  });
}

const PEOPLE_MAX = 100_000;
