import type { AnswerOf } from '../../api/ask.ts';

export type Site = AnswerOf<'GET /organisations/{organisation}/sites'>[number];
export type Hours = Site['hours'][number];

/** From, until, and whether that is on the day after. `00:00` to `00:00` is a whole day. */
export interface Window {
  from: string;
  to: string;
  over: boolean;
}

/** Days of the week (1 is Monday) on which the same windows begin. */
export interface Days {
  days: number[];
  windows: Window[];
}

/** What stands in rows of hours, by day: days with the same windows together, in the order of their first day. Pure. */
export function weekOf(hours: readonly Hours[]): Days[] {
  const groups = new Map<string, Days>();
  for (let day = 1; day <= 7; day++) {
    const windows = windowsOn(day, hours);
    if (windows.length === 0) continue;
    const key = JSON.stringify(windows);
    const group = groups.get(key) ?? { days: [], windows };
    group.days.push(day);
    groups.set(key, group);
  }
  return [...groups.values()];
}

function windowsOn(day: number, hours: readonly Hours[]): Window[] {
  const found = new Map<string, Window>();
  for (const { days, from, to } of hours) {
    if (!days.includes(day)) continue;
    const end = clockOf(to);
    found.set(`${from} ${end}`, { from, to: end, over: end <= from && end !== '00:00' });
  }
  const windows = [...found.values()].sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  // Within a whole day, only what reaches into the next one says more.
  return windows.some(isWhole) ? windows.filter((window) => isWhole(window) || window.over) : windows;
}

export function isWhole({ from, to }: Pick<Window, 'from' | 'to'>): boolean {
  return from === '00:00' && (to === '00:00' || to === '24:00');
}

/** Days in a row as one span: `[1, 2, 3, 6]` is `[[1, 3], [6, 6]]`. Pure. */
export function spansOf(days: readonly number[]): [from: number, to: number][] {
  const spans: [number, number][] = [];
  for (const day of [...days].sort((a, b) => a - b)) {
    const last = spans.at(-1);
    if (last && last[1] === day - 1) last[1] = day;
    else if (!last || last[1] !== day) spans.push([day, day]);
  }
  return spans;
}

/** What is missing in a row that is being typed; null: nothing. Pure. */
export function hoursFault({ days }: Hours): 'no-day' | null {
  return days.length === 0 ? 'no-day' : null;
}

/** The end of a day is the beginning of the next. */
export function clockOf(time: string): string {
  return time === '24:00' ? '00:00' : time;
}

const STEP_MINUTES = 15;
const TIMES = Array.from({ length: 1440 / STEP_MINUTES }, (_, n) => {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor((n * STEP_MINUTES) / 60))}:${two((n * STEP_MINUTES) % 60)}`;
});

/** Every quarter of an hour, and the one that is set where it is none. Pure. */
export function timesWith(time: string): readonly string[] {
  return TIMES.includes(time) ? TIMES : [...TIMES, time].sort();
}

/** A megabit a second in bytes a second. */
export const MEGABIT = 125_000;
/** The server takes no less. */
export const SLOWEST_MEGABITS = 0.4;

export function megabitsOf(bytesPerSecond: number): number {
  return Math.round((bytesPerSecond / MEGABIT) * 100) / 100;
}
