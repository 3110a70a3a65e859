/** Appointments and invitations as VEVENTs (RFC 5545 §3.6.1; properties by MS-OXOCAL and MS-OXCICAL). */
import { asBuffer } from '../../../mail/header.ts';
import { type Line, textValue } from '../content-line.ts';
import { messageClass } from '../kind.ts';
import { PidLid, PropertySet } from '../properties.ts';
import type { Values } from '../values.ts';
import { attachLines, filesOf, type OwnFiles } from './attached.ts';
import type { ChangedOccurrence } from './changed.ts';
import { Lid } from './ids.ts';
import { type Pattern, readPattern } from './pattern.ts';
import { attendeesOf, organizerOf, peopleLines, personLine } from './people.ts';
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
  saidOf,
  subjectText,
  text,
  utc,
} from './said.ts';
import { localOf, recurrenceZone, shownZone, utcOf, type Zone, type ZoneText } from './zone.ts';

/** RFC 5546. */
export type Method = 'REQUEST' | 'REPLY' | 'CANCEL';

export interface Component {
  lines: Line[];
  /** That its times name. */
  zones: readonly ZoneText[];
}

/** The appointment, and each of its occurrences that was changed. */
export function eventOf(said: Said, method: Method | null): Component {
  const { values } = said;
  // The files of an invitation stand beside it in its mail.
  const files = method === null ? filesOf(said) : NO_FILES;
  const id = uid(said);
  const times = timesOf(said);
  const shared: Line[] = [
    ['UID', id],
    ['DTSTAMP', utc(changedAt(values))],
  ];
  const lines: Line[] = [
    ['BEGIN', 'VEVENT'],
    ...shared,
    ...times.lines,
    ...contentOf(said),
    ...(method === 'REPLY' ? replyLines(said) : peopleLines(said)),
    ...stateOf(values, method),
    ...attachLines(files.files),
    ...reminderLines(
      values.namedFlag(PropertySet.Common, PidLid.ReminderSet),
      values.namedNumber(PropertySet.Common, PidLid.ReminderDelta),
    ),
    ['END', 'VEVENT'],
  ];
  for (const changed of times.series?.changed ?? [])
    lines.push(...changedLines({ said, files, shared, series: times.series! }, changed));
  const zone = times.series?.zone;
  return { lines, zones: zone ? [{ tzid: zone.tzid, text: zone.text }] : [] };
}

const NO_FILES: OwnFiles = { files: [], photo: null, occurrences: [] };

/** One that repeats, and could be understood. */
interface Series {
  pattern: Pattern;
  offset: number;
  allDay: boolean;
  zone: Zone | null;
  changed: readonly ChangedOccurrence[];
}

function timesOf(said: Said): { lines: Line[]; series: Series | null } {
  const { values, problems } = said;
  const allDay = values.namedFlag(PropertySet.Appointment, PidLid.AppointmentSubType);
  const bytes = values.namedBytes(PropertySet.Appointment, PidLid.AppointmentRecur);
  if (bytes === null || bytes.length === 0) return { lines: onceLines(said, allDay), series: null };
  const pattern = readPattern(bytes);
  if (pattern?.offsets == null) {
    problems.add('recurrence-unknown');
    return { lines: onceLines(said, allDay), series: null };
  }
  const zone = allDay ? null : recurrenceZone(values);
  if (zone === null && !allDay) problems.add('no-time-zone');
  const { start: offset } = pattern.offsets;
  const series: Series = { pattern, offset, allDay, zone, changed: distinct(pattern) };
  return { lines: seriesLines(series), series };
}

/** One to a day: the first. */
function distinct({ changed }: Pattern): ChangedOccurrence[] {
  const byDay = new Map<number, ChangedOccurrence>();
  for (const each of changed) {
    const on = midnight(each.original);
    if (!byDay.has(on)) byDay.set(on, each);
  }
  return [...byDay.values()].sort((a, b) => a.original - b.original);
}

const DAY_MS = 24 * 3600 * 1000;

function midnight(ms: number): number {
  return Math.floor(ms / DAY_MS) * DAY_MS;
}

function onceLines({ values, problems }: Said, allDay: boolean): Line[] {
  const start = values.namedTime(PropertySet.Appointment, PidLid.AppointmentStartWhole);
  const end = values.namedTime(PropertySet.Appointment, PidLid.AppointmentEndWhole);
  if (start === null) {
    problems.add('no-start');
    // A VEVENT without METHOD must have one (RFC 5545 §3.6.1).
    return [['DTSTART', utc(end ?? changedAt(values))]];
  }
  const after = end !== null && end > start ? end : null;
  if (!allDay)
    return [
      ['DTSTART', utc(start)],
      ['DTEND', after === null ? null : utc(after)],
    ];
  const zone = shownZone(values);
  const on = (ms: number): string => (zone === null ? day(ms) : day(nearDay(localOf(zone, ms))));
  const [first, last] = [on(start), after === null ? null : on(after)];
  return [
    ['DTSTART;VALUE=DATE', first],
    ['DTEND;VALUE=DATE', last !== null && last > first ? last : null],
  ];
}

