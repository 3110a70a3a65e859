/** Where a store of work has the time from. */
export interface Clock {
  /** Milliseconds since 1970, as the machine has them: may be set forward and back. */
  wallMs(): number;
  /** Milliseconds since any moment: only goes forward, and stands still while the machine sleeps (where it can). */
  steadyMs(): number;
}

export const machineClock: Clock = { wallMs: () => Date.now(), steadyMs: () => performance.now() };

/**
 * What is remembered with the jobs. `timeMs` is the time by which leases are measured: close to the wall clock at the
 * beginning, and never back.
 */
export interface Moment {
  wallMs: number;
  timeMs: number;
}

export const NO_MOMENT: Moment = { wallMs: 0, timeMs: 0 };

/**
 * Tells the moment, given what was remembered last. While this process lives the time goes on with the steady clock;
 * over the gap in which nobody had the store open it follows the wall clock, as far as that went forward. The greatest
 * time that any process remembered stands.
 */
export function momentsOf(clock: Clock, remembered: Moment): (remembered: Moment) => Moment {
  const gap = Math.max(0, clock.wallMs() - remembered.wallMs);
  /** The time at which the steady clock showed zero. */
  let zeroMs = remembered.timeMs + gap - clock.steadyMs();
  return ({ timeMs }) => {
    const steadyMs = clock.steadyMs();
    zeroMs = Math.max(zeroMs, timeMs - steadyMs);
    return { wallMs: Math.floor(clock.wallMs()), timeMs: Math.floor(Math.max(timeMs, zeroMs + steadyMs)) };
  };
}

/** The time at which something is due that the wall clock puts at `earliestMs`. */
export function dueAt(moment: Moment, earliestMs: number): number {
  return moment.timeMs + Math.max(0, earliestMs - moment.wallMs);
}
