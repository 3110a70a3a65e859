import { useMemo, useState } from 'react';

/** People who are chosen, with the wave that each is in (null: none). */
export type ChosenPeople = ReadonlyMap<string, string | null>;

export interface Chosen {
  people: ChosenPeople;
  set(people: ChosenPeople, chosen: boolean): void;
  clear(): void;
}

export function useChosen(): Chosen {
  const [people, setPeople] = useState<ChosenPeople>(new Map());
  return useMemo(
    () => ({
      people,
      set: (changed, chosen) =>
        setPeople((before) => {
          const next = new Map(before);
          for (const [id, wave] of changed) chosen ? next.set(id, wave) : next.delete(id);
          return next;
        }),
      clear: () => setPeople(new Map()),
    }),
    [people],
  );
}
