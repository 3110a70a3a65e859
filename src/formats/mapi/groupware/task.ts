/** Tasks as VTODOs (RFC 5545 §3.6.2; properties by MS-OXOTASK). */
import type { Line } from '../content-line.ts';
import { PidLid, PropertySet } from '../properties.ts';
import type { Values } from '../values.ts';
import { attachLines, filesOf } from './attached.ts';
import type { Component } from './event.ts';
import { Lid, SetOf } from './ids.ts';
import { readPattern } from './pattern.ts';
import {
  bodyText,
  categories,
  changedAt,
  day,
  local,
  ownUid,
  priority,
  privacy,
  type Said,
  subjectText,
  text,
  utc,
} from './said.ts';

export function taskOf(said: Said): Component {
  const { values } = said;
  const reminder = values.namedTime(PropertySet.Common, Lid.ReminderTime);
  const isSet = values.namedFlag(PropertySet.Common, PidLid.ReminderSet);
  const lines: Line[] = [
    ['BEGIN', 'VTODO'],
    ['UID', ownUid(said)],
    ['DTSTAMP', utc(changedAt(values))],
    ...datesOf(said),
    ['SUMMARY', text(subjectText(values))],
    ['DESCRIPTION', text(bodyText(said))],
    ...stateOf(values),
    privacy(values),
    priority(values),
    ['X-OUTLOOK-OWNER', text(values.namedText(SetOf.Task, Lid.TaskOwner))],
    ['CATEGORIES', categories(values)],
    ...attachLines(filesOf(said).files),
    ...(isSet && reminder !== null ? alarm(reminder) : []),
    ['END', 'VTODO'],
  ];
  return { lines, zones: [] };
}

/** Days, without a time. DUE must be later than DTSTART (RFC 5545 §3.8.2.3): begun and due on one day, only that is told. */
function datesOf({ values, problems }: Said): Line[] {
  const [start, due] = [Lid.TaskStartDate, Lid.TaskDueDate].map((lid) => {
    const ms = values.namedTime(SetOf.Task, lid);
    return ms === null ? null : day(ms);
  }) as [string | null, string | null];
  const bytes = values.namedBytes(SetOf.Task, Lid.TaskRecurrence);
  const pattern = bytes === null || bytes.length === 0 ? null : readPattern(bytes);
  if (bytes !== null && bytes.length > 0 && pattern === null) problems.add('recurrence-unknown');
  if (pattern !== null) {
    const first = start ?? due ?? local(pattern.first).slice(0, 8);
    const { rule, count, last } = pattern;
    const end = count !== null ? `;COUNT=${count}` : last !== null ? `;UNTIL=${local(last).slice(0, 8)}` : '';
    return [
      ['DTSTART;VALUE=DATE', first],
      ['DUE;VALUE=DATE', due !== null && due > first ? due : null],
      ['RRULE', `${rule}${end}`],
    ];
  }
  const begins = start !== null && (due === null || start < due) ? start : null;
  return [
    ['DTSTART;VALUE=DATE', begins],
    ['DUE;VALUE=DATE', due],
  ];
}

/** MS-OXOTASK §2.2.2.2.2: not started, in progress, complete, waiting on somebody, deferred. */
const STATES: readonly (string | undefined)[] = [
  'NEEDS-ACTION',
  'IN-PROCESS',
  'COMPLETED',
  'NEEDS-ACTION',
  'NEEDS-ACTION',
];
const COMPLETED = 2;

function stateOf(values: Values): Line[] {
  const told = values.namedNumber(SetOf.Task, Lid.TaskStatus);
  const status = values.namedFlag(SetOf.Task, Lid.TaskComplete) ? COMPLETED : (told ?? 0);
  const share = values.namedNumber(SetOf.Task, Lid.PercentComplete);
  const done = status === COMPLETED ? values.namedTime(SetOf.Task, Lid.TaskDateCompleted) : null;
  const percent = share !== null && share > 0 && share <= 1 ? String(Math.round(share * 100)) : null;
  return [
    ['STATUS', STATES[status] ?? 'NEEDS-ACTION'],
    ['PERCENT-COMPLETE', percent],
    ['COMPLETED', done === null ? null : utc(done)],
  ];
}

function alarm(at: number): Line[] {
  return [
    ['BEGIN', 'VALARM'],
    ['ACTION', 'DISPLAY'],
    ['DESCRIPTION', 'Reminder'],
    ['TRIGGER;VALUE=DATE-TIME', utc(at)],
    ['END', 'VALARM'],
  ];
}
