/** How many bytes a second all connections of this process may move together, both ways. */
export interface Bandwidth {
  /** Null: as fast as they can. Holds from now on, for what is open already too. Throws RangeError below `LEAST_BYTES_PER_SECOND`. */
  limit(bytesPerSecond: number | null): void;
  readonly limited: boolean;
  /** Most that should be moved at once, so that every connection has its turn soon. */
  readonly shareBytes: number;
  /** More was moved than may be: nobody moves anything before it is paid. */
  readonly owes: boolean;
  /** So many bytes of a conversation were moved, or will be; below 0 gives back what was not. */
  spend(bytes: number): void;
  /** Called once nothing is owed, in the order in which it was asked for. Answers how to give the turn up. */
  whenPaid(turn: () => void): () => void;
}

/**
 * Below this, connections that wait for their turn would look dead to their own watchdogs and to the servers: sixteen of them
 * with 64 KiB each, which is what TLS may hand over at once, have all had a turn within half a minute.
 */
export const LEAST_BYTES_PER_SECOND = 32 * 1024;

/** What TCP, IP and TLS put around the bytes: 40 of 1,500 in every packet and some 30 of 16,384 in every record, and their answers. */
const AROUND = 1.04;
/** A turn is so much time's worth, and that is also all that may be saved up. */
const TURN_MS = 50;
const SHARE_MAX_BYTES = 256 * 1024;
const SHARE_MIN_BYTES = 1_500;

interface Timing {
  /** Milliseconds, never going back. */
  now(): number;
  /** Calls in so many milliseconds; answers how to call it off. */
  after(ms: number, act: () => void): () => void;
}

const realTiming: Timing = {
  now: () => performance.now(),
  after(ms, act) {
    // Not `unref`: a socket that is not read from does not keep the process alive, and somebody waits for it.
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
};

/**
 * A bucket that fills evenly. Nobody knows before how much will come: what was more than paid for is paid by waiting. So the
 * mean from any moment to any other is at most the limit and one turn of each connection.
 */
export function openBandwidth({ now, after }: Timing = realTiming): Bandwidth {
  let perMs: number | null = null;
  let left = 0;
  let filledAt = now();
  let callOff: (() => void) | null = null;
  const turns = new Set<() => void>();

  /** 0 when nothing is owed. */
  function owedMs(): number {
    if (perMs === null) return 0;
    const at = now();
    left = Math.min(perMs * TURN_MS, left + (at - filledAt) * perMs);
    filledAt = at;
    return Math.max(0, -left / perMs);
  }

  function serve(): void {
    callOff?.();
    callOff = null;
    for (const turn of turns) {
      if (owedMs() > 0) break;
      turns.delete(turn);
      turn();
    }
    if (turns.size > 0) callOff ??= after(Math.max(1, Math.ceil(owedMs())), serve);
  }

  return {
    limit(bytesPerSecond) {
      if (bytesPerSecond !== null && !(bytesPerSecond >= LEAST_BYTES_PER_SECOND))
        throw new RangeError(`a limit of ${bytesPerSecond} bytes a second`);
      owedMs();
      // What was owed at the old pace is not owed for longer at the new one.
      left =
        perMs === null || bytesPerSecond === null ? 0 : left * Math.min(1, bytesPerSecond / 1000 / perMs);
      filledAt = now();
      perMs = bytesPerSecond === null ? null : bytesPerSecond / 1000;
      serve();
    },
    get limited() {
      return perMs !== null;
    },
    get shareBytes() {
      if (perMs === null) return SHARE_MAX_BYTES;
      return Math.min(SHARE_MAX_BYTES, Math.max(SHARE_MIN_BYTES, Math.floor(perMs * TURN_MS)));
    },
    get owes() {
      return owedMs() > 0;
    },
    spend(bytes) {
      if (perMs === null) return;
      owedMs();
      left -= bytes * AROUND;
    },
    whenPaid(turn) {
      // Its own, so that one function may wait twice.
      const mine = () => turn();
      turns.add(mine);
      callOff ??= after(Math.max(1, Math.ceil(owedMs())), serve);
      return () => turns.delete(mine);
    },
  };
}

/** That of this process. */
export const bandwidth = openBandwidth();
