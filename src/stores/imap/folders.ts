/** What LIST, LSUB, NAMESPACE and STATUS tell, as folders. */
import { roleOf } from '../../mail/role.ts';
import { isTrouble, Trouble } from '../../trouble.ts';
import {
  type Connection,
  examine,
  list,
  listsSubscribed,
  lsub,
  type Mailbox,
  type MailboxStatus,
  namespace,
  type StatusItem,
  sameMailbox,
  status,
} from '../../wire/imap/index.ts';
import type { Folder } from '../entry.ts';
import { apart, isForeign, type Naming, namingOf, pathOf } from './names.ts';

export const STATUS_ITEMS: readonly StatusItem[] = ['UIDVALIDITY', 'UIDNEXT', 'MESSAGES', 'HIGHESTMODSEQ'];
/** STATUS commands under way at once where LIST does not carry them (RFC 5819 §1: each may cost the server a look). */
export const STATUS_AHEAD = 50;

/** LIST commands for one folder each, at most, where LIST of all is refused. */
const LEVELS_MAX = 5_000;

export interface Listing {
  folders: Folder[];
  naming: Naming;
  /** Folders that the server refuses to look below; what lies there is not among `folders`. */
  closed: readonly (readonly string[])[];
}

/** Everything in one round trip where the server has LIST-EXTENDED and LIST-STATUS; in two where it has not. */
export async function listFolders(conn: Connection, known: Naming | null): Promise<Listing> {
  const [spaces, listed, likes] = await Promise.all([
    known ? null : namespace(conn),
    unlessRefused(conn, list(conn, { status: STATUS_ITEMS })),
    listsSubscribed(conn) ? null : lsub(conn),
  ]);
  const { mailboxes, subscribed, whole, closed } =
    Array.isArray(listed) && listed.length > 0
      ? { mailboxes: listed, subscribed: likes, whole: true, closed: [] }
      : await listPlainly(conn);
  const naming =
    known ?? namingOf(spaces, mailboxes.find(({ delimiter }) => delimiter !== null)?.delimiter ?? null);
  const own = mailboxes.filter((mailbox) => isSelectable(mailbox) && !isForeign(mailbox.handle, naming));
  if (!whole || !listsStatus(conn)) await fillIn(conn, own);
  const liked = subscribed && new Set(subscribed.map(({ handle }) => handle));
  const folders = mailboxes.map((mailbox) => {
    const marked = has(mailbox, '\\Subscribed') || (liked?.has(mailbox.handle) ?? false);
    return toFolder(mailbox, naming, marked);
  });
  keepApart(folders);
  return {
    folders,
    naming,
    closed: closed.map((mailbox) => pathOf(mailbox.handle, naming, mailbox.delimiter)),
  };
}

/**
 * There is an INBOX always: a LIST with RETURN that tells nothing at all is one that the server does not mean.
 *
 * QUIRK(Strato): so with LIST-EXTENDED announced (strato-list-return.txt).
 * QUIRK(Zimbra): one mounted folder that is out of reach makes LIST of all fail (zimbra-list-failed.txt): then each level is
 * listed by itself, and what cannot be looked below is told. Where that is refused too, nothing can be listed.
 */
async function listPlainly(conn: Connection) {
  const [all, subscribed] = await Promise.all([unlessRefused(conn, list(conn, { plain: true })), lsub(conn)]);
  if (Array.isArray(all)) return { mailboxes: all, subscribed, whole: false, closed: [] };
  return { ...(await listByLevel(conn, all)), subscribed, whole: false };
}

/** `refused`: what LIST of all was told. */
async function listByLevel(
  conn: Connection,
  refused: Trouble,
): Promise<{ mailboxes: Mailbox[]; closed: Mailbox[] }> {
  const found = new Map<string, Mailbox>();
  const closed: Mailbox[] = [];
  const top = await unlessRefused(conn, list(conn, { plain: true, pattern: '%' }));
  if (!Array.isArray(top)) throw inEveryForm(refused);
  let level = top;
  for (let asked = 0; level.length > 0; ) {
    const fresh = level.filter(({ handle }) => !found.has(handle));
    for (const mailbox of fresh) found.set(mailbox.handle, mailbox);
    const parents = fresh.filter(mayHoldFolders);
    asked += parents.length;
    if (asked > LEVELS_MAX) throw inEveryForm(refused);
    level = [];
    for (let at = 0; at < parents.length; at += STATUS_AHEAD)
      await Promise.all(
        parents.slice(at, at + STATUS_AHEAD).map(async (parent) => {
          const pattern = `${parent.handle}${parent.delimiter}%`;
          const below = await unlessRefused(conn, list(conn, { plain: true, pattern }));
          if (Array.isArray(below)) level.push(...below);
          else closed.push(parent);
        }),
      );
  }
  return { mailboxes: [...found.values()], closed };
}

/** `\HasNoChildren` is not relied on: a server in this state may not know. */
function mayHoldFolders(mailbox: Mailbox): boolean {
  return mailbox.delimiter !== null && !has(mailbox, '\\Noinferiors');
}

