/** Appointments and invitations as iCalendar (RFC 5545; properties by MS-OXOCAL, MS-OXCICAL). Same item, same text. */
import { asBuffer } from '../../mail/header.ts';
import { fromOf, isSmtp, recipientsOf, senderOf } from './addresses.ts';
import { contentLine, quoted, textValue } from './content-line.ts';
import type { Item } from './item.ts';
import { PidLid, PidTag, PropertySet } from './properties.ts';
import { readRecurrence } from './recurrence.ts';
import type { RenderContext } from './render.ts';
import { zoneLines, zoneOf } from './time-zone.ts';
import { codePageOf, Notes, Values } from './values.ts';

/** An appointment as a calendar of its own. */
export function renderAppointment(
  item: Item,
  context: RenderContext,
): { text: string; notes: readonly string[] } {
  const notes = new Notes();
  const text = icalendarOf(item, new Values(item, codePageOf(item, context.codePage, notes), notes));
  return { text, notes: notes.list };
}

/** RFC 5546; null for what is no invitation or answer to one. `name` is the message class in lower case. */
export function meetingMethod(name: string): 'REQUEST' | 'REPLY' | 'CANCEL' | null {
  if (name.startsWith('ipm.schedule.meeting.request')) return 'REQUEST';
  if (name.startsWith('ipm.schedule.meeting.resp')) return 'REPLY';
  return name.startsWith('ipm.schedule.meeting.canceled') ? 'CANCEL' : null;
}

type Line = readonly [name: string, value: string | null];

export function icalendarOf(item: Item, of: Values, method: string | null = null): string {
  const values = new Values(item, codePageOf(item, of.codePage, of.notes), of.notes);
  const zone = zoneOf(values.namedBytes(PropertySet.Appointment, PidLid.TimeZoneStruct));
  const lines: Line[] = [
    ['BEGIN', 'VCALENDAR'],
    ['VERSION', '2.0'],
    ['PRODID', '-//Malleposte//EN'],
    ['METHOD', method],
    ...(zone === null ? [] : zoneLines(zone)),
    ['BEGIN', 'VEVENT'],
    ['UID', uid(values)],
    ['DTSTAMP', utc(values.time(PidTag.LastModificationTime) ?? values.time(PidTag.CreationTime) ?? 0)],
    ...when(values, zone !== null),
    ['SUMMARY', text(values.text(PidTag.Subject))],
    ['LOCATION', text(values.namedText(PropertySet.Appointment, PidLid.Location))],
    ['DESCRIPTION', text(values.text(PidTag.Body))],
    ...people(item, values, method),
    ...facts(values, method),
    ...reminder(values),
    ['END', 'VEVENT'],
    ['END', 'VCALENDAR'],
  ];
  return lines
    .flatMap(([name, value]) => (value === null || value === '' ? [] : [contentLine(name, value)]))
    .join('');
}

function text(value: string | null): string | null {
  return value === null ? null : textValue(value.trim());
}

function utc(ms: number): string {
  return `${local(ms)}Z`;
}

function local(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace(/[-:]/g, '');
}

const HALF_DAY_MS = 12 * 3600 * 1000;

/** The midnight of some time zone: the nearest one in UTC is the day meant. */
function day(ms: number): string {
  return local(ms + HALF_DAY_MS).slice(0, 8);
}

function when(values: Values, hasZone: boolean): Line[] {
  const start = values.namedTime(PropertySet.Appointment, PidLid.AppointmentStartWhole);
  const end = values.namedTime(PropertySet.Appointment, PidLid.AppointmentEndWhole);
  const allDay = values.namedFlag(PropertySet.Appointment, PidLid.AppointmentSubType);
  const pattern = values.namedBytes(PropertySet.Appointment, PidLid.AppointmentRecur);
  const recurrence = pattern === null ? null : readRecurrence(pattern);
  if (pattern !== null && recurrence === null) {
    values.notes.add('detail-lost', 'how the appointment repeats was not understood: only the first is there');
  }
  if (recurrence === null) {
    if (start === null) return [];
    const lines: Line[] = [allDay ? ['DTSTART;VALUE=DATE', day(start)] : ['DTSTART', utc(start)]];
    if (end !== null && end > start)
      lines.push(allDay ? ['DTEND;VALUE=DATE', day(end)] : ['DTEND', utc(end)]);
    return lines;
  }
  if (recurrence.modified.length > 0) {
    values.notes.add(
      'detail-lost',
      `${recurrence.modified.length} changed occurrences are there on their day, without their changes`,
    );
  }
  const name = (field: string): string => {
    if (allDay) return `${field};VALUE=DATE`;
    return hasZone ? `${field};TZID=Local` : field;
  };
  const date = (ms: number): string => (allDay ? local(ms).slice(0, 8) : local(ms));
  const list = (dates: readonly number[]): string => dates.map(date).join(',');
  return [
    [name('DTSTART'), date(recurrence.start)],
    [name('DTEND'), date(recurrence.end)],
    ['RRULE', allDay ? recurrence.rule.replace(/(UNTIL=\d{8})T\d{6}Z/, '$1') : recurrence.rule],
    [name('EXDATE'), list(recurrence.deleted)],
    [name('RDATE'), list(recurrence.modified)],
  ];
}

