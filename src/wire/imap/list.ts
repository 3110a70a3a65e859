import { Trouble } from '../../trouble.ts';
import { astring, type Part, spell } from './command.ts';
import type { Connection } from './connection.ts';
import { isInbox } from './mailbox-name.ts';
import type { Cursor, Untagged } from './parser.ts';
import { knownItems, type MailboxStatus, readMailboxStatus, type StatusItem } from './status.ts';

export interface Mailbox {
  handle: string;
  delimiter: string | null;
  /** As sent, e.g. `\HasNoChildren`, `\Sent`, `\Subscribed`. */
  attributes: readonly string[];
  /** When the listing carried it (LIST-STATUS, RFC 5819). */
  status: MailboxStatus | null;
}

export interface ListOptions {
  /** A handle; empty by default. */
  reference?: string;
  /** `*` by default. */
  pattern?: string;
  /** Asked for with the listing where the server can, else every `status` is null. */
  status?: readonly StatusItem[];
  /** Without RETURN, whatever the server announces. */
  plain?: boolean;
}

/**
 * LIST (RFC 9051 §6.3.9) with as much of RETURN (SPECIAL-USE SUBSCRIBED STATUS …) as the server offers (RFC 5258, 6154,
 * 5819); plain LIST otherwise. Each mailbox once, in the server's order. Throws `malformed` above 100,000 of them.
 */
export async function list(conn: Connection, options: ListOptions = {}): Promise<Mailbox[]> {
  const returns = options.plain ? '' : returnOptions(conn, options.status ?? []);
  const parts: Part[] = [
    'LIST ',
    astring(options.reference ?? ''),
    ' ',
    astring(options.pattern ?? '*'),
    returns,
  ];
  const found = new Map<string, Mailbox>();
  return conn.run({
    tried: 'list-folders',
    on: '',
    pieces: (rules) => spell(parts, rules),
    data: (data) => {
      if (data.name === 'LIST') collect(conn, found, readMailbox(data));
      else if (data.name === 'STATUS' && returns.includes('STATUS')) {
        const { handle, status } = readMailboxStatus(data);
        const mailbox = found.get(key(handle));
        if (mailbox !== undefined) mailbox.status = status;
      } else return false;
      return true;
    },
    done: () => [...found.values()],
  });
}

/** Whether LIST tells subscriptions; otherwise LSUB does. */
export function listsSubscribed(conn: Connection): boolean {
  return conn.has('LIST-EXTENDED') || conn.has('IMAP4REV2');
}

/** `(attributes) "delimiter" name`, as in LIST and LSUB. */
export function readMailbox(data: Untagged): Mailbox {
  const cursor = data.cursor();
  const attributes = cursor.words();
  cursor.space();
  const delimiter = cursor.nstring();
  cursor.space();
  const handle = /[\x00-\x1f\x7f]/.test(unquoted(cursor)) ? cursor.rest() : cursor.astring();
  return { handle, delimiter: delimiter === '' ? null : delimiter, attributes, status: null };
}

/**
 * A name that stands there without quotes, to the end of the line; empty where it is quoted or a literal.
 *
 * QUIRK(Exchange): so with spaces in it, when there are control characters too (exchange-tab-in-name.txt).
 */
function unquoted(cursor: Cursor): string {
  if (cursor.peek() === 34 || cursor.atLiteral()) return '';
  return cursor.bytes.toString('latin1', cursor.at, cursor.end);
}

export function collect(conn: Connection, found: Map<string, Mailbox>, mailbox: Mailbox): void {
  if (found.size >= conn.limits.mailboxes) {
    const answer = `more than ${conn.limits.mailboxes} folders`;
    throw new Trouble('malformed', { tried: 'list-folders', on: conn.name, answer });
  }
  const known = found.get(key(mailbox.handle));
  if (known === undefined) found.set(key(mailbox.handle), mailbox);
  else known.attributes = [...new Set([...known.attributes, ...mailbox.attributes])];
}

function key(handle: string): string {
  return isInbox(handle) ? 'INBOX' : handle;
}

function returnOptions(conn: Connection, items: readonly StatusItem[]): string {
  const extended = listsSubscribed(conn);
  const options: string[] = [];
  if (extended) options.push('SUBSCRIBED', 'CHILDREN');
  if (conn.has('SPECIAL-USE') && extended) options.push('SPECIAL-USE');
  const known = knownItems(conn, items);
  if (known.length > 0 && (conn.has('LIST-STATUS') || conn.has('IMAP4REV2')))
    options.push(`STATUS (${known.join(' ')})`);
  return options.length === 0 ? '' : ` RETURN (${options.join(' ')})`;
}
