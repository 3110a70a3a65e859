import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeItem } from '../item.fixture.ts';
import { PidLid, PidTag, PropertySet } from '../properties.ts';
import { Lid, SetOf, Tag } from './ids.ts';
import { fieldOf, meant, type ReadComponent, readComponents } from './lines.fixture.ts';
import { PARIS, type SeriesFacts, series, seriesFacts, zoneDefinition } from './outlook.fixture.ts';
import { calendarText, type RenderedItem, renderGroupware } from './render.ts';

const PAGE = 1252;

function calendarOf(rendered: RenderedItem): ReadComponent {
  const zones = rendered.zones.map(({ text }) => text);
  return readComponents(calendarText(zones, rendered.text, null))[0]!;
}

function eventsOf(facts: SeriesFacts): { events: ReadComponent[]; rendered: RenderedItem } {
  const rendered = renderGroupware(series(facts), PAGE)!;
  return { events: calendarOf(rendered).components.filter(({ name }) => name === 'VEVENT'), rendered };
}

const on = (...days: number[]): number => days.reduce((bits, day) => bits | (1 << day), 0);

/** Expanded by two other programs (ical.js, dateutil), each gives the occurrences that Outlook shows. */
const RULES: readonly (readonly [string, SeriesFacts, string])[] = [
  [
    'every three days until a day',
    { frequency: 'daily', kind: 0, period: 3 * 1440, first: '2024-10-24', end: { on: '2024-10-30' } },
    'FREQ=DAILY;INTERVAL=3;UNTIL=20241030T225959Z',
  ],
  [
    'every workday',
    { frequency: 'daily', kind: 1, specific: [on(1, 2, 3, 4, 5)], period: 1, first: '2024-05-02' },
    'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR',
  ],
  [
    'every other week on two days, four times',
    {
      ...{ frequency: 'weekly', kind: 1, specific: [on(1, 3)], period: 2, first: '2024-01-01' },
      end: { count: 4, on: '2024-01-17' },
    },
    'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;WKST=MO;COUNT=4',
  ],
  [
    'the 31st, or the last of a shorter month',
    { frequency: 'monthly', kind: 2, specific: [31], period: 1, first: '2023-01-31' },
    'FREQ=MONTHLY;BYMONTHDAY=-1',
  ],
  [
    'the 30th, or the last of February',
    { frequency: 'monthly', kind: 2, specific: [30], period: 1, first: '2024-01-30' },
    'FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1',
  ],
  [
    'the last Friday of every other month',
    { frequency: 'monthly', kind: 3, specific: [on(5), 5], period: 2, first: '2024-01-26' },
    'FREQ=MONTHLY;INTERVAL=2;BYDAY=-1FR',
  ],
  [
    'the first workday of a month',
    { frequency: 'monthly', kind: 3, specific: [on(1, 2, 3, 4, 5), 1], period: 1, first: '2024-06-03' },
    'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1',
  ],
  [
    'the last day of a month',
    { frequency: 'monthly', kind: 4, specific: [31], period: 1, first: '2024-01-31' },
    'FREQ=MONTHLY;BYMONTHDAY=-1',
  ],
  [
    'each 29 February, or the 28th',
    { frequency: 'yearly', kind: 2, specific: [29], period: 12, first: '2020-02-29' },
    'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1',
  ],
  [
    'the fourth Thursday of November',
    { frequency: 'yearly', kind: 3, specific: [on(4), 4], period: 12, first: '2022-11-24' },
    'FREQ=YEARLY;BYMONTH=11;BYDAY=4TH',
  ],
  [
    'every eighteen months',
    { frequency: 'yearly', kind: 2, specific: [15], period: 18, first: '2024-01-15' },
    'FREQ=MONTHLY;INTERVAL=18;BYMONTHDAY=15',
  ],
  [
    'late in the west: the last evening is a day later in UTC',
    {
      ...{ frequency: 'daily', kind: 0, period: 1440, first: '2024-01-01', end: { on: '2024-01-02' } },
      zone: 'Pacific Standard Time',
    },
    'FREQ=DAILY;UNTIL=20240103T075959Z',
  ],
  [
    'early in the east: no day too many',
    {
      ...{ frequency: 'daily', kind: 0, period: 1440, first: '2024-01-01', end: { on: '2024-01-02' } },
      zone: 'New Zealand Standard Time',
    },
    'FREQ=DAILY;UNTIL=20240102T105959Z',
  ],
  [
    'whole days end with a day',
    {
      ...{ frequency: 'weekly', kind: 1, specific: [on(1)], period: 1, first: '2024-01-01' },
      ...{ offsets: [0, 2880], allDay: true, end: { on: '2024-01-08' }, zone: 'Tonga Standard Time' },
    },
    'FREQ=WEEKLY;BYDAY=MO;WKST=MO;UNTIL=20240108',
  ],
];

