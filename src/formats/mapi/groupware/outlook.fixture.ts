/** What Outlook writes into an appointment that repeats (MS-OXOCAL §2.2.1.44), for tests. */
import { type BagFacts, type ItemFacts, makeItem } from '../item.fixture.ts';
import type { Item } from '../item.ts';
import { PidLid, PidTag, PropertySet } from '../properties.ts';
import { Lid } from './ids.ts';

const EPOCH = Date.UTC(1601, 0, 1);
const MINUTE_MS = 60_000;

/** `2020-01-06` or `2020-01-06T09:00`, as a clock shows it. */
export function minutesOf(when: string): number {
  const text = when.includes('T') ? `${when}:00Z` : `${when}T00:00:00Z`;
  return (Date.parse(text) - EPOCH) / MINUTE_MS;
}

export interface ChangeFacts {
  /** When it should have begun. */
  was: string;
  start: string;
  end: string;
  subject?: string;
  location?: string;
  allDay?: boolean;
  ownText?: boolean;
}

export interface PatternFacts {
  frequency: 'daily' | 'weekly' | 'monthly' | 'yearly';
  /** PatternType, and what follows it. */
  kind: 0 | 1 | 2 | 3 | 4;
  specific?: readonly number[];
  /** Minutes for days, weeks, months. */
  period: number;
  first: string;
  /** The last day, or how many; none: for ever. */
  end?: { on: string } | { count: number; on: string };
  deleted?: readonly string[];
  changed?: readonly ChangeFacts[];
  /** From midnight, minutes. */
  offsets?: readonly [start: number, end: number];
  /** PidLidTaskRecurrence has no times. */
  task?: boolean;
}

const FREQUENCIES = { daily: 0x200a, weekly: 0x200b, monthly: 0x200c, yearly: 0x200d };

export function patternBytes(facts: PatternFacts): Buffer {
  const { deleted = [], changed = [], end, offsets = [9 * 60, 10 * 60] } = facts;
  const out = new Writer();
  out.u16(0x3004, 0x3004, FREQUENCIES[facts.frequency], facts.kind, 0);
  out.u32(0, facts.period, 0, ...(facts.specific ?? []));
  const endType = end === undefined ? 0x2023 : 'count' in end ? 0x2022 : 0x2021;
  out.u32(endType, end !== undefined && 'count' in end ? end.count : 10, 1);
  const gone = [...deleted, ...changed.map(({ was }) => was.slice(0, 10))]
    .map(minutesOf)
    .sort((a, b) => a - b);
  const moved = changed.map(({ start }) => minutesOf(start.slice(0, 10))).sort((a, b) => a - b);
  out.u32(gone.length, ...gone, moved.length, ...moved);
  out.u32(minutesOf(facts.first), end === undefined ? 0x5ae980df : minutesOf(end.on));
  if (facts.task) return out.bytes();
  out.u32(0x3006, 0x3009, offsets[0], offsets[1]);
  out.u16(changed.length);
  for (const change of changed) writeChange(out, change);
  out.u32(0);
  for (const change of changed) writeExtended(out, change);
  out.u32(0);
  return out.bytes();
}

function writeChange(
  out: Writer,
  { was, start, end, subject, location, allDay, ownText }: ChangeFacts,
): void {
  out.u32(minutesOf(start), minutesOf(end), minutesOf(was));
  const flags =
    (subject === undefined ? 0 : 1) |
    (location === undefined ? 0 : 0x10) |
    (allDay === undefined ? 0 : 0x80) |
    (ownText ? 0x200 : 0);
  out.u16(flags);
  for (const text of [subject, location]) {
    if (text === undefined) continue;
    const bytes = Buffer.from(text.replace(/[^\x00-\xff]/g, '?'), 'latin1');
    out.u16(bytes.length + 1, bytes.length);
    out.raw(bytes);
  }
  if (allDay !== undefined) out.u32(allDay ? 1 : 0);
}

function writeExtended(out: Writer, { was, start, end, subject, location }: ChangeFacts): void {
  out.u32(4, 0, 0);
  if (subject === undefined && location === undefined) return;
  out.u32(minutesOf(start), minutesOf(end), minutesOf(was));
  for (const text of [subject, location]) {
    if (text === undefined) continue;
    out.u16(text.length);
    out.raw(Buffer.from(text, 'utf16le'));
  }
  out.u32(0);
}

