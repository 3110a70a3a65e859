/** So much was done by then. */
export interface Sample {
  atMs: number;
  messages: number;
  bytes: number;
}

/** A guess, in milliseconds. */
export interface Range {
  from: number;
  to: number;
}

/** Long enough to smooth a large message, short enough to show a stall. */
const WINDOW_MS = 20_000;
/** Samples closer together than this are one. */
const APART_MS = 500;
/** Before this no guess is made. */
const GUESS_AFTER_MS = 3_000;

/** The samples with one more; few are kept. After a clock that was set back the count begins anew. */
export function addSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  const last = samples.at(-1);
  if (last !== undefined && sample.atMs < last.atMs) return [sample];
  const before = samples.at(-2);
  const kept = before !== undefined && sample.atMs - before.atMs < APART_MS ? samples.slice(0, -1) : samples;
  const first = kept.findIndex(({ atMs }) => sample.atMs - atMs <= WINDOW_MS);
  // The last one before the window says what was done when it began.
  return [...(first < 0 ? kept.slice(-1) : kept.slice(Math.max(0, first - 1))), sample];
}

/** Over the window that ends now: it falls to 0 when nothing comes. */
export function ratesAt(
  samples: readonly Sample[],
  nowMs: number,
): { messagesPerSecond: number; bytesPerSecond: number } {
  const [first, last] = [windowed(samples, nowMs)[0], samples.at(-1)];
  if (first === undefined || last === undefined || first === last)
    return { messagesPerSecond: 0, bytesPerSecond: 0 };
  const seconds = Math.max(APART_MS, nowMs - first.atMs, last.atMs - first.atMs) / 1000;
  return {
    messagesPerSecond: (last.messages - first.messages) / seconds,
    bytesPerSecond: (last.bytes - first.bytes) / seconds,
  };
}

/** How long so much more will take; null when nothing is left, or nothing is known yet. */
export function leftMs(
  samples: readonly Sample[],
  left: { messages: number; bytes: number },
  nowMs: number,
): Range | null {
  const window = windowed(samples, nowMs);
  const [first, last] = [window[0], samples.at(-1)];
  if (first === undefined || last === undefined || last.atMs - first.atMs < GUESS_AFTER_MS) return null;
  // Bytes say it better, where there are any: messages differ a thousandfold.
  const of = left.bytes > 0 ? 'bytes' : 'messages';
  if (left[of] <= 0) return null;
  // The two halves of the window differ by as much as the next minutes may.
  const middle = window[Math.floor(window.length / 2)]!;
  const rates = [between(first, last, of), between(first, middle, of), between(middle, last, of)];
  const moving = rates.filter((rate) => rate > 0);
  if (ratesAt(samples, nowMs).messagesPerSecond === 0 || moving.length === 0) return null;
  return {
    from: Math.round(left[of] / Math.max(...moving)),
    to: Math.round(left[of] / Math.min(...moving)),
  };
}

/** A millisecond. */
function between(a: Sample, b: Sample, of: 'messages' | 'bytes'): number {
  return b.atMs > a.atMs ? (b[of] - a[of]) / (b.atMs - a.atMs) : 0;
}

function windowed(samples: readonly Sample[], nowMs: number): readonly Sample[] {
  const first = samples.findIndex(({ atMs }) => nowMs - atMs <= WINDOW_MS);
  return first < 0 ? [] : samples.slice(Math.max(0, first - 1));
}
