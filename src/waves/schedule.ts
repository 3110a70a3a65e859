import type { Id } from '../records/facts.ts';
import { LOOK_AHEAD_DAYS, openSpans, type SiteHours, type Span } from './hours.ts';
import { type LineLimit, limitSpans } from './line.ts';

/** A site as a plan sees it. */
export interface PlannedSite extends SiteHours {
  id: Id;
  line: LineLimit;
}

/** What one person's move has to do, without any doubt. */
export interface Load {
  /** Null: of no site; it moves at any hour, on a line without limit. */
  site: Id | null;
  bytes: number;
  /** By itself, with the line for it alone. Above zero. */
  bytesPerSecond: number;
  /** The days that the caps of its accounts need at least: bytes ÷ bytes per day, of the account that needs most. 0: no caps. */
  capDays: number;
}

export interface Scheduled {
  /** `Infinity`: not within the 1,100 days that we look ahead. */
  startMs: number;
  endMs: number;
}

const DAY_MS = 86_400_000;

/**
 * When each move begins and is done, if they go in this order, so many at once: the next one begins when a place is free, and
 * keeps its place until it is done, closed hours and rests included.
 *
 * - It goes only while its site is open, at its own speed or with what the line of its site has left, whichever is less.
 * - Whoever began earlier takes of the line what he can use, and later ones share what is left. Moves in fact share fairly; the
 *   line carries as much in sum, so the last one is done at about the same time. But shared fairly, a plan with less to do, or more hours,
 *   could come out later (somebody who is done earlier lets a third one begin who slows down a fourth). In order, each move
 *   depends on earlier ones alone, and less work, more hours, more places, a wider line or an earlier start never end later.
 * - Daily caps: what fits into a day waits for none. More than that goes at the mean of the cap: an account of 500 MB a day takes
 *   50 days for 25 GB, as providers count it. What a closed day leaves unused is used later, up to one day's cap. The line
 *   is counted as if there were no cap, so that others are told too late rather than too early.
 */
export function schedule(
  loads: readonly Load[],
  sites: readonly PlannedSite[],
  { fromMs, movesAtOnce }: { fromMs: number; movesAtOnce: number },
): Scheduled[] {
  const roads = new Map(sites.map((site) => [site.id, openRoad(site, fromMs)]));
  const free = Array<number>(Math.max(1, Math.min(Math.floor(movesAtOnce), loads.length || 1))).fill(fromMs);
  return loads.map((load) => {
    const place = free.indexOf(Math.min(...free));
    const startMs = free[place]!;
    const road = load.site === null ? null : (roads.get(load.site) ?? null);
    const endMs = endOf(load, road, startMs);
    free[place] = endMs;
    return { startMs, endMs };
  });
}

function endOf(load: Load, road: Road | null, startMs: number): number {
  if (load.bytes <= 0 || startMs === Number.POSITIVE_INFINITY) return startMs;
  const freeway = [{ fromMs: startMs, toMs: Number.POSITIVE_INFINITY }];
  const carried =
    road === null ? startMs + load.bytes / perMs(load.bytesPerSecond) : road.carry(load, startMs);
  return Math.max(carried, cappedEnd(load, road === null ? freeway : road.openFrom(startMs), startMs));
}

const perMs = (bytesPerSecond: number): number => bytesPerSecond / 1000;

/** When it is done if its daily caps alone hold it, with its own speed and the hours of its site. */
function cappedEnd({ bytes, bytesPerSecond, capDays }: Load, open: Iterable<Span>, startMs: number): number {
  if (capDays <= 1) return startMs;
  const speed = perMs(bytesPerSecond);
  const cap = bytes / capDays;
  const fill = cap / DAY_MS;
  // What of the cap has come together since it was last used up; it begins at nothing, and one day's is the most.
  let [left, spare, now] = [bytes, 0, startMs];
  for (const { fromMs, toMs } of open) {
    spare = Math.min(cap, spare + (fromMs - now) * fill);
    // At full speed until what came together is used up, then as it comes in.
    const burstMs = speed > fill ? Math.min(toMs - fromMs, spare / (speed - fill)) : toMs - fromMs;
    if (left <= burstMs * speed) return fromMs + left / speed;
    left -= burstMs * speed;
    spare = Math.min(cap, spare + burstMs * (fill - speed));
    const dripMs = toMs - fromMs - burstMs;
    if (left <= dripMs * fill) return fromMs + burstMs + left / fill;
    left -= dripMs * fill;
    now = toMs;
  }
  return Number.POSITIVE_INFINITY;
}

/** The line of a site in its open hours, and what earlier moves have left of it. */
interface Road {
  /** When so much is over, not before `startMs`, which never falls from one call to the next. Takes its part of the line. */
  carry(load: Load, startMs: number): number;
  openFrom(startMs: number): Iterable<Span>;
}

interface Piece extends Span {
  /** Bytes per millisecond. */
  left: number;
}

function openRoad(site: PlannedSite, fromMs: number): Road {
  const coming = piecesOf(site, fromMs);
  /** Of the future, those that somebody has looked at. */
  let known: Piece[] = [];
  const pieceAt = (index: number): Piece | undefined => {
    if (index === known.length) {
      const { value, done } = coming.next();
      if (!done) known.push(value);
    }
    return known[index];
  };
  const forget = (beforeMs: number): void => {
    const first = known.findIndex(({ toMs }) => toMs > beforeMs);
    known = first === -1 ? [] : known.slice(first);
  };
  return {
    carry({ bytes, bytesPerSecond }, startMs) {
      forget(startMs);
      let left = bytes;
      for (let index = 0; ; index++) {
        const piece = pieceAt(index);
        if (piece === undefined) return Number.POSITIVE_INFINITY;
        if (piece.toMs <= startMs) continue;
        piece.fromMs = Math.max(piece.fromMs, startMs);
        const rate = Math.min(perMs(bytesPerSecond), piece.left);
        const carried = rate * (piece.toMs - piece.fromMs);
        if (carried >= left) {
          const endMs = Math.min(piece.toMs, piece.fromMs + left / rate);
          known.splice(index, 1, ...cutAt(piece, endMs, rate));
          return endMs;
        }
        left -= carried;
        piece.left -= rate;
      }
    },
    *openFrom(startMs) {
      for (let index = 0; ; index++) {
        const piece = pieceAt(index);
        if (piece === undefined) return;
        const { fromMs, toMs } = piece;
        if (toMs > startMs) yield { fromMs: Math.max(fromMs, startMs), toMs };
      }
    },
  };
}

/** The part until `endMs` has less left by `rate`, the rest has not. Without a limit there is nothing to part. */
function cutAt(piece: Piece, endMs: number, rate: number): Piece[] {
  if (piece.left === Number.POSITIVE_INFINITY) return [piece];
  return [
    { ...piece, toMs: endMs, left: piece.left - rate },
    { ...piece, fromMs: endMs },
  ].filter(({ fromMs, toMs }) => toMs > fromMs);
}

function* piecesOf(site: PlannedSite, fromMs: number): Generator<Piece, undefined> {
  for (const span of openSpans(site, fromMs, fromMs + LOOK_AHEAD_DAYS * DAY_MS))
    for (const { bytesPerSecond, ...piece } of limitSpans(site.line, span.fromMs, span.toMs))
      yield { ...piece, left: bytesPerSecond === null ? Number.POSITIVE_INFINITY : perMs(bytesPerSecond) };
}
