import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTrouble } from '../../../trouble.ts';
import { makeItem } from '../item.fixture.ts';
import type { Item, PropertyValue } from '../item.ts';
import { mutations } from '../mutate.fixture.ts';
import { PidLid, PidTag, PropertySet, Ptyp } from '../properties.ts';
import { Lid, SetOf, Tag } from './ids.ts';
import { readComponents } from './lines.fixture.ts';
import { PARIS, patternBytes, zoneDefinition, zoneStruct } from './outlook.fixture.ts';
import { readPattern } from './pattern.ts';
import { calendarText, renderGroupware } from './render.ts';

type Part = readonly [set: string, id: number, type: number, bytes: Buffer];

/** What an item says in bytes, in a form that can be damaged as a whole. */
function packed(parts: readonly Part[]): Buffer {
  return Buffer.concat(
    parts.flatMap(([set, id, type, bytes]) => {
      const head = Buffer.alloc(10);
      head.writeUInt16LE(SETS.indexOf(set), 0);
      head.writeUInt16LE(id, 2);
      head.writeUInt16LE(type, 4);
      head.writeUInt32LE(bytes.length, 6);
      return [head, bytes];
    }),
  );
}

const SETS: readonly string[] = ['', ...Object.values(PropertySet), ...Object.values(SetOf)];

function unpacked(bytes: Buffer): Item {
  const properties: Record<number, { type: number; value: PropertyValue }> = {};
  const named: { set: string; name: number; type: number; value: PropertyValue }[] = [];
  for (let at = 0; at + 10 <= bytes.length; ) {
    const [set, id, type] = [bytes.readUInt16LE(at), bytes.readUInt16LE(at + 2), bytes.readUInt16LE(at + 4)];
    const size = Math.min(bytes.readUInt32LE(at + 6), bytes.length - at - 10);
    const value = readValue(type, bytes.subarray(at + 10, at + 10 + size));
    if (set === 0) properties[id] = { type, value };
    else named.push({ set: SETS[set % SETS.length]!, name: id, type, value });
    at += 10 + size;
  }
  const bag = { properties, named };
  return makeItem({
    ...bag,
    recipients: [bag, bag],
    attachments: [bag, { ...bag, embedded: makeItem(bag) }],
  });
}

function readValue(type: number, bytes: Buffer): PropertyValue {
  if (type === Ptyp.String) return bytes.toString('utf16le', 0, bytes.length & ~1);
  if (type === Ptyp.Time || type === Ptyp.Integer32 || type === Ptyp.Floating64)
    return bytes.length < 8 ? Number.NaN : bytes.readDoubleLE(0);
  return type === Ptyp.Boolean ? bytes[0] === 1 : bytes;
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}

const wide = (text: string): Buffer => Buffer.from(text, 'utf16le');
const { Appointment, Common, Meeting, Address } = PropertySet;
const PATTERN = patternBytes({
  ...{ frequency: 'weekly', kind: 1, specific: [2], period: 1, first: '2024-03-18' },
  end: { count: 6, on: '2024-04-22' },
  deleted: ['2024-04-15'],
  changed: [
    { was: '2024-03-25T09:00', start: '2024-03-26T14:00', end: '2024-03-26T15:00', subject: 'Déplacé ✓' },
    {
      was: '2024-04-08T09:00',
      start: '2024-04-08T11:00',
      end: '2024-04-08T12:00',
      location: 'Salle',
      allDay: true,
    },
  ],
});

