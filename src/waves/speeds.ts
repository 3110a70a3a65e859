import type { Id } from '../records/facts.ts';

/** How fast one move goes while it goes: rests, closed hours and waits for a place do not count, the proof does. */
export interface Measured {
  /** Passes that were measured, and how long they went together. */
  samples: number;
  seconds: number;
  bytesPerSecond: Spread;
  messagesPerSecond: Spread;
}

/** Mean over the time, and standard deviation from pass to pass. */
export interface Spread {
  mean: number;
  spread: number;
}

/** What was measured so far; none where nothing was. */
export interface Speeds {
  overall: Measured | null;
  /** By the provider's name, as in the plan. */
  providers: Readonly<Record<string, Measured>>;
  sites: Readonly<Record<Id, Measured>>;
}

/** Between the slowest and the fastest that is to be expected. `lowMessagesPerSecond`: slower than this is none, however small they are. */
export interface SpeedRange {
  lowBytesPerSecond: number;
  highBytesPerSecond: number;
  lowMessagesPerSecond: number;
}

/**
 * When nothing is measured yet. Low: 340 kB/s, the mean that the best known tool reports of servers other than Google's, and 20
 * messages/s, our bench at 40 ms where the target makes each message wait on one connection. High: 34 MB/s, our bench at 40 ms
 * round trip on both sides (84 MB in 2.5 s), without any limit on the line. Two decades apart, because that is how little is known.
 */
export const UNMEASURED: SpeedRange = {
  lowBytesPerSecond: 340_000,
  highBytesPerSecond: 34_000_000,
  lowMessagesPerSecond: 20,
};

/** A pass that carried less, or was shorter, tells of its start and not of its speed. */
export const SAMPLE_MIN_BYTES = 1_000_000;
export const SAMPLE_MIN_SECONDS = 5;

/** One measurement alone may be half wrong; that dwindles with the root of their number. */
const DOUBT = 0.5;
/** However often and evenly it was measured, tomorrow is another day. */
const LEAST_DOUBT = 0.1;
/** However wild it was, it is no slower than this part of the mean, and no faster than its inverse. */
const MOST_DOUBT = 0.9;

/** What is known after one more pass; too small a one changes nothing. Means are over the time, so a long pass weighs more. */
export function withSample(
  known: Measured | null,
  { messages, bytes, seconds }: { messages: number; bytes: number; seconds: number },
): Measured | null {
  if (bytes < SAMPLE_MIN_BYTES || seconds < SAMPLE_MIN_SECONDS) return known;
  const before = known?.seconds ?? 0;
  const after = before + seconds;
  const joined = (old: Spread | undefined, rate: number): Spread => {
    if (old === undefined) return { mean: rate, spread: 0 };
    const mean = old.mean + ((rate - old.mean) * seconds) / after;
    const squares = old.spread ** 2 * before + seconds * (rate - old.mean) * (rate - mean);
    return { mean, spread: Math.sqrt(Math.max(0, squares) / after) };
  };
  return {
    samples: (known?.samples ?? 0) + 1,
    seconds: after,
    bytesPerSecond: joined(known?.bytesPerSecond, bytes / seconds),
    messagesPerSecond: joined(known?.messagesPerSecond, messages / seconds),
  };
}

/** The wider, the more it varied and the fewer passes were measured. */
export function rangeOf({ samples, bytesPerSecond, messagesPerSecond }: Measured): SpeedRange {
  const doubt = ({ mean, spread }: Spread): number =>
    Math.min(MOST_DOUBT, Math.max(LEAST_DOUBT, (mean > 0 ? spread / mean : 0) + DOUBT / Math.sqrt(samples)));
  const bytes = doubt(bytesPerSecond);
  return {
    lowBytesPerSecond: bytesPerSecond.mean * (1 - bytes),
    highBytesPerSecond: bytesPerSecond.mean / (1 - bytes),
    lowMessagesPerSecond: messagesPerSecond.mean * (1 - doubt(messagesPerSecond)),
  };
}

/**
 * What is to be expected of a move at this site with these providers: the slowest of what was measured of them; where none of them
 * was, the whole; where nothing was, `UNMEASURED`.
 */
export function speedOf(
  speeds: Speeds,
  site: Id | null,
  providers: readonly string[],
): SpeedRange & { measured: boolean } {
  const own = <T>(record: Readonly<Record<string, T>>, key: string): T[] =>
    Object.hasOwn(record, key) ? [record[key]!] : [];
  const known = [
    ...(site === null ? [] : own(speeds.sites, site)),
    ...providers.flatMap((provider) => own(speeds.providers, provider)),
  ];
  if (known.length === 0 && speeds.overall !== null) known.push(speeds.overall);
  if (known.length === 0) return { ...UNMEASURED, measured: false };
  const ranges = known.map(rangeOf);
  const least = (of: keyof SpeedRange): number => Math.min(...ranges.map((range) => range[of]));
  return {
    lowBytesPerSecond: least('lowBytesPerSecond'),
    highBytesPerSecond: least('highBytesPerSecond'),
    lowMessagesPerSecond: least('lowMessagesPerSecond'),
    measured: true,
  };
}
