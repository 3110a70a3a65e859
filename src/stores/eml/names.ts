import type { AsideBecause } from '../source.ts';

/** What a file is, as far as its name tells. */
export type Kind =
  /** RFC 5322 as it is. */
  | 'eml'
  /** Apple Mail. */
  | 'emlx'
  /** Outlook. */
  | 'msg';

const KINDS: Readonly<Record<string, Kind>> = { eml: 'eml', emlx: 'emlx', msg: 'msg' };

/** Null for what is no message by its name. */
export function kindOf(name: string): Kind | null {
  if (name.startsWith('.')) return null;
  return KINDS[name.slice(name.lastIndexOf('.') + 1).toLowerCase()] ?? null;
}

/** `123.partial.emlx`: Apple Mail keeps attachments of it beside, or has not fetched them. */
export const PARTIAL = /\.partial\.emlx$/i;

/** A mailbox of Apple Mail: a directory that holds others, and its messages somewhere below. */
export const MAILBOX = /\.(?:imapm|m)box$/i;
/** The levels between a mailbox and its messages; they say nothing to people. */
export const MAILBOX_LEVEL = /^(?:Messages|Data|\d|[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12})$/i;
/** Beside `Messages`: the parts of messages that Apple Mail keeps outside, read with them. */
export const ATTACHMENTS = 'Attachments';
/** `~/Library/Mail/V10`: the version of the whole tree. */
export const VERSION_LEVEL = /^V\d+$/;

/** The database beside the accounts of Windows Mail and Windows Live Mail. */
export const LIVE_MAIL_DATABASE = /\.MSMessageStore$/i;

/** Beside or inside every mailbox of Apple Mail, and nobody would take them for mail. */
const OF_MAILBOX = /^(?:Info\.plist|mboxCache\.plist|table_of_contents)$|\.emlxpart$/i;
const INDEX =
  /^(?:winmail\.fol|WindowsMail\.pat|Envelope Index(?:-\w+)?|edb\w*\.(?:log|chk|jrs))$|\.MSMessageStore$/i;
const OTHER_STORE = /^mbox$|\.(?:pst|ost|mbox|mbx)$/i;
/** Outlook Express, its news, The Bat!. */
const NO_READER = /\.(?:dbx|nws|tbb)$/i;

/** Why a file that is no message is told; null: it belongs to messages that are told. */
export function leftBecause(name: string): AsideBecause | null {
  if (OF_MAILBOX.test(name)) return null;
  if (INDEX.test(name)) return 'index';
  if (OTHER_STORE.test(name)) return 'other-store';
  return NO_READER.test(name) ? 'no-reader' : 'no-message';
}
