/** Outlook's contacts, appointments, tasks and notes as texts that other programs read. The same text for the same item. */
import { contentLines, type Line } from '../content-line.ts';
import type { Item } from '../item.ts';
import { itemKind } from '../kind.ts';
import { PidTag } from '../properties.ts';
import { contactLines } from './contact.ts';
import { listLines } from './distribution-list.ts';
import { type Component, eventOf, isMeeting } from './event.ts';
import { activityOf, noteOf } from './journal.ts';
import { type Problem, Problems } from './problem.ts';
import { type Said, saidOf, subjectText } from './said.ts';
import { taskOf } from './task.ts';
import type { ZoneText } from './zone.ts';

export type GroupwareKind =
  | 'contact'
  | 'distribution-list'
  | 'appointment'
  /** An appointment with others. */
  | 'meeting'
  | 'task'
  | 'note'
  | 'journal';

export interface RenderedItem {
  kind: GroupwareKind;
  /** `vcard`: whole vCards. `icalendar`: components, to be put into a VCALENDAR behind the zones that they name. */
  format: 'vcard' | 'icalendar';
  text: string;
  zones: readonly ZoneText[];
  problems: readonly Problem[];
  /** As people would name it; empty when it has none. */
  name: string;
}

/**
 * Null for mail, and for an item of a class that is none of these. `codePage`: of the store, for texts of items that tell
 * none. Damage in a part is told; any Trouble but `malformed` is thrown, and that where the class cannot be read.
 */
export function renderGroupware(item: Item, codePage: number): RenderedItem | null {
  // What it is must be known, or a contact would be taken for mail.
  item.get(PidTag.MessageClass);
  const kind = itemKind(item);
  const problems = new Problems();
  const said = saidOf(item, codePage, problems);
  const whole = (is: GroupwareKind, format: RenderedItem['format'], of: Component): RenderedItem => {
    const name = nameOf(said);
    if (said.values.notes.damages > 0) problems.add('part-damaged');
    return { kind: is, format, text: contentLines(of.lines), zones: of.zones, problems: problems.list, name };
  };
  const card = (lines: Line[]): Component => ({ lines, zones: [] });
  switch (kind) {
    case 'contact':
      return whole(kind, 'vcard', card(contactLines(said)));
    case 'distribution-list':
      return whole(kind, 'vcard', card(listLines(said)));
    case 'appointment':
      return whole(isMeeting(said.values) ? 'meeting' : kind, 'icalendar', eventOf(said, null));
    case 'task':
      return whole(kind, 'icalendar', taskOf(said));
    case 'note':
      return whole(kind, 'icalendar', noteOf(said));
    case 'journal':
      return whole(kind, 'icalendar', activityOf(said));
    default:
      return null;
  }
}

function nameOf({ values }: Said): string {
  return (subjectText(values) ?? values.text(PidTag.DisplayName) ?? '').trim();
}

/** A calendar's lines around its zones and components (RFC 5545 §3.4). */
export function calendarText(zones: readonly string[], components: string, method: string | null): string {
  return `${calendarHead(method)}${zones.join('')}${components}${CALENDAR_END}`;
}

export function calendarHead(method: string | null): string {
  return contentLines([
    ['BEGIN', 'VCALENDAR'],
    ['VERSION', '2.0'],
    ['PRODID', '-//Malleposte//EN'],
    ['METHOD', method],
  ]);
}

export const CALENDAR_END = 'END:VCALENDAR\r\n';
