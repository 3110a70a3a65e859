import { Trouble } from '../../trouble.ts';
import { type Part, spell, unicode, unsendable } from './command.ts';
import type { Connection } from './connection.ts';
import type { Cursor } from './parser.ts';
import { parseUidSet } from './uid-set.ts';

/** A word of the RFC (`UID`, `5:*`, `HEADER`, `SINCE`, a date) as it is, or a text to search for. */
export type Criterion = string | { text: string };

/**
 * UID SEARCH (RFC 9051 §6.4.4), as ESEARCH where offered (RFC 4731: ranges, not one number each). UIDs in ascending order.
 * Texts beyond ASCII are sent with CHARSET UTF-8. Throws `refused`, `lost`.
 */
export async function search(conn: Connection, criteria: readonly Criterion[]): Promise<number[]> {
  const extended = conn.has('ESEARCH') || conn.has('IMAP4REV2');
  const parts: Part[] = [`UID SEARCH${extended ? ' RETURN (ALL)' : ''}`];
  const beyondAscii = criteria.some((one) => typeof one !== 'string' && /[^\x00-\x7f]/.test(one.text));
  if (beyondAscii) parts.push(' CHARSET UTF-8');
  for (const one of criteria) parts.push(' ', typeof one === 'string' ? word(one) : unicode(one.text));
  let uids: number[] = [];
  return conn.run({
    tried: 'search',
    on: '',
    inMailbox: true,
    pieces: (rules) => spell(parts, rules),
    data: (data) => {
      if (data.name === 'ESEARCH') uids = uids.concat(readEsearch(data.cursor(), conn.limits.uids));
      else if (data.name === 'SEARCH') uids = uids.concat(readSearch(data.cursor(), conn.limits.uids));
      else return false;
      if (uids.length > conn.limits.uids) throw tooMany(conn.limits.uids);
      return true;
    },
    done: () => [...new Set(uids)].sort((a, b) => a - b),
  });
}

function word(text: string): string {
  if (!/^[A-Za-z0-9:*,.()-]+$/.test(text)) throw unsendable('no word of a search', '');
  return text;
}

/** `* SEARCH 2 3 6 (MODSEQ 917162500)`. */
function readSearch(cursor: Cursor, max: number): number[] {
  const uids: number[] = [];
  for (cursor.space(); !cursor.done && cursor.peek() !== 40; cursor.space()) {
    if (uids.length >= max) throw cursor.malformed('too many UIDs');
    uids.push(cursor.number());
  }
  return uids;
}

/** `* ESEARCH (TAG "a1") UID ALL 4:18,21`. */
function readEsearch(cursor: Cursor, max: number): number[] {
  let uids: number[] = [];
  if (cursor.peek() === 40) cursor.value();
  for (cursor.space(); !cursor.done; cursor.space()) {
    const name = cursor.atom().toUpperCase();
    if (name === 'UID') continue;
    cursor.space();
    if (name === 'ALL') uids = parseUidSet(cursor.atom(), max);
    else cursor.value();
  }
  return uids;
}

function tooMany(max: number): Trouble {
  return new Trouble('malformed', { tried: 'search', on: '', answer: `more than ${max} UIDs` });
}
