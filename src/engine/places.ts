import type { PlaceRow } from '../ledger/ledger.ts';
import type { Place } from '../stores/target.ts';
import type { Destination } from './mapping.ts';
import { pathKey, type Road } from './road.ts';

/** A target folder that is ready, with its row in the ledger. */
export interface Desk {
  place: Place;
  row: PlaceRow;
  /** Something was put here in this run, or an earlier run left something open here. */
  used: boolean;
  /** Messages that were put here in this run and read back as they should be. */
  verified: number;
}

/** The target folders of this run, each prepared once. */
export interface Places {
  prepare(destination: Destination): Promise<Desk>;
  /** Those used so far. */
  used(): Promise<Desk[]>;
}

/**
 * The window of a place (where reading back starts) is noted before our first put into it, so that whatever lands after
 * a crash lies inside the window (law 2). An older window that was never settled stays.
 */
export function openPlaces(road: Road): Places {
  const desks = new Map<string, Promise<Desk>>();
  const prepare = async (destination: Destination): Promise<Desk> => {
    const place = await road.target.prepare(destination.path, destination.role, destination.subscribe);
    const row = await road.ledger.place(place.path);
    if (row.window === null && place.position !== null) {
      await road.ledger.updatePlace(row.id, { window: place.position });
      row.window = place.position;
    }
    return { place, row, used: false, verified: 0 };
  };
  return {
    prepare(destination) {
      const key = pathKey(destination.path);
      let desk = desks.get(key);
      if (!desk) {
        desk = prepare(destination);
        desks.set(key, desk);
        desk.catch(() => desks.delete(key));
      }
      return desk;
    },
    async used() {
      const byRow = new Map<number, Desk>();
      for (const desk of await Promise.all(desks.values())) if (desk.used) byRow.set(desk.row.id, desk);
      return [...byRow.values()];
    },
  };
}
