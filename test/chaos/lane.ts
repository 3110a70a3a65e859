import type { Socket } from 'node:net';

/** Bytes from one socket to another, each delayed by the same time, in order, at full speed. */
export interface Lane {
  write(bytes: Buffer): void;
  /** The end of the stream, behind what was written. */
  end(): void;
  /** Then, when all that was written has left. */
  flush(then: () => void): void;
  /** So few bytes at a time, so many times; then as before. */
  trickle(bytes: number, everyMs: number, pieces: number): void;
}

/** Held for a slow reader before the sender is made to wait; far above what the delay alone keeps on its way. */
const MOST_HELD_BYTES = 32 * 1024 * 1024;

export function openLane(from: Socket, to: Socket, delayMs: number): Lane {
  const queue: { dueAt: number; act: () => void }[] = [];
  let waiting = false;
  let trickle = { bytes: 0, everyMs: 0, pieces: 0 };
  let lastDue = 0;

  function send(bytes: Buffer): void {
    if (to.destroyed || to.writableEnded) return;
    to.write(bytes);
    if (to.writableLength > MOST_HELD_BYTES && !from.isPaused()) {
      from.pause();
      to.once('drain', () => from.resume());
    }
  }

  function run(): void {
    waiting = false;
    const now = performance.now();
    while (queue[0] && queue[0].dueAt <= now) queue.shift()!.act();
    if (queue[0]) wait(queue[0].dueAt - now);
  }

  function wait(ms: number): void {
    if (waiting) return;
    waiting = true;
    setTimeout(run, Math.max(0, ms));
  }

  function later(dueAt: number, act: () => void): void {
    lastDue = Math.max(dueAt, lastDue);
    const now = performance.now();
    if (queue.length === 0 && lastDue <= now) act();
    else {
      queue.push({ dueAt: lastDue, act });
      wait(lastDue - now);
    }
  }

  function drip(bytes: Buffer): Buffer {
    let rest = bytes;
    while (trickle.pieces > 0 && rest.length > 0) {
      const piece = rest.subarray(0, trickle.bytes);
      rest = rest.subarray(piece.length);
      trickle.pieces -= 1;
      later(Math.max(lastDue, performance.now()) + trickle.everyMs, () => send(piece));
    }
    return rest;
  }

  const due = (): number => (delayMs === 0 ? 0 : performance.now() + delayMs);
  return {
    write(bytes) {
      const rest = trickle.pieces > 0 ? drip(bytes) : bytes;
      if (rest.length > 0) later(due(), () => send(rest));
    },
    end: () => later(due(), () => to.end()),
    flush: (then) => later(due(), then),
    trickle(bytes, everyMs, pieces) {
      trickle = { bytes, everyMs, pieces };
    },
  };
}
