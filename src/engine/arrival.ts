import { parseDate, receivedDate } from '../mail/date.ts';
import { valuesOf } from '../mail/header.ts';

/** What every target keeps without changing it: years 1970 to 2037 (Dovecot and Cyrus alter others, seen). */
const EARLIEST = Date.UTC(1970, 0, 2);
const LATEST = Date.UTC(2037, 11, 31, 23, 59, 59);

/**
 * The arrival date to store: the source's own where every server can keep it, else the topmost `Received`, else `Date`,
 * else none (the target's now).
 *
 * @returns whole seconds in milliseconds since 1970, and whether a date of the source had to be given up
 */
export function arrival(
  receivedAt: number | null,
  head: Uint8Array,
): { receivedAt: number | null; altered: boolean } {
  if (receivedAt !== null && keepable(receivedAt)) return { receivedAt: seconds(receivedAt), altered: false };
  const told = [receivedDate(head), parseDate(valuesOf(head, 'date')[0] ?? '')];
  const fallback = told.find((date) => date !== null && keepable(date)) ?? null;
  return { receivedAt: fallback === null ? null : seconds(fallback), altered: receivedAt !== null };
}

function keepable(date: number): boolean {
  return date >= EARLIEST && date <= LATEST;
}

function seconds(date: number): number {
  return Math.floor(date / 1000) * 1000;
}
