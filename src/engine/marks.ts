import type { Outcome } from '../ledger/ledger.ts';
import type { MarkChange } from '../stores/target.ts';
import { keptMarks } from './intend.ts';
import type { Journey } from './journey.ts';
import type { Desk } from './places.ts';

const PAGE = 500;

/**
 * Gives every landing the marks that its copies add up to (law 5): read if read anywhere, flagged if flagged anywhere.
 * Marks that somebody set at the target are not touched: only what we gave is taken back.
 *
 * @returns how many messages were marked
 */
export async function settleMarks(journey: Journey): Promise<number> {
  const { ledger } = journey.road;
  const places = new Map((await ledger.places()).map((row) => [row.id, row]));
  let after = 0;
  let marked = 0;
  for (;;) {
    const page = await ledger.unmarked(after, PAGE);
    if (page.length === 0) return marked;
    after = page.at(-1)!.landing.id;
    for (const place of new Set(page.map(({ landing }) => landing.place))) {
      const { path } = places.get(place)!;
      const desk = await journey.places.prepare({ path, role: null, subscribe: false });
      desk.used = true;
      marked += await markPlace(
        journey,
        desk,
        page.filter(({ landing }) => landing.place === place && landing.key !== null),
      );
    }
  }
}

async function markPlace(
  journey: Journey,
  desk: Desk,
  unmarked: Awaited<ReturnType<Journey['road']['ledger']['unmarked']>>,
): Promise<number> {
  const changes: MarkChange[] = [];
  const outcomes: Outcome[] = [];
  for (const { landing, wanted } of unmarked) {
    const kept = keptMarks(desk, wanted);
    const add = kept.filter((mark) => !landing.marks.includes(mark));
    const remove = landing.marks.filter((mark) => !kept.includes(mark));
    if (add.length > 0 || remove.length > 0) changes.push({ key: landing.key!, add, remove });
    outcomes.push({ is: 'marked', landing: landing.id, marks: wanted });
  }
  if (changes.length > 0) await journey.road.target.mark(desk.place, changes);
  await journey.road.ledger.settle(outcomes);
  return changes.length;
}
