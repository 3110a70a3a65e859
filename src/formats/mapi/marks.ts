/** What Outlook knows of a message beside its bytes: marks as IMAP spells them, and when it came. */
import { hash } from 'node:crypto';
import type { Item } from './item.ts';
import { MessageFlag, PidTag, PropertySet } from './properties.ts';
import { codePageOf, Notes, Values } from './values.ts';

/** PidTagLastVerbExecuted: reply, reply to all, forward. */
const REPLIED = [102, 103];
const FORWARDED = 104;
/** PidTagIconIndex: the envelope with an arrow. */
const ICON_REPLIED = 0x105;
const ICON_FORWARDED = 0x106;
/** PidTagFlagStatus (MS-OXOFLAG §2.2.1.1); a flag that is done is no flag any more. */
const FLAGGED = 2;
const KEYWORDS_MAX = 100;

/** Sorted; damage goes to `notes`. Strings of items that do not tell their charset are read as windows-1252. */
export function marksOf(item: Item, notes = new Notes()): string[] {
  const values = new Values(item, codePageOf(item, 1252, notes), notes);
  const marks = new Set<string>();
  const flags = values.number(PidTag.MessageFlags) ?? 0;
  const verb = values.number(PidTag.LastVerbExecuted) ?? 0;
  const icon = values.number(PidTag.IconIndex) ?? 0;
  if ((flags & MessageFlag.Read) !== 0) marks.add('\\Seen');
  if ((flags & MessageFlag.Unsent) !== 0) marks.add('\\Draft');
  if (REPLIED.includes(verb) || icon === ICON_REPLIED) marks.add('\\Answered');
  if (verb === FORWARDED || icon === ICON_FORWARDED) marks.add('$Forwarded');
  if (values.number(PidTag.FlagStatus) === FLAGGED) marks.add('\\Flagged');
  for (const category of values.namedTexts(PropertySet.PublicStrings, 'Keywords').slice(0, KEYWORDS_MAX)) {
    marks.add(keywordOf(category));
  }
  return [...marks].sort();
}

/** Delivery, else submission; milliseconds since 1970 in whole seconds. */
export function receivedAtOf(item: Item, notes = new Notes()): number | null {
  const values = new Values(item, 1252, notes);
  return values.time(PidTag.MessageDeliveryTime) ?? values.time(PidTag.ClientSubmitTime);
}

const KEYWORD_MAX_CHARS = 64;

/**
 * A category as an IMAP keyword, which is an atom (RFC 9051 §9): accents go, blanks and specials become `_`, other
 * scripts are written in modified UTF-7 as Thunderbird does. Two categories that differ stay two where they can.
 */
export function keywordOf(category: string): string {
  const plain = category
    .trim()
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[\s\x00-\x20(){}%*"\\\]\x7f]/g, '_');
  const ascii = plain.replace(/[^\x21-\x7e]+/g, (text) => {
    const base64 = Buffer.from(text, 'utf16le').swap16().toString('base64');
    return `&${base64.replace(/=+$/, '').replaceAll('/', ',')}-`;
  });
  if (/[^_]/.test(ascii) && ascii.length <= KEYWORD_MAX_CHARS) return ascii;
  const digest = hash('sha256', category, 'hex').slice(0, 8);
  return ascii.length > KEYWORD_MAX_CHARS
    ? `${ascii.slice(0, KEYWORD_MAX_CHARS - 9)}_${digest}`
    : `category_${digest}`;
}
