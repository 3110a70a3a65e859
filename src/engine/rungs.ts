import { hash } from 'node:crypto';
import type { Oddities } from '../mail/identity.ts';
import { normaliseLineEnds, repair, wrap } from '../mail/repair.ts';
import type { Body } from '../stores/hold.ts';
import { memoryBody } from '../stores/holds/memory.ts';
import type { Held } from './receive.ts';

/**
 * The repair ladder (law 3): what a target refuses as it is, is tried with its line ends normalised, then with the
 * smallest repair, then wrapped whole. Every rung above the first is said in the proof.
 */
export const RUNGS = ['as-is', 'line-ends', 'repaired', 'wrapped'] as const;
export type RungName = (typeof RUNGS)[number];

/** A message's bytes on one rung. */
export interface Rung {
  name: RungName;
  body: Body;
  /** SHA-256 of `body`, hex. */
  raw: string;
  /** What was changed to get here, by class. */
  classes: readonly string[];
}

/** Repairs need the whole message in memory; what is larger stands on the first rung or is left. */
const REPAIR_MAX_BYTES = 64 * 1024 * 1024;

/** The rung on which this message starts: the first, or the one on which the target took others of its kind. */
export function firstRung(learned: ReadonlyMap<string, RungName>, held: Held): Rung {
  const name = learned.get(kindOf(held.identity.oddities));
  return (name && rungOf(name, held)) ?? rungOf('as-is', held)!;
}

/** The message on this rung; null when the rung would change nothing, or the message is too large to be changed. */
export function rungOf(name: RungName, held: Held): Rung | null {
  const { identity, body } = held;
  if (name === 'as-is') return { name, body, raw: identity.raw, classes: [] };
  if (body.size > REPAIR_MAX_BYTES) return null;
  const bytes = wholeOf(body);
  if (name === 'line-ends') return changed(name, bytes, normaliseLineEnds(bytes), ['line-ends']);
  if (name === 'repaired') {
    const repaired = repair(normaliseLineEnds(bytes));
    return changed(name, bytes, repaired.bytes, repaired.classes);
  }
  const { exact, subject } = identity;
  return changed(name, bytes, wrap(bytes, { exact, subject }), ['wrapped']);
}

function changed(
  name: RungName,
  before: Uint8Array,
  after: Uint8Array,
  classes: readonly string[],
): Rung | null {
  if (Buffer.compare(before, after) === 0) return null;
  return { name, body: memoryBody(after), raw: hash('sha256', after, 'hex'), classes };
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
