/**
 * Between the path people see and the name on the wire.
 *
 * The prefix of the personal namespace is no part of a path: `INBOX.Clients` is `['Clients']` where that prefix is
 * `INBOX.` (Courier, many hosts). There, a child of INBOX and a folder beside INBOX are one and the same to the server,
 * so `['INBOX', 'Clients']` and `['Clients']` both name `INBOX.Clients`.
 */
import { createHash } from 'node:crypto';
import {
  decodeMailboxName,
  encodeMailboxName,
  mailboxPath,
  type Namespace,
  sameMailbox,
} from '../../wire/imap/index.ts';

export interface Naming {
  /** Of the personal namespace, as on the wire; `''` where there is none. */
  prefix: string;
  /** Null: the server has no hierarchy. */
  delimiter: string | null;
  /** Prefixes of what belongs to others or to all (RFC 2342 §5). `''`: all that is not below `prefix`. */
  foreign: readonly string[];
}

export function namingOf(
  spaces: { personal: Namespace[]; others: Namespace[]; shared: Namespace[] } | null,
  delimiter: string | null,
): Naming {
  const personal = spaces?.personal[0];
  return {
    prefix: personal?.prefix ?? '',
    delimiter: personal?.delimiter ?? delimiter,
    foreign: [...(spaces?.others ?? []), ...(spaces?.shared ?? [])]
      .map(bounded)
      .filter((foreign) => foreign !== '' || (personal?.prefix ?? '') !== ''),
  };
}

/**
 * A prefix without its separator names a folder, and `Public` is not `Publications`; `~` alone is before any name.
 *
 * QUIRK(hMailServer): the shared namespace without separator (hmailserver-public-folder.txt).
 * QUIRK(UW-imap): `~` and several personal namespaces, of which the first is the person's (uw-namespaces.txt).
 * QUIRK(Domino): a backslash as separator, `Inbox` as the inbox (domino-namespace.txt).
 * QUIRK(Yahoo Japan): no separator in NAMESPACE, one in LIST (yahoo-nil-delimiter.txt).
 */
function bounded({ prefix, delimiter }: Namespace): string {
  const open = prefix === '' || prefix === '~' || delimiter === null || prefix.endsWith(delimiter);
  return open ? prefix : prefix + delimiter;
}

/**
 * Whether the folder belongs to someone else or to all: it is listed, never read as this person's mail.
 *
 * QUIRK(Cyrus): the shared prefix may be empty (cyrus-shared-at-root.txt).
 */
export function isForeign(handle: string, naming: Naming): boolean {
  return naming.foreign.some((prefix) =>
    prefix === ''
      ? !sameMailbox(handle, 'INBOX') && !startsWithPrefix(handle, naming.prefix)
      : handle.startsWith(prefix) || handle === prefix.slice(0, -1),
  );
}

export function pathOf(
  handle: string,
  naming: Naming,
  delimiter: string | null = naming.delimiter,
): string[] {
  const { prefix } = naming;
  if (prefix === '' || !startsWithPrefix(handle, prefix)) return mailboxPath(handle, delimiter);
  return mailboxPath(handle.slice(prefix.length), delimiter);
}

/** `INBOX.` is spelled in any case by some servers (RFC 9051 §5.1 makes only INBOX itself so). */
function startsWithPrefix(handle: string, prefix: string): boolean {
  return (
    handle.length > prefix.length && handle.slice(0, prefix.length).toUpperCase() === prefix.toUpperCase()
  );
}

/** How far names are changed so that the target takes them. */
export type Caution = 'usual' | 'strict' | 'flat';

/** Longest segment in bytes on the wire: a file name of 255 less what Maildir and index files add. */
const SEGMENT_MAX_BYTES = 220;
/** Cyrus takes 490 bytes for the whole name with what it puts before it; others take more. */
const NAME_MAX_BYTES = 400;

/**
 * The target's name for a path. Reversible where names are short enough: a forbidden character is written as one that
 * looks like it (`․` for `.`, `∕` for `/`) or as `=XX` of its UTF-8 bytes, and what already looks so is escaped first.
 * Too long ones are cut and carry a digest of the whole.
 */
