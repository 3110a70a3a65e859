import type { Id } from '../../records/facts.ts';
import { notThere } from './people.ts';
import type { Import } from './prepare-session.ts';

/** Prepared files on their way, in memory only: they hold passwords, and go when nobody comes back to them. */
export interface Imports {
  /** Instead of the one of the same id, if it is there. */
  keep(one: Import): void;
  /** Throws Trouble `missing` (`read-record`): there is none, or it has gone. */
  find(organisation: Id, id: Id): Import;
  forget(id: Id): void;
}

const KEPT_MS = 60 * 60_000;
const IN_ONE_MAX = 5;
/** Over all organisations: each may be as large as a file may be. */
const ALL_MAX = 20;

/** The oldest gives way. */
export function openImports(keptMs = KEPT_MS): Imports {
  // In the order in which they were last touched.
  const kept = new Map<Id, { one: Import; timer: NodeJS.Timeout }>();
  const forget = (id: Id): void => {
    clearTimeout(kept.get(id)?.timer);
    kept.delete(id);
  };
  const crowd = (organisation: Id | null, max: number): void => {
    const some = [...kept.values()].filter(
      ({ one }) => organisation === null || one.organisation === organisation,
    );
    for (const { one } of some.slice(0, Math.max(0, some.length - max))) forget(one.id);
  };
  return {
    keep(one) {
      forget(one.id);
      kept.set(one.id, { one, timer: setTimeout(() => forget(one.id), keptMs).unref() });
      crowd(one.organisation, IN_ONE_MAX);
      crowd(null, ALL_MAX);
    },
    find(organisation, id) {
      const found = kept.get(id)?.one;
      if (found === undefined || found.organisation !== organisation) throw notThere(id);
      return found;
    },
    forget,
  };
}
