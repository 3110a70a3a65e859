/** Batches of one lane that wait for their answers while the next is read: hides the round trip. */
const FLIGHTS_PER_LANE = 2;

export interface Flights {
  /** A new one waits while as many are under way as may be. Throws the first failure there was. */
  add(flight: Promise<void>): Promise<void>;
  /** When none is under way: what failed since the last time this was asked. */
  land(): Promise<unknown[]>;
}

export function openFlights(): Flights {
  const flying = new Set<Promise<void>>();
  const failures: unknown[] = [];
  return {
    async add(flight) {
      const watched = flight
        .catch((error: unknown) => void failures.push(error))
        .finally(() => flying.delete(watched));
      flying.add(watched);
      if (flying.size >= FLIGHTS_PER_LANE) await Promise.race(flying);
      if (failures.length > 0) throw failures[0];
    },
    async land() {
      await Promise.all(flying);
      return failures.splice(0);
    },
  };
}