for (const [name, facts, rule] of RULES)
  test(`repeats: ${name}`, () => {
    const { events, rendered } = eventsOf(facts);
    assert.deepEqual(rendered.problems, []);
    assert.equal(fieldOf(events[0]!, 'RRULE'), rule);
  });

test('a weekly meeting in Paris across the change of clocks, two changed, one deleted', () => {
  const { events, rendered } = eventsOf({
    ...{ frequency: 'weekly', kind: 1, specific: [on(1)], period: 1, first: '2024-03-18' },
    end: { count: 6, on: '2024-04-22' },
    deleted: ['2024-04-15'],
    changed: [
      { was: '2024-03-25T09:00', start: '2024-03-26T14:00', end: '2024-03-26T15:00', subject: 'Déplacé ✓' },
      { was: '2024-04-08T09:00', start: '2024-04-08T11:00', end: '2024-04-08T12:00', location: 'Salle é' },
    ],
  });
  const shown = events.map(({ lines }) =>
    lines
      .filter(({ name }) => /^(DTSTART|DTEND|EXDATE|RECURRENCE-ID|SUMMARY|LOCATION)$/.test(name))
      .map(({ name, parameters, value }) => `${name} ${parameters.TZID ?? ''} ${value}`),
  );
  const paris = 'Europe/Paris';
  assert.deepEqual(shown, [
    [
      `DTSTART ${paris} 20240318T090000`,
      `DTEND ${paris} 20240318T100000`,
      `EXDATE ${paris} 20240415T090000`,
      'SUMMARY  Point',
    ],
    [
      `RECURRENCE-ID ${paris} 20240325T090000`,
      `DTSTART ${paris} 20240326T140000`,
      `DTEND ${paris} 20240326T150000`,
      'SUMMARY  Déplacé ✓',
    ],
    [
      `RECURRENCE-ID ${paris} 20240408T090000`,
      `DTSTART ${paris} 20240408T110000`,
      `DTEND ${paris} 20240408T120000`,
      'SUMMARY  Point',
      'LOCATION  Salle é',
    ],
  ]);
  assert.equal(new Set(events.map((event) => fieldOf(event, 'UID'))).size, 1);
  assert.deepEqual(
    rendered.zones.map(({ tzid }) => tzid),
    [paris],
  );
});

test('the text of a changed occurrence is that of the item among the attachments', () => {
  const inner = makeItem({ properties: { [PidTag.Body]: 'Seulement cette fois' } });
  const { events } = eventsOf({
    ...{ frequency: 'daily', kind: 0, period: 1440, first: '2024-07-01' },
    properties: { [PidTag.Body]: 'Tous les jours' },
    changed: [
      { was: '2024-07-02T09:00', start: '2024-07-02T10:00', end: '2024-07-02T11:00', ownText: true },
      { was: '2024-07-03T09:00', start: '2024-07-03T10:00', end: '2024-07-03T11:00' },
    ],
    attachments: [
      {
        properties: {
          [PidTag.AttachMethod]: 5,
          [Tag.ExceptionReplaceTime]: new Date('2024-07-02T07:00:00Z'),
        },
        embedded: inner,
      },
    ],
  });
  assert.deepEqual(
    events.map((event) => fieldOf(event, 'DESCRIPTION')),
    ['Tous les jours', 'Seulement cette fois', 'Tous les jours'],
  );
});

