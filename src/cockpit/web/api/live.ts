import type { QueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import type { Live } from '../../contract/live.ts';
import type { LiveMove, Road } from '../../contract/organisation.ts';

/** At most twice a second a page is told anything, however much happens. */
const FLUSH_MS = 500;
/** The speed curve shows the last hour, a value a minute. */
const MINUTE_MS = 60_000;
const CURVE_POINTS = 60;

type What = (Live & { is: 'changed' })['what'][number];

/** Which answers are old when one of these changed; part of the route's path. */
const OLD: Record<What, readonly string[]> = {
  organisation: ['{organisation}', 'organisations', 'me', 'road', 'notices'],
  sites: ['sites', 'road'],
  waves: ['waves', '{wave}', 'road'],
  people: ['people', '{person}', 'groups', 'inventory', 'waves', '{wave}', 'road'],
  passes: ['people', '{person}', 'waves', '{wave}', 'road', 'certificates'],
  findings: ['findings', 'finding-groups', 'certificates', 'people', '{person}', 'road', 'waves', '{wave}'],
  operators: ['operators', 'tokens', 'me'],
};

type Hear = () => void;

/** The moves under way, outside of React: a row that shows one is told when it changed, the table is not. */
const moves = new Map<string, LiveMove>();
let all: readonly LiveMove[] = [];
/** Whose they are. */
let theirs = '';
const listeners = new Map<string, Set<Hear>>();
let connected = true;

function tell(...names: string[]): void {
  for (const name of names) for (const hear of listeners.get(name) ?? []) hear();
}

function listen(name: string, hear: Hear): () => void {
  const set = listeners.get(name) ?? new Set();
  listeners.set(name, set.add(hear));
  return () => {
    set.delete(hear);
    if (set.size === 0 && listeners.get(name) === set) listeners.delete(name);
  };
}

/** The move of one person while it is under way. Only the part that asks is drawn anew. */
export function useLiveMove(person: string): LiveMove | undefined {
  return useSyncExternalStore(
    (hear) => listen(person, hear),
    () => moves.get(person),
  );
}

/** All moves under way; drawn anew at most twice a second. */
export function useLiveMoves(): readonly LiveMove[] {
  return useSyncExternalStore(
    (hear) => listen('moves', hear),
    () => all,
  );
}

/** False while the server cannot be reached; it mends itself. */
export function useConnected(): boolean {
  return useSyncExternalStore(
    (hear) => listen('connected', hear),
    () => connected,
  );
}

function setConnected(now: boolean): void {
  if (connected === now) return;
  connected = now;
  tell('connected');
}

/** Fills in what is known before the first event. */
export function seedMoves(organisation: string, running: readonly LiveMove[]): void {
  turnTo(organisation);
  if (moves.size === 0 && running.length > 0) take(running, true);
}

/** Nothing of another organisation is shown. */
function turnTo(organisation: string): void {
  if (theirs === organisation) return;
  theirs = organisation;
  if (moves.size > 0) take([], true);
}

function take(changed: readonly LiveMove[], whole: boolean): void {
  const gone = whole ? [...moves.keys()] : [];
  if (whole) moves.clear();
  for (const move of changed) moves.set(move.person, move);
  all = [...moves.values()];
  tell(...new Set([...gone, ...changed.map(({ person }) => person)]), 'moves');
}

/** Hears the events of an organisation until the answer is called. The browser connects again by itself. */
export function hearEvents(organisation: string, client: QueryClient): () => void {
  turnTo(organisation);
  const source = new EventSource(`/api/v1/organisations/${encodeURIComponent(organisation)}/events`);
  const waiting: Live[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let flushedMs = -FLUSH_MS;
  const flush = (): void => {
    timer = undefined;
    flushedMs = performance.now();
    apply(waiting.splice(0), organisation, client);
  };
  const hear = ({ type, data }: MessageEvent<string>): void => {
    setConnected(true);
    waiting.push({ ...JSON.parse(data), is: type } as Live);
    // The first at once, the next ones together.
    timer ??= setTimeout(flush, Math.max(0, flushedMs + FLUSH_MS - performance.now()));
  };
  let lost = false;
  source.onopen = () => {
    setConnected(true);
    // What happened meanwhile was told to nobody.
    if (lost) void client.invalidateQueries();
    lost = false;
  };
  let again: ReturnType<typeof setTimeout> | undefined;
  let stop = (): void => {
    clearTimeout(timer);
    source.close();
  };
  source.onerror = () => {
    lost = true;
    setConnected(false);
    // After an answer that is no stream (the server restarts behind a proxy) a browser gives up for good.
    if (source.readyState === EventSource.CLOSED)
      again = setTimeout(() => {
        stop = hearEvents(organisation, client);
        void client.invalidateQueries();
      }, AGAIN_MS);
  };
  for (const name of ['moves', 'speed', 'changed'] as const) source.addEventListener(name, hear);
  return () => {
    clearTimeout(again);
    stop();
    setConnected(true);
  };
}

const AGAIN_MS = 5_000;

function apply(events: readonly Live[], organisation: string, client: QueryClient): void {
  const old = new Set<string>();
  const changed = new Map<string, LiveMove>();
  let whole = false;
  for (const event of events) {
    if (event.is === 'changed')
      for (const what of event.what) for (const part of OLD[what] ?? []) old.add(part);
    if (event.is === 'speed') addSpeed(event, organisation, client);
    if (event.is !== 'moves') continue;
    if (event.whole) {
      changed.clear();
      whole = true;
    }
    for (const move of event.moves) changed.set(move.person, move);
  }
  if (changed.size > 0 || whole) take([...changed.values()], whole);
  if (old.size > 0) void client.invalidateQueries({ predicate: ({ queryKey }) => isOld(queryKey[0], old) });
}

/** By the last part of the path, `GET …/people/{person}` → `{person}`. */
function isOld(name: unknown, old: ReadonlySet<string>): boolean {
  if (typeof name !== 'string') return false;
  return old.has(name.slice(name.lastIndexOf('/') + 1));
}

function addSpeed(event: Live & { is: 'speed' }, organisation: string, client: QueryClient): void {
  const { atMs, messagesPerSecond, bytesPerSecond } = event;
  client.setQueryData<Road>(['GET /organisations/{organisation}/road', { organisation }], (road) => {
    if (!road) return road;
    const last = road.speed.at(-1);
    const sameMinute = last && Math.floor(last.atMs / MINUTE_MS) === Math.floor(atMs / MINUTE_MS);
    const before = sameMinute ? road.speed.slice(0, -1) : road.speed;
    const speed = [...before, { atMs, messagesPerSecond, bytesPerSecond }].slice(-CURVE_POINTS);
    return { ...road, speed };
  });
}
