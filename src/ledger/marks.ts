import type { LandingState } from './ledger.ts';

/** Marks as a set: sorted, none twice. Nearly all come so from the stores. */
export function markSet(marks: readonly string[]): string[] {
  const sorted = marks.every((mark, at) => at === 0 || marks[at - 1]! < mark);
  return sorted ? marks.slice() : [...new Set(marks)].sort();
}

/**
 * What a landing should carry, given its own marks and those of its items that are not gone: every mark that any copy
 * has, but `\Deleted` only when all of them have it. A found message is itself one of the copies, and what people set
 * on it stays. A landing without a living item stays as it is: nobody is left to say otherwise.
 */
export function wantedMarks(
  state: LandingState,
  own: readonly string[],
  living: readonly (readonly string[])[],
): string[] {
  if (living.length === 0) return markSet(own);
  const copies = state === 'found' ? [own, ...living] : living;
  const union = new Set(copies.flat());
  if (!copies.every((marks) => marks.includes('\\Deleted'))) union.delete('\\Deleted');
  if (state === 'found') for (const mark of own) union.add(mark);
  return [...union].sort();
}

/** Whether two mark sets, both sorted, are equal. */
export function sameMarks(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((mark, at) => mark === other[at]);
}