function inEveryForm({ tried, on, answer = '' }: Trouble): Trouble {
  return new Trouble('refused', { tried, on, answer: `${answer} (to LIST in every form)` });
}

/** The Trouble in place of the folders where the server says no. */
async function unlessRefused(conn: Connection, folders: Promise<Mailbox[]>): Promise<Mailbox[] | Trouble> {
  try {
    return await folders;
  } catch (error) {
    if (!isTrouble(error, 'refused', 'missing') || conn.closed) throw error;
    return error;
  }
}

/** No mailbox anywhere has it. */
const NO_FOLDER = 'no folder has this name \u0026-';

/**
 * STATUS of the folder that is open tells what this session has seen of it, not what is there (RFC 9051 §6.3.11 warns of
 * it; Dovecot does so). Sent at once, so that what follows travels in the same write.
 */
export async function leaveFolder(conn: Connection): Promise<void> {
  if (conn.selected === null) return;
  conn.selected = null;
  const leaving = conn.has('UNSELECT')
    ? conn.run({ tried: 'open-folder', on: '', pieces: () => ['UNSELECT'], done: () => undefined })
    : // A SELECT that fails leaves no folder open (RFC 9051 §6.3.2); CLOSE would expunge.
      examine(conn, NO_FOLDER);
  // What matters of a failure the commands behind it tell.
  await leaving.then(
    () => undefined,
    () => undefined,
  );
}

/** Whether LIST carries the STATUS of each folder (RFC 5819). */
function listsStatus(conn: Connection): boolean {
  return conn.has('LIST-STATUS') || conn.has('IMAP4REV2');
}

async function fillIn(conn: Connection, mailboxes: readonly Mailbox[]): Promise<void> {
  for (let at = 0; at < mailboxes.length; at += STATUS_AHEAD) {
    await Promise.all(
      mailboxes.slice(at, at + STATUS_AHEAD).map(async (mailbox) => {
        mailbox.status = await statusOf(conn, mailbox.handle);
      }),
    );
  }
}

/** Null where the folder is listed and cannot be looked into. */
async function statusOf(conn: Connection, handle: string): Promise<MailboxStatus | null> {
  try {
    return await status(conn, handle, STATUS_ITEMS);
  } catch (error) {
    if (isTrouble(error, 'refused', 'missing')) return null;
    throw error;
  }
}

function toFolder(mailbox: Mailbox, naming: Naming, subscribed: boolean): Folder {
  const path = pathOf(mailbox.handle, naming, mailbox.delimiter);
  const foreign = isForeign(mailbox.handle, naming);
  const known = roleOf({ path, specialUse: mailbox.attributes, inboxPrefix: /^INBOX./i.test(naming.prefix) });
  return {
    path,
    handle: sameMailbox(mailbox.handle, 'INBOX') ? 'INBOX' : mailbox.handle,
    role: foreign ? null : (known?.role ?? null),
    roleBy: foreign ? null : (known?.by ?? null),
    selectable: isSelectable(mailbox) && !foreign,
    subscribed,
    messages: mailbox.status?.messages ?? null,
    state: stateOf(mailbox.status),
    position: positionOf(mailbox.status?.uidValidity ?? null, mailbox.status?.uidNext ?? null),
  };
}

/** All that `changes()` could tell moves one of these; without mod-sequences a changed flag would not (RFC 7162 §3.1.2). */
export function stateOf(status: MailboxStatus | null): string | null {
  if (!status) return null;
  const { uidValidity, uidNext, messages, highestModseq } = status;
  if (!uidValidity || !uidNext || messages === null || highestModseq === null || highestModseq === '0')
    return null;
  return `${uidValidity}.${uidNext}.${messages}.${highestModseq}`;
}

export function stateWhenOpened(opened: {
  uidValidity: number | null;
  uidNext: number | null;
  exists: number;
  highestModseq: string | null;
}): string | null {
  const { uidValidity, uidNext, exists, highestModseq } = opened;
  return stateOf({
    uidValidity,
    uidNext,
    messages: exists,
    highestModseq,
    unseen: null,
    size: null,
    appendLimit: null,
  });
}

export function positionOf(uidValidity: number | null, uidNext: number | null): string | null {
  return uidValidity && uidNext ? `${uidValidity}.${uidNext}` : null;
}

export function isSelectable(mailbox: Mailbox): boolean {
  return !has(mailbox, '\\Noselect') && !has(mailbox, '\\NonExistent');
}

function has(mailbox: Mailbox, attribute: string): boolean {
  return mailbox.attributes.some((each) => each.toLowerCase() === attribute.toLowerCase());
}

/** Two names that read alike (broken encodings, `INBOX.INBOX`) are two folders: the later one by handle gets a mark. */
function keepApart(folders: Folder[]): void {
  const seen = new Map<string, Folder>();
  const inOrder = [...folders].sort((a, b) => (a.handle === 'INBOX' ? -1 : a.handle < b.handle ? -1 : 1));
  for (const folder of inOrder) {
    const key = folder.path.join('\0');
    if (seen.has(key))
      folder.path = [...folder.path.slice(0, -1), apart(folder.path.at(-1)!, [folder.handle])];
    seen.set(folder.path.join('\0'), folder);
  }
}