/** Where the clocks there show midnight, that day; else the nearest. */
function nearDay(ms: number): number {
  return Math.round(ms / DAY_MS) * DAY_MS;
}

function field(name: string, { allDay, zone }: Series): string {
  if (allDay) return `${name};VALUE=DATE`;
  return zone === null ? name : `${name};TZID=${zone.tzid}`;
}

function stamp(ms: number, { allDay }: Series): string {
  return allDay ? local(ms).slice(0, 8) : local(ms);
}

function seriesLines(series: Series): Line[] {
  const { pattern, offset, changed, allDay } = series;
  const { start, end } = pattern.offsets!;
  const first = pattern.first + offset;
  const length = end - start;
  const last = allDay ? Math.max(Math.ceil(length / DAY_MS), 1) * DAY_MS : length;
  const own = new Set(changed.map(({ original }) => midnight(original)));
  const out = [...new Set(pattern.deleted.map(midnight))].filter((date) => !own.has(date));
  return [
    [field('DTSTART', series), stamp(first, series)],
    [field('DTEND', series), last > 0 ? stamp(first + last, series) : null],
    ['RRULE', `${pattern.rule}${endOf(series)}`],
    [
      field('EXDATE', series),
      out
        .sort((a, b) => a - b)
        .map((date) => stamp(date + offset, series))
        .join(','),
    ],
  ];
}

/** The whole of the last day there, in UTC where a zone is told (RFC 5545 §3.3.10). */
function endOf(series: Series): string {
  const { pattern, zone, allDay } = series;
  if (pattern.count !== null) return `;COUNT=${pattern.count}`;
  if (pattern.last === null) return '';
  if (allDay) return `;UNTIL=${local(pattern.last).slice(0, 8)}`;
  const end = pattern.last + DAY_MS - 1000;
  return `;UNTIL=${zone === null ? local(end) : utc(utcOf(zone, end))}`;
}

interface Whole {
  said: Said;
  files: OwnFiles;
  shared: readonly Line[];
  series: Series;
}

/** It says all it says, or programs take what is missing for empty. */
function changedLines({ said, files, shared, series }: Whole, changed: ChangedOccurrence): Line[] {
  const { values, item, problems } = said;
  const inner = innerOf(files, changed, series);
  const own = inner === null ? null : saidOf(inner, values.codePage, problems);
  const allDay = changed.allDay ?? series.allDay;
  const when: Series = { ...series, allDay };
  const replaced = midnight(changed.original) + series.offset;
  const description = own !== null && changed.ownText ? bodyText(own) : null;
  const people = own === null ? [] : peopleLines(own);
  const busy = changed.busy ?? values.namedNumber(PropertySet.Appointment, PidLid.BusyStatus);
  const reminder = changed.reminder ?? values.namedFlag(PropertySet.Common, PidLid.ReminderSet);
  const minutes = changed.reminderMinutes ?? values.namedNumber(PropertySet.Common, PidLid.ReminderDelta);
  const [start, end] = [changed.start, allDay ? Math.max(changed.end, changed.start + DAY_MS) : changed.end];
  return [
    ['BEGIN', 'VEVENT'],
    ...shared,
    [field('RECURRENCE-ID', series), stamp(replaced, series)],
    [field('DTSTART', when), stamp(start, when)],
    [field('DTEND', when), end > start ? stamp(end, when) : null],
    ['SUMMARY', text(changed.subject ?? subjectText(values))],
    ['LOCATION', text(changed.location ?? values.namedText(PropertySet.Appointment, PidLid.Location))],
    ['DESCRIPTION', text(description ?? bodyText(said))],
    ...(people.length > 0 ? people : peopleLines({ item, values, problems })),
    ...stateOf(values, null, busy),
    ...(own === null ? [] : attachLines(filesOf(own).files)),
    ...reminderLines(reminder, minutes),
    ['END', 'VEVENT'],
  ];
}

/** Its item lies among the attachments: told by its own start, local, or by the one it replaces, in UTC. */
function innerOf({ occurrences }: OwnFiles, { start, original }: ChangedOccurrence, series: Series) {
  const replaced = midnight(original) + series.offset;
  const moment = series.zone === null ? replaced : utcOf(series.zone, replaced);
  const found =
    occurrences.find(({ replaces }) => replaces === moment) ??
    occurrences.find((each) => each.start === start);
  return found?.item ?? null;
}