test('a whole day is that day, wherever it was made', () => {
  for (const [zone, start, wanted] of [
    ['Tonga Standard Time', '2024-01-14T11:00:00Z', '20240115'],
    ['Hawaiian Standard Time', '2024-01-15T10:00:00Z', '20240115'],
    ['Romance Standard Time', '2024-07-14T22:00:00Z', '20240715'],
    [null, '2024-01-14T23:00:00Z', '20240115'],
  ] as const) {
    const set = PropertySet.Appointment;
    const named = [
      { set, name: PidLid.AppointmentStartWhole, value: new Date(start) },
      { set, name: PidLid.AppointmentEndWhole, value: new Date(Date.parse(start) + 86_400_000) },
      { set, name: PidLid.AppointmentSubType, value: true },
      ...(zone === null
        ? []
        : [{ set, name: Lid.TimeZoneDefinitionStartDisplay, value: zoneDefinition(zone, PARIS) }]),
    ];
    const item = makeItem({ properties: { [PidTag.MessageClass]: 'IPM.Appointment' }, named });
    const [event] = calendarOf(renderGroupware(item, PAGE)!).components;
    assert.deepEqual(event!.lines.find(({ name }) => name === 'DTSTART')!.parameters, { VALUE: 'DATE' });
    assert.equal(fieldOf(event!, 'DTSTART'), wanted, zone ?? 'none');
    const next = new Date(
      Date.parse(`${wanted.slice(0, 4)}-${wanted.slice(4, 6)}-${wanted.slice(6)}`) + 864e5,
    );
    assert.equal(fieldOf(event!, 'DTEND'), next.toISOString().slice(0, 10).replaceAll('-', ''));
  }
});

/** MS-OXOCAL §2.2.1.27: class id, date of an occurrence, times, size, then what the id is. */
function globalId(data: Buffer, date = Buffer.alloc(4)): Buffer {
  const head = Buffer.from('040000008200e00074c5b7101a82e008', 'hex');
  const size = Buffer.alloc(4);
  size.writeUInt32LE(data.length);
  return Buffer.concat([head, date, Buffer.alloc(16, 7), size, data]);
}

test('the id is the one of the invitation, whoever sent it', () => {
  const uid = (name: number, value: Buffer): string => {
    const named = [{ set: PropertySet.Meeting, name, value }];
    const item = makeItem({ properties: { [PidTag.MessageClass]: 'IPM.Appointment' }, named });
    return fieldOf(calendarOf(renderGroupware(item, PAGE)!).components[0]!, 'UID')!;
  };
  const other = Buffer.from('vCal-Uid\x01\0\0\0{1234@google.com}\0', 'latin1');
  assert.equal(uid(PidLid.GlobalObjectId, globalId(other)), '{1234@google.com}');
  const plain = Buffer.alloc(16, 0xab);
  const hex = globalId(plain).toString('hex').toUpperCase();
  assert.equal(uid(PidLid.CleanGlobalObjectId, globalId(plain)), hex);
  // Of one occurrence: the date is no part of the name of the whole.
  assert.equal(uid(PidLid.GlobalObjectId, globalId(plain, Buffer.from('07e80318', 'hex'))), hex);
});

