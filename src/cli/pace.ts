/** How fast bytes go by, over the last while. */
export interface Pace {
  /** `at` in milliseconds, steady; `bytes` so far. */
  add(at: number, bytes: number): void;
  /** Bytes per second; 0 when nothing is known yet. */
  rate(): number;
  /** Seconds that `bytes` more will take, as a range; null while that is a wild guess. */
  left(bytes: number): { from: number; to: number } | null;
}

/** Long enough to smooth a large message, short enough to show a stall. */
const WINDOW_MS = 20_000;
/** Samples closer together than this are one. */
const SAMPLE_MS = 500;
/** Before this no guess is made. */
const GUESS_AFTER_MS = 3_000;

export function openPace(): Pace {
  const samples: { at: number; bytes: number }[] = [];
  const between = (a: { at: number; bytes: number }, b: { at: number; bytes: number }): number =>
    b.at > a.at ? Math.max(0, ((b.bytes - a.bytes) * 1000) / (b.at - a.at)) : 0;
  const rate = (): number => (samples.length < 2 ? 0 : between(samples[0]!, samples.at(-1)!));
  return {
    rate,
    add(at, bytes) {
      const before = samples.at(-2);
      if (before && at - before.at < SAMPLE_MS) samples.pop();
      samples.push({ at, bytes });
      while (samples.length > 2 && at - samples[0]!.at > WINDOW_MS) samples.shift();
    },
    left(bytes) {
      const last = samples.at(-1);
      if (!last || last.at - samples[0]!.at < GUESS_AFTER_MS || rate() === 0 || bytes <= 0) return null;
      // The two halves of the window differ by as much as the next minutes may.
      const middle = samples[Math.floor(samples.length / 2)]!;
      const rates = [rate(), between(samples[0]!, middle), between(middle, last)].filter((one) => one > 0);
      return { from: bytes / Math.max(...rates), to: bytes / Math.min(...rates) };
    },
  };
}
