/** What LIST and STATUS tell of a Gmail account: which of its folders are read, and which folders it is shown as. */
import { hash } from 'node:crypto';
import { type Role, roleOf } from '../../../mail/role.ts';
import {
  type Connection,
  decodeMailboxName,
  list,
  type Mailbox,
  type MailboxStatus,
  mailboxPath,
  sameMailbox,
  status,
} from '../../../wire/imap/index.ts';
import { Files, labelPath } from '../../google-filing.ts';
import { type Language, languageOf } from '../../google-language.ts';
import { type Kind, WORDS } from '../../google-words.ts';
import type { Aside, AsideBecause } from '../../source.ts';
import { isSelectable, STATUS_AHEAD, STATUS_ITEMS, stateOf } from '../folders.ts';

/** Which of the folders beside All Mail a person wants. */
export interface GmailChoice {
  spam: boolean;
  trash: boolean;
}

/** A folder of the server that is listed and read. */
export interface Physical {
  handle: string;
  /** For people. */
  name: string;
  /** The label that every message in it carries and X-GM-LABELS leaves out there; null for All Mail. */
  own: string | null;
  status: MailboxStatus;
}

/** A folder as the source shows it: messages are filed into it by their labels. */
export interface Shown {
  path: readonly string[];
  role: Role | null;
  selectable: boolean;
}

export interface View {
  physicals: Physical[];
  shown: Shown[];
  /** Index into `shown`, by path as JSON. */
  byPath: ReadonlyMap<string, number>;
  /** Handles of the labels that are shown in IMAP. */
  visible: ReadonlySet<string>;
  nameOf: (kind: Kind) => string;
  files: Files;
  /** Of everything that a listing could tell; empty where the server has no mod-sequences. */
  stamp: string;
  aside: Aside[];
}

/** What is what, and the label that every message in it carries. */
const SPECIAL: Partial<Record<Role, { kind: Special; label: string | null }>> = {
  all: { kind: 'all', label: null },
  junk: { kind: 'junk', label: '\\Junk' },
  trash: { kind: 'trash', label: '\\Trash' },
  drafts: { kind: 'drafts', label: '\\Draft' },
  sent: { kind: 'sent', label: '\\Sent' },
  flagged: { kind: 'starred', label: '\\Starred' },
  important: { kind: 'important', label: '\\Important' },
};
type Special = 'all' | 'junk' | 'trash' | 'drafts' | 'sent' | 'starred' | 'important' | 'chats';

/** "Limit IMAP folders to contain no more than this many messages", as the settings offer it. */
const IMAP_LIMITS: readonly number[] = [1_000, 2_000, 5_000, 10_000];

export async function viewAccount(conn: Connection, choice: GmailChoice): Promise<View> {
  const mailboxes = await list(conn);
  const special = new Map<Special, Mailbox>();
  const labels: Mailbox[] = [];
  for (const mailbox of mailboxes) {
    const kind = specialOf(mailbox);
    if (kind !== null) special.set(kind, special.get(kind) ?? mailbox);
    else if (!isGooglesRoot(mailbox)) labels.push(mailbox);
  }
  const read = readable(special, labels, choice);
  const counted = ['junk', 'trash', 'chats'].flatMap((kind) => special.get(kind as Special) ?? []);
  const told = new Map<string, MailboxStatus>();
  const asked = [...new Set([...read.map(({ mailbox }) => mailbox), ...counted])].filter(isSelectable);
  for (let at = 0; at < asked.length; at += STATUS_AHEAD)
    await Promise.all(
      asked.slice(at, at + STATUS_AHEAD).map(async ({ handle }) => {
        told.set(handle, await status(conn, handle, STATUS_ITEMS));
      }),
    );
  const language = languageOf(new Map([...special.values()].map((mailbox) => [lastName(mailbox), 1])));
  const nameOf = namesOf(language, special);
  const physicals = read.map(({ mailbox, own }) => {
    const { handle } = mailbox;
    return { handle, name: wholeName(mailbox), own, status: told.get(handle)! };
  });
  const visible = new Set(labels.filter(isSelectable).map(({ handle }) => handle));
  const files = new Files();
  const shown = showAll(labels, choice, files, nameOf);
  return {
    ...{ physicals, shown, visible, nameOf, files },
    byPath: new Map(shown.map(({ path }, n) => [JSON.stringify(path), n])),
    stamp: stampOf(physicals, mailboxes, choice),
    aside: asideOf(special, told, choice),
  };
}

/** What is read: All Mail, or where it is hidden every folder that is a view of it; spam and trash by choice. */
function readable(
  special: ReadonlyMap<Special, Mailbox>,
  labels: readonly Mailbox[],
  choice: GmailChoice,
): { mailbox: Mailbox; own: string | null }[] {
  const of = (kind: Special): { mailbox: Mailbox; own: string | null }[] => {
    const mailbox = special.get(kind);
    const own = Object.values(SPECIAL).find((each) => each.kind === kind)?.label ?? null;
    return mailbox && isSelectable(mailbox) ? [{ mailbox, own }] : [];
  };
  const views = (): { mailbox: Mailbox; own: string | null }[] => [
    ...labels.filter(isSelectable).map((mailbox) => ({ mailbox, own: mailbox.handle })),
    ...(['drafts', 'sent', 'starred', 'important'] as const).flatMap(of),
  ];
  const all = of('all');
  return [
    ...(all.length > 0 ? all : views()),
    ...(choice.spam ? of('junk') : []),
    ...(choice.trash ? of('trash') : []),
  ];
}

