import type { Trouble } from '../trouble.ts';
import { leave } from './exceptions.ts';
import { type Going, intendRungs } from './intend.ts';
import type { Journey } from './journey.ts';
import type { Landed } from './landed.ts';
import type { Load } from './load.ts';
import type { Desk } from './places.ts';
import { arrived } from './progress.ts';
import { isLocal, kindOf, rungs } from './rungs.ts';

/**
 * Brings a refused message up the ladder, one rung at a time, until the target takes it; left with the target's first
 * words when it takes none. What it learns spares the next message of the same kind the refusals.
 */
export async function climb(
  journey: Journey,
  load: Load,
  desk: Desk,
  going: Going,
  trouble: Trouble,
  landed: Landed[],
): Promise<void> {
  const { ledger } = journey.road;
  const { held } = going;
  await ledger.settle([{ is: 'absent', landing: going.parcel.step }]);
  let higher = false;
  const local = isLocal(load.listed.account.source, journey.road.target);
  for (const rung of rungs(held, local)) {
    const tried = !higher;
    higher ||= rung.name === going.step.rung;
    if (tried) continue;
    const [next] = await intendRungs(journey, desk, [{ held, rung }]);
    if (await putOne(journey, desk, next!, landed)) {
      await learn(journey, kindOf(held.identity.oddities), rung.name);
      return;
    }
    await ledger.settle([{ is: 'absent', landing: next!.parcel.step }]);
  }
  const item = { ...held.item, subject: held.identity.subject };
  await leave(journey, load, item, 'refused-by-target', trouble.answer ?? null);
}

async function learn(journey: Journey, kind: string, name: string): Promise<void> {
  if (kind === '') return;
  journey.learned.set(kind, name);
  await journey.road.ledger.remember('learned', JSON.stringify([...journey.learned]));
}

async function putOne(journey: Journey, desk: Desk, going: Going, landed: Landed[]): Promise<boolean> {
  try {
    for await (const answer of journey.road.target.put(desk.place, [going.parcel])) {
      if (answer.is === 'refused') return false;
      await journey.road.ledger.settle([{ is: 'landed', landing: answer.step, key: answer.key }]);
      arrived(journey, going, answer.key, landed);
      return true;
    }
  } catch (error) {
    journey.doubtSince = performance.now();
    throw error;
  }
  throw new Error('the target ended a put without an answer or an error');
}