const ITEMS = [
  packed([
    ['', PidTag.MessageClass, Ptyp.String, wide('IPM.Appointment')],
    ['', PidTag.Subject, Ptyp.String, wide('Réunion; "a", b')],
    [Appointment, PidLid.AppointmentRecur, Ptyp.Binary, PATTERN],
    [Appointment, Lid.TimeZoneDefinitionRecur, Ptyp.Binary, zoneDefinition('Romance Standard Time', PARIS)],
    [Appointment, PidLid.TimeZoneStruct, Ptyp.Binary, zoneStruct(PARIS)],
    [Appointment, PidLid.AppointmentStartWhole, Ptyp.Time, number(Date.UTC(2024, 2, 18, 8))],
    [Appointment, PidLid.BusyStatus, Ptyp.Integer32, number(2)],
    [Common, PidLid.ReminderSet, Ptyp.Boolean, Buffer.from([1])],
    [Common, PidLid.ReminderDelta, Ptyp.Integer32, number(15)],
    [Meeting, PidLid.GlobalObjectId, Ptyp.Binary, Buffer.alloc(56, 5)],
    ['', PidTag.DisplayName, Ptyp.String, wide('Marie')],
    ['', PidTag.EmailAddress, Ptyp.String, wide('marie@example.org')],
    ['', PidTag.AttachDataBinary, Ptyp.Binary, Buffer.from('octets')],
    ['', PidTag.AttachMethod, Ptyp.Integer32, number(1)],
    ['', Tag.ExceptionStartTime, Ptyp.Time, number(Date.UTC(2024, 2, 26, 14))],
  ]),
  packed([
    ['', PidTag.MessageClass, Ptyp.String, wide('IPM.Contact')],
    ['', PidTag.DisplayName, Ptyp.String, wide('Émilie\r\nEND:VCARD\r\n')],
    ['', PidTag.Surname, Ptyp.String, wide('Martin')],
    ['', PidTag.MobileTelephoneNumber, Ptyp.String8, Buffer.from('+33 \xe9', 'latin1')],
    ['', PidTag.Birthday, Ptyp.Time, number(Date.UTC(1980, 0, 1))],
    ['', PidTag.BusinessHomePage, Ptyp.String, wide('http://a b')],
    ['', PidTag.Html, Ptyp.Binary, Buffer.from('<p>a<br>b</p>')],
    [Address, PidLid.Email1EmailAddress, Ptyp.String, wide('a@example.org')],
    [Address, Lid.OneOffMembers, Ptyp.Binary, Buffer.alloc(30)],
    ['', Tag.AttachmentContactPhoto, Ptyp.Boolean, Buffer.from([1])],
    ['', PidTag.AttachDataBinary, Ptyp.Binary, Buffer.alloc(100)],
    ['', PidTag.AttachLongFilename, Ptyp.String, wide('ContactPicture.jpg')],
  ]),
  packed([
    ['', PidTag.MessageClass, Ptyp.String, wide('IPM.Task')],
    ['', PidTag.Subject, Ptyp.String, wide('Payer')],
    [SetOf.Task, Lid.TaskRecurrence, Ptyp.Binary, PATTERN],
    [SetOf.Task, Lid.TaskStartDate, Ptyp.Time, number(Date.UTC(2024, 0, 1))],
    [SetOf.Task, Lid.TaskDueDate, Ptyp.Time, number(Date.UTC(2024, 0, 2))],
    [SetOf.Task, Lid.PercentComplete, Ptyp.Floating64, number(0.5)],
    [SetOf.Task, Lid.TaskStatus, Ptyp.Integer32, number(1)],
    [Common, Lid.ReminderTime, Ptyp.Time, number(Date.UTC(2024, 0, 1))],
    [Common, PidLid.ReminderSet, Ptyp.Boolean, Buffer.from([1])],
    ['', PidTag.Body, Ptyp.String, wide('texte \\n; , é')],
  ]),
  packed([
    ['', PidTag.MessageClass, Ptyp.String, wide('IPM.StickyNote')],
    ['', PidTag.Body, Ptyp.String, wide('une idée')],
    [SetOf.Note, Lid.NoteColor, Ptyp.Integer32, number(3)],
  ]),
];

test('fuzz: whatever the properties say, the text is sound and the same each time, or it is malformed', () => {
  let rendered = 0;
  for (const bytes of mutations(ITEMS)) {
    try {
      const made = renderGroupware(unpacked(bytes), 1252);
      if (made === null) continue;
      rendered++;
      assert.deepEqual(renderGroupware(unpacked(bytes), 1252), made);
      const zones = made.zones.map(({ text }) => text);
      const whole = made.format === 'vcard' ? made.text : calendarText(zones, made.text, null);
      assert.equal(readComponents(whole).length, 1);
    } catch (error) {
      if (!isTrouble(error, 'malformed')) throw error;
    }
  }
  assert.ok(rendered > 100);
});

test('fuzz: a pattern ends in a rule or in nothing', () => {
  for (const bytes of mutations([PATTERN])) {
    const read = readPattern(bytes);
    if (read !== null) assert.match(read.rule, /^FREQ=/);
  }
});

test('a pattern cut at every byte is read or not, and never throws', () => {
  for (let size = 0; size <= PATTERN.length; size++) readPattern(PATTERN.subarray(0, size));
});
