import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderAppointment } from './icalendar.ts';
import { makeItem } from './item.fixture.ts';
import { mutations } from './mutate.fixture.ts';
import { PidLid, PidTag, PropertySet } from './properties.ts';
import { readRecurrence } from './recurrence.ts';
import { renderContact } from './vcard.ts';

const CONTEXT = { codePage: 1252 };

test('a contact: names, addresses, everything escaped and folded', () => {
  const { text, notes } = renderContact(
    makeItem({
      properties: {
        [PidTag.MessageClass]: 'IPM.Contact',
        [PidTag.DisplayName]: 'Émilie; Martin, née Dupont',
        [PidTag.GivenName]: 'Émilie',
        [PidTag.Surname]: 'Martin',
        [PidTag.CompanyName]: 'Le Relais',
        [PidTag.MobileTelephoneNumber]: '+33 6 12',
        [PidTag.HomeAddressCity]: 'Lyon',
        [PidTag.Birthday]: new Date('1979-12-31T23:00:00Z'),
        [PidTag.Body]: `Une ligne\r\n${'longue '.repeat(12)}é`,
      },
      named: [
        { set: PropertySet.Address, name: PidLid.Email1EmailAddress, value: 'emilie@example.org' },
        { set: PropertySet.Address, name: PidLid.Email2EmailAddress, value: '/o=x/cn=emilie' },
        { set: PropertySet.Address, name: PidLid.Email2OriginalDisplayName, value: 'e.martin@example.org' },
        { set: PropertySet.Address, name: PidLid.Email3EmailAddress, value: '/o=x/cn=none' },
      ],
    }),
    CONTEXT,
  );
  assert.equal(
    text.replaceAll('\r\n ', ''),
    `BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Émilie\\; Martin\\, née Dupont\r\nN:Martin;Émilie;;;\r\nEMAIL;PREF=1:emilie@example.org\r\nEMAIL;PREF=2:e.martin@example.org\r\nTEL;TYPE="cell":+33 6 12\r\nADR;TYPE=home:;;;Lyon;;;\r\nORG:Le Relais\r\nBDAY:19800101\r\nNOTE:Une ligne\\n${'longue '.repeat(12)}é\r\nEND:VCARD\r\n`,
  );
  for (const line of text.split('\r\n')) assert.ok(Buffer.byteLength(line) <= 75);
  assert.deepEqual(notes, ['/o=x/cn=none is no internet address: left out']);
});

/** Every Monday and Friday at 9 for 10 times from 6 January 2020, without 10 January. */
function recurrence(): Buffer {
  const minutes = (date: string): number => (Date.parse(date) - Date.UTC(1601, 0, 1)) / 60_000;
  const bytes = Buffer.alloc(200);
  let at = 0;
  const u16 = (value: number) => {
    at = bytes.writeUInt16LE(value, at);
  };
  const u32 = (value: number) => {
    at = bytes.writeUInt32LE(value, at);
  };
  for (const value of [0x3004, 0x3004, 0x200b, 1, 0]) u16(value);
  for (const value of [0, 1, 0, 0b0100010, 0x2022, 10, 1]) u32(value);
  for (const value of [1, minutes('2020-01-10'), 0]) u32(value);
  for (const value of [minutes('2020-01-06'), minutes('2020-02-07'), 0x3006, 0x3009, 9 * 60, 10 * 60])
    u32(value);
  u16(0);
  return bytes.subarray(0, at);
}

/** Paris. */
function zone(): Buffer {
  const bytes = Buffer.alloc(48);
  bytes.writeInt32LE(-60, 0);
  bytes.writeInt32LE(-60, 8);
  for (const [at, month, hour] of [
    [14, 10, 3],
    [32, 3, 2],
  ] as const) {
    bytes.writeUInt16LE(month, at + 2);
    bytes.writeUInt16LE(5, at + 6);
    bytes.writeUInt16LE(hour, at + 8);
  }
  return bytes;
}

test('an appointment that repeats, in its time zone', () => {
  const { text } = renderAppointment(
    makeItem({
      properties: {
        [PidTag.Subject]: 'Point, hebdo',
        [PidTag.LastModificationTime]: new Date('2020-01-01T00:00:00Z'),
      },
      named: [
        { set: PropertySet.Appointment, name: PidLid.AppointmentRecur, value: recurrence() },
        { set: PropertySet.Appointment, name: PidLid.TimeZoneStruct, value: zone() },
        {
          set: PropertySet.Appointment,
          name: PidLid.AppointmentStartWhole,
          value: new Date('2020-01-06T08:00:00Z'),
        },
      ],
    }),
    CONTEXT,
  );
  assert.match(
    text,
    /DTSTAMP:20200101T000000Z\r\nDTSTART;TZID=Local:20200106T090000\r\nDTEND;TZID=Local:20200106T100000\r\nRRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=MO,FR;COUNT=10;WKST=MO\r\nEXDATE;TZID=Local:20200110T090000\r\nSUMMARY:Point\\, hebdo\r\n/,
  );
  assert.match(
    text,
    /BEGIN:DAYLIGHT\r\nDTSTART:16010101T020000\r\nTZOFFSETFROM:\+0100\r\nTZOFFSETTO:\+0200\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\n/,
  );
});

test('a day is the day of whoever wrote it; a pattern that is not understood is noted', () => {
  const { text, notes } = renderAppointment(
    makeItem({
      named: [
        {
          set: PropertySet.Appointment,
          name: PidLid.AppointmentStartWhole,
          value: new Date('2020-01-05T23:00:00Z'),
        },
        {
          set: PropertySet.Appointment,
          name: PidLid.AppointmentEndWhole,
          value: new Date('2020-01-06T23:00:00Z'),
        },
        { set: PropertySet.Appointment, name: PidLid.AppointmentSubType, value: true },
        { set: PropertySet.Appointment, name: PidLid.AppointmentRecur, value: Buffer.from('0430', 'hex') },
      ],
    }),
    CONTEXT,
  );
  assert.match(text, /DTSTART;VALUE=DATE:20200106\r\nDTEND;VALUE=DATE:20200107\r\n/);
  assert.deepEqual(notes, ['how the appointment repeats was not understood: only the first is there']);
});

test('fuzz: a pattern ends in a rule or in nothing', () => {
  for (const bytes of mutations([recurrence()])) {
    const read = readRecurrence(bytes);
    if (read !== null) assert.match(read.rule, /^FREQ=/);
    renderAppointment(
      makeItem({ named: [{ set: PropertySet.Appointment, name: PidLid.AppointmentRecur, value: bytes }] }),
      CONTEXT,
    );
  }
});
