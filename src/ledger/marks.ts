import type { LandingState } from './ledger.ts';

/** Marks as a set: sorted, none twice. Nearly all come so from the stores. */
export function markSet(marks: readonly string[]): string[] {
  const sorted = marks.every((mark, at) => at === 0 || marks[at - 1]! < mark);
  return sorted ? marks.slice() : [...new Set(marks)].sort();
}

/** A copy's marks as the source told them last. */
export interface CopyMarks {
  marks: readonly string[];
  gone: boolean;
}

/**
 * What a landing should carry, given its own marks and those of its items: every mark that any copy has or had when it
 * went (deleting a copy that was read does not make the message unread), but `\Deleted` only when all that are still
 * there have it. A found message is itself one of the copies, and what people set on it stays. A landing without a
 * living item stays as it is: nobody is left to say otherwise.
 */
export function wantedMarks(
  state: LandingState,
  own: readonly string[],
  items: readonly CopyMarks[],
): string[] {
  const living = items.filter((item) => !item.gone).map((item) => item.marks);
  if (living.length === 0) return markSet(own);
  const copies = state === 'found' ? [own, ...living] : living;
  const union = new Set([...copies, ...items.map((item) => item.marks)].flat());
  if (!copies.every((marks) => marks.includes('\\Deleted'))) union.delete('\\Deleted');
  if (state === 'found') for (const mark of own) union.add(mark);
  return [...union].sort();
}

/** Whether two mark sets, both sorted, are equal. */
export function sameMarks(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((mark, at) => mark === other[at]);
}
