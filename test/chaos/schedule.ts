/** What happens to one connection. Bytes are counted from its beginning; commands and literals from 1. */
export type ConnectionFault =
  | { is: 'none' }
  /** Cut after so many bytes in this direction. */
  | { is: 'cut'; way: Way; atByte: number; how: End }
  /** Cut inside the n-th literal that the client sends. */
  | { is: 'cut-literal'; literal: number; part: number; how: End }
  /** The answer to the n-th command with a literal (APPEND) never arrives; then the connection is cut. */
  | { is: 'swallow-ok'; command: number; how: End }
  /** The n-th command with a literal reaches the server when the client has long been cut off. */
  | { is: 'late'; command: number; ms: number; how: End }
  /** From this byte on only a few bytes at a time, for so many pieces. */
  | { is: 'trickle'; way: Way; atByte: number; bytes: number; everyMs: number; pieces: number }
  /** From this byte on nothing moves any more, and nobody is told. */
  | { is: 'half-open'; way: Way; atByte: number };

export type Way = 'to-server' | 'to-client';
export type End = 'fin' | 'rst';

/** The fault of the n-th connection, from 1. */
export type Schedule = (connection: number) => ConnectionFault;

export interface ScheduleOptions {
  seed: number;
  kinds?: readonly ConnectionFault['is'][];
  /** One in so many connections is left in peace. */
  peaceOneIn?: number;
  /** Cuts fall into the first so many bytes. */
  withinBytes?: number;
  /** Cuts fall on the first so many commands. */
  withinCommands?: number;
  /** Late deliveries come at most so much later. */
  lateMs?: number;
}

const KINDS = ['cut', 'cut-literal', 'swallow-ok', 'late'] as const;

/** The same seed and the same connection number, the same fault. */
export function seededSchedule(options: ScheduleOptions): Schedule {
  const {
    seed,
    kinds = KINDS,
    peaceOneIn = 4,
    withinBytes = 200_000,
    withinCommands = 12,
    lateMs = 500,
  } = options;
  return (connection) => {
    const random = randomFrom(seed, connection);
    const how = random(2) === 0 ? 'fin' : 'rst';
    const way = random(2) === 0 ? 'to-server' : 'to-client';
    const atByte = 1 + random(withinBytes);
    const command = 1 + random(withinCommands);
    if (random(peaceOneIn) === 0) return { is: 'none' };
    const is = kinds[random(kinds.length)]!;
    if (is === 'cut') return { is, way, atByte, how };
    if (is === 'cut-literal') return { is, literal: command, part: random(1000) / 1000, how };
    if (is === 'swallow-ok') return { is, command, how };
    if (is === 'late') return { is, command, ms: random(lateMs), how };
    if (is === 'trickle') return { is, way, atByte, bytes: 1 + random(10), everyMs: 10, pieces: 50 };
    if (is === 'half-open') return { is, way, atByte };
    return { is: 'none' };
  };
}

/** Numbers below `below` (mulberry32). */
export function randomFrom(seed: number, connection: number): (below: number) => number {
  let state = (seed + Math.imul(connection, 0x9e3779b9)) | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