const VCAL_UID = Buffer.from('vCal-Uid\x01\0\0\0', 'latin1');

/** PidLidGlobalObjectId (MS-OXCICAL §2.1.3.1.1.20.26): another program's id lies inside, else the id in hexadecimal. */
function uid(values: Values): string | null {
  const id =
    values.namedBytes(PropertySet.Meeting, PidLid.CleanGlobalObjectId) ??
    values.namedBytes(PropertySet.Meeting, PidLid.GlobalObjectId);
  if (id === null || id.length < 40) return null;
  const bytes = asBuffer(id);
  if (bytes.subarray(40, 52).equals(VCAL_UID)) {
    return textValue(bytes.toString('utf8', 52).replace(/\0.*$/s, '')).slice(0, 500);
  }
  return bytes.toString('hex').toUpperCase().slice(0, 1000);
}

function people(item: Item, values: Values, method: string | null): Line[] {
  const organizer = fromOf(values, new Map()) ?? senderOf(values, new Map());
  const recipients = recipientsOf(item, new Map(), values);
  if (method === 'REPLY') {
    const [to] = recipients;
    return [
      ...(to === undefined ? [] : [person('ORGANIZER', to.name, to.address)]),
      ...(organizer === null
        ? []
        : [person(`ATTENDEE;PARTSTAT=${answer(values)}`, organizer.name, organizer.address)]),
    ];
  }
  if (recipients.length === 0) return [];
  return [
    ...(organizer === null ? [] : [person('ORGANIZER', organizer.name, organizer.address)]),
    ...recipients.map(({ role, name, address }) => {
      const kind = role === 'bcc' ? 'NON-PARTICIPANT' : role === 'cc' ? 'OPT-PARTICIPANT' : 'REQ-PARTICIPANT';
      return person(`ATTENDEE;ROLE=${kind}`, name, address);
    }),
  ];
}

function answer(values: Values): string {
  const name = values.text(PidTag.MessageClass)?.toLowerCase() ?? '';
  if (name.endsWith('.pos')) return 'ACCEPTED';
  return name.endsWith('.neg') ? 'DECLINED' : 'TENTATIVE';
}

function person(field: string, name: string, address: string): Line {
  const named = name === '' ? field : `${field};CN=${quoted(name)}`;
  return [named, isSmtp(address) ? `mailto:${address}` : null];
}

const CLASSES: readonly (string | undefined)[] = [undefined, 'PRIVATE', 'PRIVATE', 'CONFIDENTIAL'];
const PRIORITIES: readonly (string | undefined)[] = ['9', undefined, '1'];
const BUSY: readonly (string | undefined)[] = ['FREE', 'TENTATIVE', 'BUSY', 'OOF', 'WORKINGELSEWHERE'];

function facts(values: Values, method: string | null): Line[] {
  const busy = values.namedNumber(PropertySet.Appointment, PidLid.BusyStatus);
  const sequence = values.namedNumber(PropertySet.Appointment, PidLid.AppointmentSequence);
  const categories = values.namedTexts(PropertySet.PublicStrings, 'Keywords').map(textValue);
  return [
    ['CLASS', CLASSES[values.number(PidTag.Sensitivity) ?? 0] ?? null],
    ['PRIORITY', PRIORITIES[values.number(PidTag.Importance) ?? 1] ?? null],
    ['STATUS', method === 'CANCEL' ? 'CANCELLED' : null],
    ['TRANSP', busy === 0 ? 'TRANSPARENT' : null],
    ['X-MICROSOFT-CDO-BUSYSTATUS', BUSY[busy ?? -1] ?? null],
    ['SEQUENCE', sequence === null || sequence < 0 ? null : String(Math.floor(sequence))],
    ['CATEGORIES', categories.join(',')],
  ];
}

const REMINDER_NEVER = 0x5ae980e1;

function reminder(values: Values): Line[] {
  const minutes = values.namedNumber(PropertySet.Common, PidLid.ReminderDelta);
  if (!values.namedFlag(PropertySet.Common, PidLid.ReminderSet) || minutes === null) return [];
  if (minutes < 0 || minutes >= REMINDER_NEVER) return [];
  return [
    ['BEGIN', 'VALARM'],
    ['ACTION', 'DISPLAY'],
    ['DESCRIPTION', 'Reminder'],
    ['TRIGGER', `-PT${Math.floor(minutes)}M`],
    ['END', 'VALARM'],
  ];
}
