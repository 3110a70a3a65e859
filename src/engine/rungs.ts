import { hash } from 'node:crypto';
import type { Oddities } from '../mail/identity.ts';
import { normaliseLineEnds, repairs, wrap } from '../mail/repair.ts';
import type { Body } from '../stores/hold.ts';
import { memoryBody } from '../stores/holds/memory.ts';
import type { Source } from '../stores/source.ts';
import type { Target } from '../stores/target.ts';
import { crlfBody } from './crlf-body.ts';
import { type Held, REPAIR_MAX_BYTES, wholeOf } from './receive.ts';

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

/**
 * The rungs of a message, lowest first: as it is, with its line ends normalised, with the smallest repairs one on top of
 * the other, wrapped whole. Rungs that would change nothing are not told. Made only as far as they are asked for.
 *
 * @param localLineEnds LF is how the source's format writes CRLF, and the target wants CRLF: then that is "as it is"
 */
export function* rungs(held: Pick<Held, 'body' | 'identity'>, localLineEnds: boolean): Generator<Rung> {
  const { identity, body } = held;
  const changeable = body.size <= REPAIR_MAX_BYTES;
  const asIs = { name: 'as-is', body, raw: identity.raw, classes: [] };
  const { bareLf, bareCr } = identity.oddities;
  const local = localLineEnds && bareLf;
  yield local ? withCrlf(held) : asIs;
  if (!changeable) return;
  const bytes = wholeOf(body);
  const lines = normaliseLineEnds(bytes);
  if (lines.classes.length > 0 && (bareCr || !local)) yield rung('line-ends', lines.bytes, lines.classes);
  for (const repaired of repairs(bytes)) {
    yield rung(`repaired:${repaired.classes.join('+')}`, repaired.bytes, repaired.classes);
  }
  yield rung('wrapped', wrap(bytes, identity), ['wrapped']);
}

/** The message as its source means it. Line ends may change and nothing else: it must still be the message. */
function withCrlf({ identity, body }: Pick<Held, 'body' | 'identity'>): Rung {
  const made = crlfBody(body);
  if (made.exact !== identity.exact) throw new Error('writing line ends as CRLF has changed the message');
  return { name: 'as-is', body: made.body, raw: made.raw, classes: [] };
}

function rung(name: string, bytes: Uint8Array, classes: readonly string[]): Rung {
  return { name, body: memoryBody(bytes), raw: hash('sha256', bytes, 'hex'), classes };
}

/** Whether between these two LF stands for CRLF by convention. */
export function isLocal(source: Source, target: Target): boolean {
  return source.traits.lineEnds === 'local' && target.traits.lineEnds === 'crlf';
}

/** The rung of that name; null when the message has none of it. */
export function rungOf(
  name: string,
  held: Pick<Held, 'body' | 'identity'>,
  localLineEnds: boolean,
): Rung | null {
  for (const one of rungs(held, localLineEnds)) if (one.name === name) return one;
  return null;
}

/** The rung on which this message starts: the first, or the one on which the target took others of its kind. */
export function firstRung(learned: ReadonlyMap<string, string>, held: Held, localLineEnds: boolean): Rung {
  const name = learned.get(kindOf(held.identity.oddities)) ?? 'as-is';
  return rungOf(name, held, localLineEnds) ?? rungOf('as-is', held, localLineEnds)!;
}

/** Names the oddities of a message; empty for a message without any. */
export function kindOf(oddities: Oddities): string {
  return Object.entries(oddities)
    .filter(([, has]) => has)
    .map(([name]) => name)
    .join('+');
}
