/**
 * Notes and journal entries as VJOURNALs (RFC 5545 §3.6.3; properties by MS-OXONOTE and MS-OXOJRNL): date, categories
 * and colour stay with the text, and whoever has no program for it can read it all the same.
 */
import type { Line } from '../content-line.ts';
import { PidTag } from '../properties.ts';
import { attachLines, filesOf } from './attached.ts';
import type { Component } from './event.ts';
import { Lid, SetOf } from './ids.ts';
import {
  bodyText,
  categories,
  changedAt,
  ownUid,
  privacy,
  type Said,
  subjectText,
  text,
  utc,
} from './said.ts';

/** MS-OXONOTE §2.2.1.1. */
const COLOURS: readonly (string | undefined)[] = ['blue', 'green', 'pink', 'yellow', 'white'];

export function noteOf(said: Said): Component {
  const { values } = said;
  const colour = values.namedNumber(SetOf.Note, Lid.NoteColor);
  const made = values.time(PidTag.CreationTime) ?? changedAt(values);
  return journal(said, [
    ['DTSTART', utc(made)],
    ['X-OUTLOOK-NOTE-COLOUR', COLOURS[colour ?? -1] ?? null],
  ]);
}

export function activityOf(said: Said): Component {
  const { values } = said;
  const start = values.namedTime(SetOf.Log, Lid.LogStart);
  const end = values.namedTime(SetOf.Log, Lid.LogEnd);
  return journal(said, [
    ['DTSTART', utc(start ?? values.time(PidTag.CreationTime) ?? changedAt(values))],
    // A VJOURNAL has no end of its own.
    ['X-OUTLOOK-LOG-END', end === null ? null : utc(end)],
    ['X-OUTLOOK-LOG-TYPE', text(values.namedText(SetOf.Log, Lid.LogType))],
  ]);
}

function journal(said: Said, own: readonly Line[]): Component {
  const { values } = said;
  const lines: Line[] = [
    ['BEGIN', 'VJOURNAL'],
    ['UID', ownUid(said)],
    ['DTSTAMP', utc(changedAt(values))],
    ...own,
    ['SUMMARY', text(subjectText(values))],
    ['DESCRIPTION', text(bodyText(said))],
    privacy(values),
    ['CATEGORIES', categories(values)],
    ...attachLines(filesOf(said).files),
    ['END', 'VJOURNAL'],
  ];
  return { lines, zones: [] };
}
