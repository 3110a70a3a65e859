import type { Id } from '../../records/facts.ts';
import type { Trouble } from '../../trouble.ts';

/** A move that is under way, from moment to moment: what a page shows of it. */
export interface LiveMove {
  person: Id;
  name: string;
  address: string;
  wave: Id | null;
  pass: Id;
  kind: 'first' | 'delta' | 'last';
  state: string;
  /** Of the engine; null before it speaks. */
  stage: string | null;
  entries: number;
  done: number;
  waiting: number;
  bytes: number;
  ofBytes: number;
  messagesPerSecond: number;
  bytesPerSecond: number;
  remainingMs: { from: number; to: number } | null;
  folder: string | null;
  account: string | null;
  restUntilMs: number | null;
  /** The last trouble, as facts; its sentence is made for who reads it. */
  trouble: { kind: string; tried: string; on: string; answer: string | null } | null;
}

export type Changed = 'organisation' | 'sites' | 'waves' | 'people' | 'passes' | 'findings' | 'operators';

/** Speed over all moves of an organisation at a moment. */
export interface Speed {
  atMs: number;
  messagesPerSecond: number;
  bytesPerSecond: number;
}

export interface Listener {
  moves(changed: LiveMove[], whole: boolean): void;
  speed(speed: Speed): void;
  changed(what: Changed[]): void;
}

/** What happens now, in memory: nothing here is a record, and a server that starts knows none of it. */
export interface Live {
  /** Answers how to stop listening. What is under way is told at once, whole. */
  listen(organisation: Id, listener: Listener): () => void;
  moves(organisation: Id): LiveMove[];
  /** A value a minute, of the last hour, oldest first. */
  speeds(organisation: Id): Speed[];
  put(organisation: Id, move: LiveMove): void;
  end(organisation: Id, person: Id): void;
  changed(organisation: Id, ...what: Changed[]): void;
  /** What keeps anything from running (a full disk), until it is over; null: nothing. */
  readonly obstacle: Trouble | null;
  obstruct(trouble: Trouble | null): void;
  close(): void;
}

/** Listeners hear at most twice a second: a page has nothing from more. */
const TELL_MS = 500;
const SPEED_MS = 60_000;
const SPEEDS_MAX = 60;

interface Place {
  moves: Map<Id, LiveMove>;
  fresh: Set<Id>;
  what: Set<Changed>;
  listeners: Set<Listener>;
  speeds: Speed[];
}

export function openLive(nowMs: () => number): Live {
  const places = new Map<Id, Place>();
  const placeOf = (organisation: Id): Place => {
    const known = places.get(organisation);
    if (known) return known;
    const made = emptyPlace();
    places.set(organisation, made);
    return made;
  };
  let obstacle: Trouble | null = null;
  const telling = setInterval(() => places.forEach(tell), TELL_MS).unref();
  const minutes = setInterval(() => {
    for (const place of places.values()) noteSpeed(place, nowMs());
  }, SPEED_MS).unref();
  return {
    listen(organisation, listener) {
      const place = placeOf(organisation);
      place.listeners.add(listener);
      listener.moves([...place.moves.values()], true);
      return () => place.listeners.delete(listener);
    },
    moves: (organisation) => [...placeOf(organisation).moves.values()],
    speeds: (organisation) => [...placeOf(organisation).speeds],
    put(organisation, move) {
      const place = placeOf(organisation);
      place.moves.set(move.person, move);
      place.fresh.add(move.person);
    },
    end(organisation, person) {
      const place = placeOf(organisation);
      place.moves.delete(person);
      place.fresh.delete(person);
      for (const listener of place.listeners) listener.moves([...place.moves.values()], true);
    },
    changed(organisation, ...what) {
      for (const one of what) placeOf(organisation).what.add(one);
    },
    get obstacle() {
      return obstacle;
    },
    obstruct(trouble) {
      obstacle = trouble;
    },
    close() {
      clearInterval(telling);
      clearInterval(minutes);
      places.clear();
    },
  };
}

function emptyPlace(): Place {
  return { moves: new Map(), fresh: new Set(), what: new Set(), listeners: new Set(), speeds: [] };
}

function tell(place: Place): void {
  if (place.fresh.size > 0) {
    const changed = [...place.fresh].flatMap((id) => place.moves.get(id) ?? []);
    for (const listener of place.listeners) listener.moves(changed, false);
    place.fresh.clear();
  }
  if (place.what.size > 0) {
    const what = [...place.what];
    for (const listener of place.listeners) listener.changed(what);
    place.what.clear();
  }
}

function noteSpeed(place: Place, atMs: number): void {
  const last = place.speeds.at(-1);
  const moves = [...place.moves.values()];
  const sum = (of: 'messagesPerSecond' | 'bytesPerSecond') =>
    moves.reduce((total, move) => total + move[of], 0);
  const speed = { atMs, messagesPerSecond: sum('messagesPerSecond'), bytesPerSecond: sum('bytesPerSecond') };
  // Hours in which nothing moves leave no trace but their end.
  if (moves.length === 0 && (!last || last.messagesPerSecond === 0)) return;
  place.speeds = [...place.speeds, speed].slice(-SPEEDS_MAX);
  for (const listener of place.listeners) listener.speed(speed);
}
