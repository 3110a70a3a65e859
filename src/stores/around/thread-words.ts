import { type Attempt, Trouble, type TroubleKind } from '../../trouble.ts';
import type { Aside } from '../source.ts';

/** What the two sides of a source in a thread say to each other. */
export type ToThread =
  | { say: 'call'; call: number; method: ThreadMethod; args: readonly unknown[] }
  /** The caller took so many things of a call: as many more may be on their way. */
  | { say: 'more'; call: number; count: number }
  | { say: 'stop'; call: number }
  | { say: 'ready'; much: boolean }
  | { say: 'close' };

export type FromThread =
  | { say: 'things'; call: number; things: readonly unknown[] }
  | { say: 'parts'; call: number; parts: readonly Part[] }
  /** The last that is said of a call. `aside` only when it is another than before. */
  | { say: 'ended'; call: number; answer?: unknown; failed?: Packed; aside?: readonly Aside[] };

export type ThreadMethod = 'folders' | 'entries' | 'changes' | 'read';

/** Of a call to `read`, in order; `body` is a number of its own for each sink. */
export type Part =
  | { is: 'begin'; body: number; sizeHint: number }
  /** So many bytes of a place of `Places`, which is free again when they were taken. */
  | { is: 'bytes'; body: number; place: number; length: number }
  | { is: 'end'; body: number }
  | { is: 'abort'; body: number }
  | { is: 'answer'; answer: Packed };

/** How far a call may be ahead of its caller, in things told. */
export const AHEAD = { read: 16, list: 1024 } as const;

/** A value as it can be sent: what structured cloning would lose stands for itself. */
export type Packed = unknown;

/** The body of an answer, before it crosses: the hold of the caller has it under this number. */
export class BodyThere {
  readonly number: number;

  constructor(number: number) {
    this.number = number;
  }
}

const MARK = '\u0000packed';

interface PackedTrouble {
  [MARK]: 'trouble';
  kind: TroubleKind;
  tried: Attempt;
  on: string;
  answer: string | undefined;
  retryAfterMs: number | undefined;
  cause: Packed;
  stack: string | undefined;
}

interface PackedError {
  [MARK]: 'error';
  name: string;
  message: string;
  stack: string | undefined;
  code: unknown;
  cause: Packed;
}

/** No chain of causes is longer, and no answer is deeper. */
const DEPTH_MAX = 12;

/** Bodies, Troubles and errors keep what they are, wherever in the value they stand. */
export function pack(value: unknown, depth = 0): Packed {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof BodyThere) return { [MARK]: 'body', number: value.number };
  if (depth > DEPTH_MAX) return null;
  if (value instanceof Trouble) {
    const { kind, tried, on, answer, retryAfterMs, stack } = value;
    const cause = pack(value.cause, depth + 1);
    return { [MARK]: 'trouble', kind, tried, on, answer, retryAfterMs, stack, cause } satisfies PackedTrouble;
  }
  if (value instanceof Error) {
    const { name, message, stack } = value;
    const { code } = value as { code?: unknown };
    const cause = pack(value.cause, depth + 1);
    return { [MARK]: 'error', name, message, stack, code, cause } satisfies PackedError;
  }
  if (Array.isArray(value)) return value.map((each) => pack(each, depth + 1));
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, pack(each, depth + 1)]));
}

/** The other way round. `bodyOf`: what the hold made of the body with that number. */
export function unpack(value: Packed, bodyOf: (number: number) => unknown = noBody): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => unpack(each, bodyOf));
  if (MARK in value)
    return unpackMarked(value as unknown as PackedTrouble | PackedError | PackedBody, bodyOf);
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, unpack(each, bodyOf)]));
}

interface PackedBody {
  [MARK]: 'body';
  number: number;
}

function unpackMarked(
  packed: PackedTrouble | PackedError | PackedBody,
  bodyOf: (number: number) => unknown,
): unknown {
  if (packed[MARK] === 'body') return bodyOf(packed.number);
  const cause = unpack(packed.cause, bodyOf);
  if (packed[MARK] === 'error') {
    const { name, message, stack, code } = packed;
    const error = new Error(message, cause === undefined ? {} : { cause });
    Object.defineProperty(error, 'name', { value: name, configurable: true, writable: true });
    return Object.assign(error, { stack }, code === undefined ? {} : { code });
  }
  const { kind, tried, on, answer, retryAfterMs, stack } = packed;
  const facts = {
    ...(answer === undefined ? {} : { answer }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
  const trouble = new Trouble(kind, { tried, on, ...facts, cause });
  if (stack !== undefined) trouble.stack = stack;
  return trouble;
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function noBody(number: number): never {
  throw new Error(`body ${number} where none can be`);
}

const PLACES = 16;
export const PLACE_BYTES = 64 * 1024;
const [BEAT, WAITING, FREED, FIRST] = [0, 1, 2, 3] as const;

/**
 * The memory that both sides share: bytes of messages go through a fixed number of places, and who would pour faster than
 * is taken waits. So what is on its way is bounded, and nothing is thrown away. Beside it, the sign that the thread lives.
 */
export class Places {
  readonly memory: SharedArrayBuffer;
  private readonly state: Int32Array;

  constructor(memory?: SharedArrayBuffer) {
    this.memory = memory ?? new SharedArrayBuffer(4 * (FIRST + PLACES) + PLACES * PLACE_BYTES);
    this.state = new Int32Array(this.memory, 0, FIRST + PLACES);
  }

  bytes(place: number): Uint8Array {
    return new Uint8Array(this.memory, 4 * (FIRST + PLACES) + place * PLACE_BYTES, PLACE_BYTES);
  }

  /** A free place, or null. */
  take(): number | null {
    for (let place = 0; place < PLACES; place += 1)
      if (Atomics.compareExchange(this.state, FIRST + place, 0, 1) === 0) return place;
    return null;
  }

  /** Stops this thread until there is a free one: everything told so far must have been sent. */
  takeWaiting(): number {
    for (;;) {
      const freed = Atomics.load(this.state, FREED);
      const place = this.take();
      if (place !== null) return place;
      Atomics.store(this.state, WAITING, 1);
      Atomics.wait(this.state, FREED, freed);
      Atomics.store(this.state, WAITING, 0);
    }
  }

  free(place: number): void {
    Atomics.store(this.state, FIRST + place, 0);
    Atomics.add(this.state, FREED, 1);
    Atomics.notify(this.state, FREED);
  }

  /** By the thread, each time it has its turn. */
  beat(): void {
    Atomics.add(this.state, BEAT, 1);
  }

  /** By the other side: null while the thread waits for that side. */
  beats(): number | null {
    return Atomics.load(this.state, WAITING) === 1 ? null : Atomics.load(this.state, BEAT);
  }
}