test('a meeting: who calls, who is invited, how they answered', () => {
  const person = (name: string, email: string, more: Record<number, number>) => ({
    properties: {
      [PidTag.DisplayName]: name,
      [PidTag.AddressType]: email.startsWith('/') ? 'EX' : 'SMTP',
      [PidTag.EmailAddress]: email,
      ...more,
    },
  });
  const item = makeItem({
    properties: {
      [PidTag.MessageClass]: 'IPM.Appointment',
      [PidTag.Sensitivity]: 2,
      [PidTag.Importance]: 2,
      [PidTag.SentRepresentingName]: 'Chef; "Grand"',
      [PidTag.SentRepresentingEmailAddress]: 'chef@example.org',
      [PidTag.SentRepresentingAddressType]: 'SMTP',
    },
    recipients: [
      person('Chef', 'chef@example.org', { [Tag.RecipientFlags]: 3 }),
      person('Marie Durand', 'marie@example.org', {
        [PidTag.RecipientType]: 1,
        [Tag.RecipientTrackStatus]: 3,
      }),
      person('Paul', 'paul@example.org', { [PidTag.RecipientType]: 2, [Tag.RecipientTrackStatus]: 4 }),
      person('Salle 1', '/o=x/cn=salle1', { [PidTag.RecipientType]: 3 }),
    ],
    named: [
      { set: PropertySet.Appointment, name: Lid.AppointmentStateFlags, value: 1 },
      { set: PropertySet.Appointment, name: PidLid.BusyStatus, value: 3 },
      { set: PropertySet.Common, name: PidLid.ReminderSet, value: true },
      { set: PropertySet.Common, name: PidLid.ReminderDelta, value: 45 },
      { set: PropertySet.PublicStrings, name: 'Keywords', value: ['Été, hiver', 'B'] },
      {
        set: PropertySet.Appointment,
        name: PidLid.AppointmentStartWhole,
        value: new Date('2024-05-01T08:00:00Z'),
      },
    ],
  });
  const rendered = renderGroupware(item, PAGE)!;
  assert.equal(rendered.kind, 'meeting');
  assert.deepEqual(rendered.problems, [{ code: 'address-unknown', on: 'Salle 1' }]);
  const [event] = calendarOf(rendered).components;
  const people = event!.lines.filter(({ name }) => /^(ORGANIZER|ATTENDEE)$/.test(name));
  assert.deepEqual(
    people.map(({ parameters, value }) => [parameters.CN, parameters.ROLE, parameters.PARTSTAT, value]),
    [
      ["Chef; 'Grand'", undefined, undefined, 'mailto:chef@example.org'],
      ['Marie Durand', 'REQ-PARTICIPANT', 'ACCEPTED', 'mailto:marie@example.org'],
      ['Paul', 'OPT-PARTICIPANT', 'DECLINED', 'mailto:paul@example.org'],
      ['Salle 1', 'NON-PARTICIPANT', undefined, 'mailto:salle1@exchange.invalid'],
    ],
  );
  assert.equal(people[3]!.parameters.CUTYPE, 'RESOURCE');
  for (const [name, value] of [
    ['CLASS', 'PRIVATE'],
    ['PRIORITY', '1'],
    ['X-MICROSOFT-CDO-BUSYSTATUS', 'OOF'],
    ['CATEGORIES', 'Été\\, hiver,B'],
    ['DTSTART', '20240501T080000Z'],
  ] as const)
    assert.equal(fieldOf(event!, name), value);
  assert.equal(fieldOf(event!.components[0]!, 'TRIGGER'), '-PT45M');
});

test('files are inside, up to a size; above they are named', () => {
  const file = (name: string, bytes: Buffer) => ({
    properties: {
      [PidTag.AttachLongFilename]: name,
      [PidTag.AttachMethod]: 1,
      [PidTag.AttachDataBinary]: bytes,
    },
  });
  const item = makeItem({
    properties: { [PidTag.MessageClass]: 'IPM.Appointment', [PidTag.CreationTime]: new Date('2024-01-01') },
    attachments: [file('ordre "du" jour.pdf', Buffer.alloc(100_000, 9)), file('film.mp4', Buffer.alloc(5e6))],
  });
  const rendered = renderGroupware(item, PAGE)!;
  assert.deepEqual(rendered.problems, [
    { code: 'attachment-large', on: 'film.mp4' },
    { code: 'no-start', on: '' },
  ]);
  const attached = calendarOf(rendered).components[0]!.lines.filter(({ name }) => name === 'ATTACH');
  assert.deepEqual(
    attached.map(({ parameters }) => parameters),
    [
      {
        ENCODING: 'BASE64',
        VALUE: 'BINARY',
        FMTTYPE: 'application/pdf',
        'X-FILENAME': "ordre 'du' jour.pdf",
      },
    ],
  );
  assert.ok(Buffer.from(attached[0]!.value, 'base64').equals(Buffer.alloc(100_000, 9)));
});

