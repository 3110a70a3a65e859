import { useMemo, useState } from 'react';

/** Chosen rows, by id; they stay chosen while one scrolls, filters or sorts. */
export interface Selection {
  ids: ReadonlySet<string>;
  set(ids: readonly string[], chosen: boolean): void;
  clear(): void;
}

export function useSelection(): Selection {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  return useMemo(
    () => ({
      ids,
      set: (changed, chosen) =>
        setIds((before) => {
          const next = new Set(before);
          for (const id of changed) chosen ? next.add(id) : next.delete(id);
          return next;
        }),
      clear: () => setIds(new Set()),
    }),
    [ids],
  );
}
