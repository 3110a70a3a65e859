import type { Problem } from '../formats/mapi/groupware/problem.ts';
import type { GroupwareKind } from '../formats/mapi/groupware/render.ts';

export type { GroupwareKind, Problem };

/** In the order in which they are told. */
export const GROUPWARE_KINDS: readonly GroupwareKind[] = [
  'contact',
  'distribution-list',
  'appointment',
  'meeting',
  'task',
  'note',
  'journal',
];

/** A contact, an appointment, a task …: what is a person's own and no mail. */
export interface GroupwareItem {
  kind: GroupwareKind;
  /** Names it inside its folder for good. */
  key: string;
  /** As people would name it; may be empty. */
  name: string;
  /**
   * `vcard`: whole vCards (RFC 2426, lists RFC 6350). `icalendar`: components (RFC 5545 §3.6), to be put into a VCALENDAR
   * together with `zones`.
   */
  format: 'vcard' | 'icalendar';
  /** Lines of at most 75 bytes of UTF-8, each with CRLF. The same for the same item. */
  text: string;
  /** The VTIMEZONEs that it names. Two of one `tzid` are the same text. */
  zones: readonly { tzid: string; text: string }[];
  /** What of it could not be said. */
  problems: readonly Problem[];
}