test('a pattern that is not understood leaves the first, and says so', () => {
  const facts = seriesFacts({ frequency: 'daily', kind: 0, period: 1440, first: '2024-07-01' });
  const set = PropertySet.Appointment;
  const named = [
    { set, name: PidLid.AppointmentRecur, value: Buffer.from('0430', 'hex') },
    { set, name: PidLid.AppointmentStartWhole, value: new Date('2024-07-01T07:00:00Z') },
  ];
  const rendered = renderGroupware(makeItem({ ...facts, named }), PAGE)!;
  assert.deepEqual(rendered.problems, [{ code: 'recurrence-unknown', on: '' }]);
  const [event] = calendarOf(rendered).components;
  assert.equal(fieldOf(event!, 'DTSTART'), '20240701T070000Z');
  assert.equal(fieldOf(event!, 'RRULE'), undefined);
});

test('tasks, notes and journal entries', () => {
  const of = (messageClass: string, facts: Parameters<typeof makeItem>[0]): ReadComponent => {
    const properties = { ...facts.properties, [PidTag.MessageClass]: messageClass };
    return calendarOf(renderGroupware(makeItem({ ...facts, properties }), PAGE)!).components[0]!;
  };
  const set = SetOf.Task;
  const task = of('IPM.Task', {
    properties: { [PidTag.Subject]: 'Payer; tout' },
    named: [
      { set, name: Lid.TaskStatus, value: 1 },
      { set, name: Lid.PercentComplete, type: 5, value: 0.25 },
      { set, name: Lid.TaskStartDate, value: new Date('2024-05-01') },
      { set, name: Lid.TaskDueDate, value: new Date('2024-05-03') },
      { set: PropertySet.Common, name: PidLid.ReminderSet, value: true },
      { set: PropertySet.Common, name: Lid.ReminderTime, value: new Date('2024-05-02T06:00:00Z') },
    ],
  });
  assert.equal(task.name, 'VTODO');
  assert.deepEqual(
    ['STATUS', 'PERCENT-COMPLETE', 'DTSTART', 'DUE', 'SUMMARY'].map((name) => fieldOf(task, name)),
    ['IN-PROCESS', '25', '20240501', '20240503', 'Payer\\; tout'],
  );
  assert.equal(fieldOf(task.components[0]!, 'TRIGGER'), '20240502T060000Z');
  const again = of('IPM.Task', {
    named: [
      { set, name: Lid.TaskDueDate, value: new Date('2024-05-03') },
      {
        set,
        name: Lid.TaskRecurrence,
        value: series({
          frequency: 'weekly',
          kind: 1,
          specific: [on(5)],
          period: 1,
          first: '2024-05-03',
          task: true,
        }).named(PropertySet.Appointment, PidLid.AppointmentRecur)!.value as Buffer,
      },
    ],
  });
  assert.deepEqual(
    ['DTSTART', 'DUE', 'RRULE'].map((name) => fieldOf(again, name)),
    ['20240503', undefined, 'FREQ=WEEKLY;BYDAY=FR;WKST=MO'],
  );
  const note = of('IPM.StickyNote', { properties: { [PidTag.Body]: 'Une\r\nidée; là' } });
  assert.equal(note.name, 'VJOURNAL');
  assert.equal(meant(fieldOf(note, 'DESCRIPTION')!), 'Une\nidée; là');
  const log = SetOf.Log;
  const entry = of('IPM.Activity', {
    named: [
      { set: log, name: Lid.LogType, value: 'Appel' },
      { set: log, name: Lid.LogStart, value: new Date('2024-05-01T10:00:00Z') },
      { set: log, name: Lid.LogEnd, value: new Date('2024-05-01T10:20:00Z') },
    ],
  });
  assert.deepEqual(
    ['DTSTART', 'X-OUTLOOK-LOG-END', 'X-OUTLOOK-LOG-TYPE'].map((name) => fieldOf(entry, name)),
    ['20240501T100000Z', '20240501T102000Z', 'Appel'],
  );
});
