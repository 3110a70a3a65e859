/** Appointments and invitations inside mail, as iCalendar. */
import { contentLines } from './content-line.ts';
import { eventOf, type Method } from './groupware/event.ts';
import { Problems } from './groupware/problem.ts';
import { calendarText } from './groupware/render.ts';
import { noteProblems } from './groupware/said.ts';
import type { Item } from './item.ts';
import { codePageOf, Values } from './values.ts';

/** An appointment as a calendar of its own; what could not be said is noted. `method`: of an invitation or an answer. */
export function icalendarOf(item: Item, of: Values, method: Method | null = null): string {
  const problems = new Problems();
  const values = new Values(item, codePageOf(item, of.codePage, of.notes), of.notes);
  const { lines, zones } = eventOf({ item, values, problems }, method);
  noteProblems(problems, of.notes);
  return calendarText(
    zones.map(({ text }) => text),
    contentLines(lines),
    method,
  );
}
