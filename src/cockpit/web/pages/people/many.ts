import { useRef, useState } from 'react';

const AT_ONCE = 4;

export interface Many {
  /** While it runs: how many of how many. */
  under: { done: number; of: number } | null;
  /** One after the other, a few at once, until all are done or it is stopped. `one` must not throw. */
  run(ids: readonly string[], one: (id: string) => Promise<void>): Promise<void>;
  stop(): void;
}

/** The same done with many people, with a count of it. */
export function useMany(): Many {
  const [under, setUnder] = useState<Many['under']>(null);
  const stopped = useRef(false);
  return {
    under,
    stop: () => {
      stopped.current = true;
    },
    async run(ids, one) {
      stopped.current = false;
      let [next, done] = [0, 0];
      setUnder({ done, of: ids.length });
      const work = async (): Promise<void> => {
        while (next < ids.length && !stopped.current) {
          const id = ids[next++]!;
          await one(id);
          setUnder({ done: ++done, of: ids.length });
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      setUnder(null);
    },
  };
}