export function handleFor(path: readonly string[], naming: Naming, caution: Caution = 'usual'): string {
  if (isInboxPath(path)) return 'INBOX';
  const { prefix, delimiter } = naming;
  const inbox = path[0] === 'INBOX';
  const segments = inbox ? path.slice(1) : path;
  const names = segments.map((segment) => fit(segment, delimiter, caution));
  const root = inbox ? inboxRoot(naming) : prefix;
  const whole = delimiter === null ? null : root + names.join(delimiter);
  if (whole !== null && whole.length <= NAME_MAX_BYTES && caution !== 'flat') return whole;
  const last = fit(
    `${cut(segments.at(-1)!, 60)} ${mark(path.join('\0'))}`,
    delimiter,
    caution === 'usual' ? 'usual' : 'strict',
  );
  return prefix + last;
}

/** A second folder whose name differs from another one's in case or accents alone, kept apart by a mark of its own. */
export function apart(handle: string, path: readonly string[]): string {
  return `${handle} ${mark(path.join('\0'))}`;
}

/** What two names must not share: many servers and all people take such for one. */
export function fold(handle: string): string {
  return decodeMailboxName(handle).name.normalize('NFC').toLowerCase();
}

export function isInboxPath(path: readonly string[]): boolean {
  return path.length === 1 && path[0]!.toUpperCase() === 'INBOX';
}

function inboxRoot(naming: Naming): string {
  const own = naming.prefix.toUpperCase() === `INBOX${naming.delimiter ?? ''}`;
  return own ? naming.prefix : `INBOX${naming.delimiter ?? ''}`;
}

function fit(segment: string, delimiter: string | null, caution: Caution): string {
  const safe = encodeMailboxName(escaped(segment.normalize('NFC'), delimiter, caution !== 'usual'));
  if (safe.length <= SEGMENT_MAX_BYTES) return safe;
  const text = `${cut(segment, 40)} ${mark(segment)}`;
  return encodeMailboxName(escaped(text, delimiter, caution !== 'usual'));
}

const LOOK_ALIKE: Record<string, string> = { '.': '\u2024', '/': '\u2215' };
const NATURAL_LOOK_ALIKES = new Set(Object.values(LOOK_ALIKE));

function escaped(segment: string, delimiter: string | null, strict: boolean): string {
  if (segment === '') return '=';
  const points = [...segment];
  let out = '';
  points.forEach((point, at) => {
    const edge = at === 0 || at === points.length - 1;
    if (point === delimiter || point === '/') out += LOOK_ALIKE[point] ?? hex(point);
    else if (mustGo(point, at, edge, points, strict)) out += hex(point);
    else out += point;
  });
  return out === '.' || out === '..' ? [...out].map(hex).join('') : out;
}

function mustGo(
  point: string,
  at: number,
  edge: boolean,
  points: readonly string[],
  strict: boolean,
): boolean {
  if (NATURAL_LOOK_ALIKES.has(point)) return true;
  if (/^[\p{Cc}\p{Cs}\u2028\u2029]$/u.test(point)) return true;
  // LIST takes these two for wildcards (RFC 9051 §6.3.9); Cyrus refuses the first in names.
  if (point === '%' || point === '*') return true;
  // Cyrus takes `{10}` in a name it refuses for the head of a literal, and waits for ten bytes.
  if (point === '{') return true;
  if (point === '=')
    return points.length === 1 || /^[0-9A-F]{2}$/.test(points.slice(at + 1, at + 3).join(''));
  if (edge && /^\p{Z}$/u.test(point)) return true;
  if (at === 0 && point === '~') return true;
  // Courier refuses what modified UTF-7 writes as two halves.
  return strict && (point.length > 1 || (/^[!-~]$/.test(point) && !/^[\w\-(),+']$/.test(point)));
}

function hex(point: string): string {
  return [...Buffer.from(point)]
    .map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');
}

function cut(text: string, points: number): string {
  return [...text].slice(0, points).join('').trim();
}

function mark(text: string): string {
  return `=${createHash('sha256').update(text).digest('hex').slice(0, 8)}`;
}
