const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** npm and the start script pass on what the terminal has sent us already: what comes this soon is the same one. */
const SAME_MS = 400;

/**
 * Ctrl-C, and what is like it: the first asks to stop (the answer is then aborted, and the run stops at its next safe
 * point), a second one kills at once. Heard until the process ends.
 */
export function watchInterrupts(onFirst: () => void, onSecond: () => void): AbortSignal {
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
  return controller.signal;
}
