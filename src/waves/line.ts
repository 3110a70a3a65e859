import { allowedAt, openSpans, type SiteHours, type Span } from './hours.ts';

/** What moves may take of a site's line, in bytes per second, all together. Above zero; null: as much as there is. */
export interface LineLimit {
  bytesPerSecond: number | null;
  /** Another one outside the working hours, when nobody else needs the line. Null: the same all day. */
  outside: { working: SiteHours; bytesPerSecond: number | null } | null;
}

export const NO_LIMIT: LineLimit = { bytesPerSecond: null, outside: null };

/** The limit at that instant. Throws Trouble `malformed` (`read-record`) for hours that cannot be. */
export function limitAt({ bytesPerSecond, outside }: LineLimit, instantMs: number): number | null {
  return outside === null || allowedAt(outside.working, instantMs) ? bytesPerSecond : outside.bytesPerSecond;
}

/** The whole time between the two, in pieces of one limit each. Throws as `limitAt` does. */
export function* limitSpans(
  { bytesPerSecond, outside }: LineLimit,
  fromMs: number,
  toMs: number,
): Generator<Span & { bytesPerSecond: number | null }> {
  let reached = fromMs;
  const working = outside === null ? [{ fromMs, toMs }] : openSpans(outside.working, fromMs, toMs);
  for (const span of working) {
    if (outside !== null && span.fromMs > reached)
      yield { fromMs: reached, toMs: span.fromMs, bytesPerSecond: outside.bytesPerSecond };
    if (span.toMs > span.fromMs) yield { ...span, bytesPerSecond };
    reached = span.toMs;
  }
  if (outside !== null && reached < toMs)
    yield { fromMs: reached, toMs, bytesPerSecond: outside.bytesPerSecond };
}

/** A move that runs; `mostBytesPerSecond`: more it cannot use, whatever it is given; null: it takes what it gets. */
export interface OnLine {
  id: string;
  mostBytesPerSecond: number | null;
}

/** What one move may take of the line; null: no limit. */
export interface Share {
  id: string;
  bytesPerSecond: number | null;
}

/**
 * Everybody gets the same; what one cannot use is shared among the others. Nothing of the line is left unused while somebody
 * could use it. In the order given.
 */
export function fairShares(limitBytesPerSecond: number | null, moves: readonly OnLine[]): Share[] {
  if (limitBytesPerSecond === null)
    return moves.map(({ id, mostBytesPerSecond }) => ({ id, bytesPerSecond: mostBytesPerSecond }));
  const modest = moves
    .map((move, place) => ({ place, most: move.mostBytesPerSecond ?? Number.POSITIVE_INFINITY }))
    .sort((a, b) => a.most - b.most);
  const shares: number[] = [];
  let left = limitBytesPerSecond;
  for (const [served, { place, most }] of modest.entries()) {
    const share = Math.min(most, left / (modest.length - served));
    shares[place] = share;
    left -= share;
  }
  return moves.map(({ id }, place) => ({ id, bytesPerSecond: shares[place]! }));
}

/** The moves on one line, and what each may take now. Each verb answers the shares that changed: those moves are to be told. */
export interface SharedLine {
  /** A move starts; one that runs already is given its new `mostBytesPerSecond`. */
  begin(move: OnLine): Share[];
  /** It ended, paused or rests: the others get what it had. One that does not run changes nothing. */
  end(id: string): Share[];
  /** Working hours begin or end, or somebody set another limit. */
  setLimit(bytesPerSecond: number | null): Share[];
  /** Of all, in the order in which they began. */
  shares(): Share[];
}

export function shareLine(limitBytesPerSecond: number | null): SharedLine {
  const moves = new Map<string, OnLine>();
  let limit = limitBytesPerSecond;
  let told = new Map<string, number | null>();
  const shares = (): Share[] => fairShares(limit, [...moves.values()]);
  const changed = (): Share[] => {
    const now = shares();
    const news = now.filter(({ id, bytesPerSecond }) => told.get(id) !== bytesPerSecond);
    told = new Map(now.map(({ id, bytesPerSecond }) => [id, bytesPerSecond]));
    return news;
  };
  return {
    begin(move) {
      moves.set(move.id, move);
      return changed();
    },
    end(id) {
      moves.delete(id);
      return changed();
    },
    setLimit(bytesPerSecond) {
      limit = bytesPerSecond;
      return changed();
    },
    shares,
  };
}
