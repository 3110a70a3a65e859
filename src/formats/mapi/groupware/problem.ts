/**
 * What of a contact, an appointment, a task … could not be said in vCard or iCalendar as Outlook has it. A closed list;
 * each has its words in every language.
 */
export const PROBLEM_CODES = [
  /** An address that only Exchange knows. */
  'address-unknown',
  /** A member of a list without an internet address. */
  'member-unknown',
  /** How it repeats was not understood: only the first is there. */
  'recurrence-unknown',
  /** No time zone is told: the times are those of whoever reads them. */
  'no-time-zone',
  /** No start is told. */
  'no-start',
  /** What is attached is too large to stand in a calendar. */
  'attachment-large',
  /** A link, or something without content. */
  'attachment-elsewhere',
  /** An item within the item. */
  'attachment-item',
  'text-cut',
  /** A part of it is damaged in the file. */
  'part-damaged',
  /** More members, attendees or attachments than are written. */
  'too-many',
] as const;

export type ProblemCode = (typeof PROBLEM_CODES)[number];

export interface Problem {
  code: ProblemCode;
  /** What it concerns: a name, an address. May be empty. */
  on: string;
}

const PROBLEMS_MAX = 100;
const ON_MAX_CHARS = 200;

/** Gathers them, none twice. */
export class Problems {
  readonly list: Problem[] = [];

  add(code: ProblemCode, on = ''): void {
    const short = on.slice(0, ON_MAX_CHARS).toWellFormed();
    const known = this.list.some((each) => each.code === code && each.on === short);
    if (!known && this.list.length < PROBLEMS_MAX) this.list.push({ code, on: short });
  }
}