class Writer {
  private readonly pieces: Buffer[] = [];

  u16(...values: number[]): void {
    for (const value of values) {
      const bytes = Buffer.alloc(2);
      bytes.writeUInt16LE(value);
      this.pieces.push(bytes);
    }
  }

  u32(...values: number[]): void {
    for (const value of values) {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32LE(value >>> 0);
      this.pieces.push(bytes);
    }
  }

  raw(bytes: Buffer): void {
    this.pieces.push(bytes);
  }

  bytes(): Buffer {
    return Buffer.concat(this.pieces);
  }
}

export interface RuleFacts {
  /** Minutes west of Greenwich. */
  bias: number;
  /** Month, weekday, week (5: the last), hour; none: no summer time. */
  winter?: readonly [number, number, number, number];
  summer?: readonly [number, number, number, number];
}

export const PARIS: RuleFacts = { bias: -60, winter: [10, 0, 5, 3], summer: [3, 0, 5, 2] };

function systemTime(rule: RuleFacts['winter']): Buffer {
  const bytes = Buffer.alloc(16);
  if (rule === undefined) return bytes;
  const [month, weekday, week, hour] = rule;
  for (const [at, value] of [
    [2, month],
    [4, weekday],
    [6, week],
    [8, hour],
  ] as const)
    bytes.writeUInt16LE(value, at);
  return bytes;
}

function biases({ bias }: RuleFacts): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeInt32LE(bias, 0);
  bytes.writeInt32LE(-60, 8);
  return bytes;
}

/** PidLidTimeZoneStruct. */
export function zoneStruct(rule: RuleFacts): Buffer {
  const year = Buffer.alloc(2);
  return Buffer.concat([biases(rule), year, systemTime(rule.winter), year, systemTime(rule.summer)]);
}

/** PidLidAppointmentTimeZoneDefinitionRecur. */
export function zoneDefinition(key: string, rule: RuleFacts): Buffer {
  const out = new Writer();
  out.raw(Buffer.from([2, 1]));
  out.u16(6 + key.length * 2, 2, key.length);
  out.raw(Buffer.from(key, 'utf16le'));
  out.u16(1);
  out.raw(Buffer.from([2, 1]));
  out.u16(0x3e, 2, 2020);
  out.raw(Buffer.alloc(14));
  out.raw(biases(rule));
  out.raw(systemTime(rule.winter));
  out.raw(systemTime(rule.summer));
  return out.bytes();
}

export interface SeriesFacts extends PatternFacts {
  subject?: string;
  /** Key of Windows; or only the rule. */
  zone?: string | RuleFacts;
  rule?: RuleFacts;
  allDay?: boolean;
  named?: BagFacts['named'];
  properties?: ItemFacts['properties'];
  attachments?: ItemFacts['attachments'];
  recipients?: ItemFacts['recipients'];
}

export function series(facts: SeriesFacts): Item {
  return makeItem(seriesFacts(facts));
}

export function seriesFacts(facts: SeriesFacts): ItemFacts {
  const { zone = 'Romance Standard Time', rule = PARIS } = facts;
  const set = PropertySet.Appointment;
  const told =
    typeof zone === 'string'
      ? { set, name: Lid.TimeZoneDefinitionRecur, value: zoneDefinition(zone, rule) }
      : { set, name: PidLid.TimeZoneStruct, value: zoneStruct(zone) };
  return {
    properties: {
      [PidTag.MessageClass]: 'IPM.Appointment',
      [PidTag.Subject]: facts.subject ?? 'Point',
      [PidTag.LastModificationTime]: new Date('2020-01-01T00:00:00Z'),
      ...facts.properties,
    },
    named: [
      { set, name: PidLid.AppointmentRecur, value: patternBytes(facts) },
      { set, name: PidLid.AppointmentSubType, value: facts.allDay === true },
      told,
      ...(facts.named ?? []),
    ],
    ...(facts.attachments ? { attachments: facts.attachments } : {}),
    ...(facts.recipients ? { recipients: facts.recipients } : {}),
  };
}
