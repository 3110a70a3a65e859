import type { Event } from '../../engine/event.ts';
import type { CoachEvent } from './messages.ts';

/** Thins the road's events, so that a server with many coaches is not flooded. */
export interface Telling {
  tell(event: Event | CoachEvent): void;
  /** What is held back is told now. */
  flush(): void;
}

const EVERY_MS = 250;
const NAME_MAX_CHARS = 500;

/** Of each kind and account the latest is told, at most every quarter of a second; what comes message by message is counted. */
export function openTelling(send: (event: CoachEvent) => void, everyMs = EVERY_MS): Telling {
  const held = new Map<string, CoachEvent>();
  const met = { altered: 0, left: 0, withdrawn: 0, aside: 0, proven: 0 };
  let fresh = false;
  let toldAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | null = null;

  function flush(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    toldAt = performance.now();
    const events = [...held.values()];
    held.clear();
    if (fresh) events.push({ event: 'met', ...met });
    fresh = false;
    for (const event of events) send(event);
  }

  function hold(event: CoachEvent): void {
    const key = `${event.event} ${'account' in event ? event.account : ''}`;
    // To the end: the order is that of the latest.
    held.delete(key);
    held.set(key, event);
    soon();
  }

  function soon(): void {
    timer ??= setTimeout(flush, Math.max(0, toldAt + everyMs - performance.now()));
  }

  return {
    flush,
    tell(event) {
      const counted = countedAs(event);
      if (counted !== null) {
        met[counted] += 1;
        fresh = true;
        soon();
      }
      const told = toldAs(event);
      if (told !== null) hold(told);
    },
  };
}

function countedAs(event: Event | CoachEvent) {
  if (event.event === 'altered' || event.event === 'left') return event.event;
  if (event.event === 'withdrawn' || event.event === 'aside') return event.event;
  // Those too many at the target are no entries.
  if (event.event === 'finding' && event.finding.account !== null) return 'proven';
  return null;
}

function toldAs(event: Event | CoachEvent): CoachEvent | null {
  switch (event.event) {
    case 'altered':
    case 'left':
    case 'withdrawn':
    case 'aside':
    case 'finding':
      return null;
    case 'folder':
      return { ...event, folder: cut(event.folder), into: cut(event.into) };
    default:
      return event;
  }
}

function cut(name: string): string {
  return name.length <= NAME_MAX_CHARS ? name : `${name.slice(0, NAME_MAX_CHARS - 1)}…`;
}
