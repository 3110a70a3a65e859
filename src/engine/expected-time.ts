import { type Pace, TARGET_LIMITS, type TargetKind } from './target-limits.ts';

/** How long the first pass takes, between the fastest and the slowest way; what the source lets out counts for both. */
export interface ExpectedTime {
  leastSeconds: number;
  mostSeconds: number;
}

const DAY_SECONDS = 86_400;

export interface Load {
  messages: number;
  bytes: number;
  /** Measured while reading; null where nothing was read. */
  readBytesPerSecond: number | null;
  /** What the source lets out in a day, in bytes; null: no known cap. */
  sourceBytesPerDay: number | null;
}

/** Null where neither a measurement nor a known bound says anything. */
export function expectedTime(target: TargetKind, load: Load): ExpectedTime | null {
  const { fastest, slowest } = TARGET_LIMITS[target];
  const reading: Pace = {
    messagesPerSecond: null,
    bytesPerSecond: load.readBytesPerSecond,
    bytesPerDay: load.sourceBytesPerDay,
  };
  if (load.readBytesPerSecond === null && load.bytes > 0) return null;
  const read = secondsAt(reading, load);
  const least = Math.max(read, secondsAt(fastest, load));
  return { leastSeconds: least, mostSeconds: Math.max(least, secondsAt(slowest, load)) };
}

function secondsAt({ messagesPerSecond, bytesPerSecond, bytesPerDay }: Pace, load: Load): number {
  return Math.max(
    messagesPerSecond === null ? 0 : load.messages / messagesPerSecond,
    bytesPerSecond === null ? 0 : load.bytes / bytesPerSecond,
    // What fits into a day waits for none; each further share waits for the next one.
    bytesPerDay === null ? 0 : Math.max(0, Math.ceil(load.bytes / bytesPerDay) - 1) * DAY_SECONDS,
  );
}