/** By its attribute; what lies in Google's own root by its name, too, in case something on the way took the attribute away. */
function specialOf(mailbox: Mailbox): Special | null {
  const path = mailboxPath(mailbox.handle, '/');
  const role = roleOf({ path, specialUse: mailbox.attributes });
  const isGoogles = isGooglesRoot(mailbox);
  const special = role && (role.by === 'store' || isGoogles) ? SPECIAL[role.role] : undefined;
  if (special !== undefined) return special.kind;
  return isGoogles && path.length > 1 && isChats(path.at(-1)!) ? 'chats' : null;
}

/** `[Gmail]` and what lies in it: no labels of people. */
function isGooglesRoot({ handle }: Mailbox): boolean {
  return /^\[(gmail|google mail)\](\/|$)/i.test(handle);
}

/** Chats are a folder without an attribute, by a name of the account's language. */
function isChats(name: string): boolean {
  return Object.values(WORDS).some((words) =>
    (words.chat ?? []).some((word) => word.toLowerCase() === name.toLowerCase()),
  );
}

function wholeName({ handle }: Mailbox): string {
  return decodeMailboxName(handle).name;
}

function lastName({ handle }: Mailbox): string {
  return mailboxPath(handle, '/').at(-1)!;
}

/** In the language of the account as an export would spell it; where that is unknown, as the folder is called. */
function namesOf(language: Language, special: ReadonlyMap<Special, Mailbox>): (kind: Kind) => string {
  return (kind) => {
    const mailbox = special.get(kind as Special);
    const word = language.wordFor(kind);
    if (word !== null) return word;
    if (mailbox) return lastName(mailbox);
    return kind === 'archived' ? language.archived : (WORDS.en?.[kind]?.[0] ?? kind);
  };
}

/** Every folder that a message can be filed into, empty ones included, each once. */
function showAll(
  labels: readonly Mailbox[],
  choice: GmailChoice,
  files: Files,
  nameOf: (kind: Kind) => string,
): Shown[] {
  const shown = new Map<string, Shown>();
  const show = (path: readonly string[], role: Role | null, selectable: boolean): void => {
    const key = JSON.stringify(path);
    const there = shown.get(key);
    if (there === undefined) shown.set(key, { path, role, selectable });
    else there.selectable ||= selectable;
  };
  const kinds: Kind[] = ['inbox', 'sent', 'drafts', 'archived'];
  if (choice.spam) kinds.push('junk');
  if (choice.trash) kinds.push('trash');
  for (const kind of kinds) {
    const { path, role } = files.place(kind, new Map([[kind, nameOf(kind)]]), nameOf('archived'));
    show(path, role, true);
  }
  for (const mailbox of labels) {
    if (sameMailbox(mailbox.handle, 'INBOX')) continue;
    show(labelPath(wholeName(mailbox)), null, isSelectable(mailbox));
  }
  return [...shown.values()];
}

/** A label that is renamed, shown or hidden changes it as a message does. */
function stampOf(physicals: readonly Physical[], mailboxes: readonly Mailbox[], choice: GmailChoice): string {
  const stamps = physicals.map(({ handle, status }) => [handle, stateOf(status)]);
  if (stamps.some(([, stamp]) => stamp === null)) return '';
  const names = mailboxes.map((mailbox) => [mailbox.handle, isSelectable(mailbox)]).sort();
  return hash('sha256', JSON.stringify([stamps, names, choice]), 'hex').slice(0, 32);
}

function asideOf(
  special: ReadonlyMap<Special, Mailbox>,
  told: ReadonlyMap<string, MailboxStatus>,
  choice: GmailChoice,
): Aside[] {
  const aside: Aside[] = [];
  const tell = (kind: Special, because: AsideBecause): void => {
    const mailbox = special.get(kind);
    const count = (mailbox && told.get(mailbox.handle)?.messages) ?? 0;
    if (mailbox && count > 0) aside.push({ path: `${wholeName(mailbox)} (${count})`, because });
  };
  if (!choice.spam) tell('junk', 'spam');
  if (!choice.trash) tell('trash', 'trash');
  tell('chats', 'chats');
  const all = special.get('all');
  const count = (all && told.get(all.handle)?.messages) ?? 0;
  if (!all) aside.push({ path: '[Gmail]/All Mail', because: 'all-mail-hidden' });
  // What lies beyond is not seen, and not counted.
  else if (IMAP_LIMITS.includes(count))
    aside.push({ path: `${wholeName(all)} (> ${count})`, because: 'imap-limit' });
  return aside;
}
