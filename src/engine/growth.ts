/** How much came in one month, by arrival (UTC). */
export interface MonthGrowth {
  /** e.g. `2026-11` */
  month: string;
  messages: number;
  bytes: number;
}

const MONTHS = 12;

/** The last twelve months up to `now`, oldest first; months in which nothing came are there too. */
export function countGrowth(now: number): {
  add(receivedAt: number | null, size: number): void;
  months(): MonthGrowth[];
} {
  const end = new Date(now);
  const last = 12 * end.getUTCFullYear() + end.getUTCMonth();
  const months = Array.from({ length: MONTHS }, (_, i) => {
    const at = last - MONTHS + 1 + i;
    const month = `${Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}`;
    return { month, messages: 0, bytes: 0 };
  });
  const first = Date.UTC(Math.floor((last - MONTHS + 1) / 12), (last - MONTHS + 1) % 12);
  return {
    add(receivedAt, size) {
      if (receivedAt === null || receivedAt < first || receivedAt > now) return;
      const at = new Date(receivedAt);
      const month = months[12 * at.getUTCFullYear() + at.getUTCMonth() - (last - MONTHS + 1)]!;
      month.messages++;
      month.bytes += size;
    },
    months: () => months,
  };
}