function contentOf(said: Said): Line[] {
  const { values } = said;
  return [
    ['SUMMARY', text(subjectText(values))],
    ['LOCATION', text(values.namedText(PropertySet.Appointment, PidLid.Location))],
    ['DESCRIPTION', text(bodyText(said))],
  ];
}

const BUSY: readonly (string | undefined)[] = ['FREE', 'TENTATIVE', 'BUSY', 'OOF', 'WORKINGELSEWHERE'];
/** PidLidAppointmentStateFlags (MS-OXOCAL §2.2.1.10). */
const [MEETING, CANCELLED] = [1, 4];

export function isMeeting(values: Values): boolean {
  return ((values.namedNumber(PropertySet.Appointment, Lid.AppointmentStateFlags) ?? 0) & MEETING) !== 0;
}

function stateOf(
  values: Values,
  method: Method | null,
  busy = values.namedNumber(PropertySet.Appointment, PidLid.BusyStatus),
): Line[] {
  const sequence = values.namedNumber(PropertySet.Appointment, PidLid.AppointmentSequence);
  const flags = values.namedNumber(PropertySet.Appointment, Lid.AppointmentStateFlags) ?? 0;
  return [
    privacy(values),
    priority(values),
    ['STATUS', method === 'CANCEL' || (flags & CANCELLED) !== 0 ? 'CANCELLED' : null],
    ['TRANSP', busy === 0 ? 'TRANSPARENT' : null],
    ['X-MICROSOFT-CDO-BUSYSTATUS', BUSY[busy ?? -1] ?? null],
    ['SEQUENCE', sequence === null || sequence < 0 ? null : String(Math.floor(sequence))],
    ['CATEGORIES', categories(values)],
  ];
}

/** 0x5AE980E1 stands for the default, which nobody knows here. */
const REMINDER_NEVER = 0x5ae980e1;

function reminderLines(set: boolean, minutes: number | null): Line[] {
  if (!set || minutes === null || minutes < 0 || minutes >= REMINDER_NEVER) return [];
  return [
    ['BEGIN', 'VALARM'],
    ['ACTION', 'DISPLAY'],
    ['DESCRIPTION', 'Reminder'],
    ['TRIGGER', `-PT${Math.floor(minutes)}M`],
    ['END', 'VALARM'],
  ];
}

const VCAL_UID = Buffer.from('vCal-Uid\x01\0\0\0', 'latin1');
const UID_MAX_CHARS = 1000;

/**
 * PidLidGlobalObjectId (MS-OXCICAL §2.1.3.1.1.20.26): another program's id lies inside, else the id in hexadecimal: as
 * in the invitation that came by mail.
 */
function uid(said: Said): string {
  const { values } = said;
  const clean = values.namedBytes(PropertySet.Meeting, PidLid.CleanGlobalObjectId);
  const id = clean ?? values.namedBytes(PropertySet.Meeting, PidLid.GlobalObjectId);
  if (id === null || id.length < 40) return ownUid(said);
  const bytes = Buffer.from(asBuffer(id));
  if (bytes.subarray(40, 52).equals(VCAL_UID)) {
    const other = textValue(bytes.toString('utf8', 52).replace(/\0.*$/s, '')).trim().slice(0, UID_MAX_CHARS);
    if (other !== '') return other.toWellFormed();
  }
  // The date of an occurrence is no part of what the whole is called.
  bytes.fill(0, 16, 20);
  return bytes.toString('hex').toUpperCase().slice(0, UID_MAX_CHARS);
}

/** An answer to an invitation: to whoever called, from whoever answers. */
function replyLines(said: Said): Line[] {
  const recipients = attendeesOf(said);
  const [to] = recipients;
  const from = organizerOf(said, []);
  return [
    ...(to === undefined ? [] : [personLine('ORGANIZER', to)]),
    ...(from === null ? [] : [personLine(`ATTENDEE;PARTSTAT=${answerOf(said)}`, from)]),
  ];
}

function answerOf({ item }: Said): string {
  const name = messageClass(item);
  if (name.endsWith('.pos')) return 'ACCEPTED';
  return name.endsWith('.neg') ? 'DECLINED' : 'TENTATIVE';
}

/** RFC 5546; null for what is no invitation or answer to one. `name` is the message class in lower case. */
export function meetingMethod(name: string): Method | null {
  if (name.startsWith('ipm.schedule.meeting.request')) return 'REQUEST';
  if (name.startsWith('ipm.schedule.meeting.resp')) return 'REPLY';
  return name.startsWith('ipm.schedule.meeting.canceled') ? 'CANCEL' : null;
}
