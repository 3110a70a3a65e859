import { hash } from 'node:crypto';
import type { Oddities } from '../mail/identity.ts';
import { normaliseLineEnds, repairs, wrap } from '../mail/repair.ts';
import type { Body } from '../stores/hold.ts';
import { memoryBody } from '../stores/holds/memory.ts';
import type { Held } from './receive.ts';

/** A message's bytes on one rung of the repair ladder (law 3). */
export interface Rung {
  /** `as-is`, `line-ends`, `repaired:` with the classes so far, `wrapped`. */
  name: string;
  body: Body;
  /** SHA-256 of `body`, hex. */
  raw: string;
  /** What was changed to get here, by class. */
  classes: readonly string[];
}

/** Repairs need the whole message in memory; what is larger stands on the first rung or is left. */
const REPAIR_MAX_BYTES = 64 * 1024 * 1024;

/**
 * The rungs of a message, lowest first: as it is, with its line ends normalised, with the smallest repairs one on top of
 * the other, wrapped whole. Rungs that would change nothing are not told. Made only as far as they are asked for.
 */
export function* rungs(held: Pick<Held, 'body' | 'identity'>): Generator<Rung> {
  const { identity, body } = held;
  yield { name: 'as-is', body, raw: identity.raw, classes: [] };
  if (body.size > REPAIR_MAX_BYTES) return;
  const bytes = wholeOf(body);
  const lines = normaliseLineEnds(bytes);
  if (lines.classes.length > 0) yield rung('line-ends', lines.bytes, lines.classes);
  for (const repaired of repairs(bytes)) {
    yield rung(`repaired:${repaired.classes.join('+')}`, repaired.bytes, repaired.classes);
  }
  yield rung('wrapped', wrap(bytes, identity), ['wrapped']);
}

function rung(name: string, bytes: Uint8Array, classes: readonly string[]): Rung {
  return { name, body: memoryBody(bytes), raw: hash('sha256', bytes, 'hex'), classes };
}

/** The rung of that name; null when the message has none of it. */
export function rungOf(name: string, held: Pick<Held, 'body' | 'identity'>): Rung | null {
  for (const one of rungs(held)) if (one.name === name) return one;
  return null;
}

/** The rung on which this message starts: the first, or the one on which the target took others of its kind. */
export function firstRung(learned: ReadonlyMap<string, string>, held: Held): Rung {
  const name = learned.get(kindOf(held.identity.oddities)) ?? 'as-is';
  return rungOf(name, held) ?? rungOf('as-is', held)!;
}

/** Names the oddities of a message; empty for a message without any. */
export function kindOf(oddities: Oddities): string {
  return Object.entries(oddities)
    .filter(([, has]) => has)
    .map(([name]) => name)
    .join('+');
}

export function wholeOf(body: Body): Uint8Array {
  return body.memory ?? Buffer.concat([...body.chunks()].map((piece) => Buffer.from(piece)));
}
