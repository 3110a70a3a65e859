/** Ctrl-C, and what is like it. */
export interface Interrupts {
  /** Aborted at the first; the run stops at its next safe point. */
  readonly signal: AbortSignal;
  dispose(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** npm and the start script pass on what the terminal has sent us already: what comes this soon is the same one. */
const SAME_MS = 400;

/** The first signal asks to stop, a second one kills at once. */
export function watchInterrupts(onFirst: () => void, onSecond: () => void): Interrupts {
  const controller = new AbortController();
  let first = Number.NaN;
  const heard = (): void => {
    const now = performance.now();
    if (!controller.signal.aborted) {
      first = now;
      onFirst();
      controller.abort();
    } else if (now - first >= SAME_MS) {
      onSecond();
    }
  };
  for (const name of SIGNALS) process.on(name, heard);
  return {
    signal: controller.signal,
    dispose() {
      for (const name of SIGNALS) process.off(name, heard);
    },
  };
}
