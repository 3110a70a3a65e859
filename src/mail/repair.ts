/**
 * The repair ladder's transforms (what a target refuses as it is): from the smallest to the surest, each saying what it
 * altered. Pure: the same bytes in, the same bytes out.
 */
import { asBuffer, FieldNames, scanHeader } from './header.ts';
import { countLineEnds, toCrlf } from './line-ends.ts';
import { fixHeader } from './repair-header.ts';
import { fixParts, LINE_MAX_BYTES } from './repair-parts.ts';

export { compareStored, type StoredClass } from './stored.ts';
export { saysWrapped, unwrap, type WrapFacts, wrap } from './wrap.ts';

/** What a repair altered. */
export type RepairClass = 'line-ends' | 'nul' | 'no-header' | 'header' | 'long-line';

export interface Repaired {
  bytes: Uint8Array;
  /** Empty when nothing was to be done; then `bytes` are those given. */
  classes: RepairClass[];
}

/** Every line end CRLF; what stands at the end stays. */
export function normaliseLineEnds(bytes: Uint8Array): Repaired {
  const lines = toCrlf(bytes);
  return lines === bytes ? { bytes, classes: [] } : { bytes: lines, classes: ['line-ends'] };
}

/**
 * The smallest repairs, one after the other, each on top of the one before: NUL, missing header, invalid header lines,
 * long lines. Only those that change something are told. Line ends are CRLF in all of them.
 */
export function* repairs(bytes: Uint8Array): Iterable<Repaired> {
  let { bytes: now, classes } = normaliseLineEnds(bytes);
  for (const step of [repairNul, repairNoHeader, repairHeader, repairLongLines]) {
    const next = step(now);
    if (next.classes.length === 0) continue;
    now = next.bytes;
    classes = [...classes, ...next.classes];
    yield { bytes: now, classes };
  }
}

/** NULs in a part's content stay, in a transfer encoding that hides them (RFC 2045 §2.7); elsewhere they go. */
export function repairNul(bytes: Uint8Array): Repaired {
  if (countLineEnds(bytes).nul === 0) return { bytes, classes: [] };
  const parts = fixParts(toCrlf(bytes), { nul: true, lineMaxBytes: Number.POSITIVE_INFINITY });
  return { bytes: parts.filter((byte) => byte !== 0), classes: ['nul'] };
}

/** Some of these makes a header, whatever else stands in it. */
const USUAL = new FieldNames([
  'date',
  'from',
  'to',
  'subject',
  'received',
  'message-id',
  'return-path',
  'mime-version',
  'content-type',
]);

/** A header block in front of a message that has none. */
export function repairNoHeader(bytes: Uint8Array): Repaired {
  const scan = scanHeader(bytes, USUAL);
  if (!scan.noHeader || scan.values.some((value) => value !== undefined)) return { bytes, classes: [] };
  const startsEmpty = bytes[0] === 13 || bytes[0] === 10;
  const added = `X-Malleposte-Header: added\r\n${startsEmpty ? '' : '\r\n'}`;
  return { bytes: Buffer.concat([Buffer.from(added), bytes]), classes: ['no-header'] };
}

/** Header lines that are not valid: 8-bit text is encoded (RFC 2047), lines that are no field become one. */
export function repairHeader(bytes: Uint8Array): Repaired {
  const fixed = fixHeader(bytes);
  return fixed === null ? { bytes, classes: [] } : { bytes: fixed, classes: ['header'] };
}

/** Parts with longer lines get a transfer encoding that has none (RFC 5322 §2.1.1); their content stays the same. */
export function repairLongLines(bytes: Uint8Array, lineMaxBytes = LINE_MAX_BYTES): Repaired {
  if (!hasLongLine(bytes, lineMaxBytes)) return { bytes, classes: [] };
  const fixed = fixParts(toCrlf(bytes), { nul: false, lineMaxBytes });
  // Where only the header is long there is nothing to do here.
  return fixed.equals(asBuffer(bytes)) ? { bytes, classes: [] } : { bytes: fixed, classes: ['long-line'] };
}

function hasLongLine(bytes: Uint8Array, max: number): boolean {
  let at = 0;
  while (at < bytes.length) {
    let next = bytes.indexOf(10, at);
    if (next < 0) next = bytes.length;
    if (next - at > max + 1) return true;
    at = next + 1;
  }
  return false;
}
