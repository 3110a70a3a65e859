import { type Account, Box, type Stored } from './mailbox.ts';

/**
 * An account as Gmail shows it by IMAP ("Gmail IMAP Extensions", developers.google.com): one store of messages, and folders
 * that are views of it. All Mail holds everything but spam, trash and chats; a label's folder holds what carries the label, and
 * its X-GM-LABELS leave that label out. Each folder numbers its messages for itself; a label given or taken is a new
 * mod-sequence in every folder the message lies in.
 */

/** What imap.gmail.com announces once signed in, less COMPRESS, which this server does not do. */
export const GMAIL_CAPABILITIES: readonly string[] = [
  ...[
    'IMAP4rev1',
    'SASL-IR',
    'AUTH=PLAIN',
    'UNSELECT',
    'IDLE',
    'NAMESPACE',
    'QUOTA',
    'ID',
    'XLIST',
    'CHILDREN',
  ],
  ...['X-GM-EXT-1', 'UIDPLUS', 'ENABLE', 'MOVE', 'CONDSTORE', 'ESEARCH', 'UTF8=ACCEPT', 'LIST-EXTENDED'],
  ...['LIST-STATUS', 'LITERAL-', 'SPECIAL-USE', 'APPENDLIMIT=35651584'],
];

export const GMAIL_NAMES = {
  en: {
    ...{
      root: '[Gmail]',
      all: 'All Mail',
      junk: 'Spam',
      trash: 'Trash',
      drafts: 'Drafts',
      sent: 'Sent Mail',
    },
    ...{ starred: 'Starred', important: 'Important', chats: 'Chats' },
  },
  fr: {
    ...{ root: '[Gmail]', all: 'Tous les messages', junk: 'Spam', trash: 'Corbeille', drafts: 'Brouillons' },
    ...{ sent: 'Messages envoyés', starred: 'Suivis', important: 'Important', chats: 'Chats' },
  },
  /** German accounts of the time when the name was somebody else's. */
  de: {
    ...{
      root: '[Google Mail]',
      all: 'Alle Nachrichten',
      junk: 'Spam',
      trash: 'Papierkorb',
      drafts: 'Entwürfe',
    },
    ...{ sent: 'Gesendet', starred: 'Markiert', important: 'Wichtig', chats: 'Chats' },
  },
};

type Names = (typeof GMAIL_NAMES)['en'];
type Special = Exclude<keyof Names, 'root'>;

const USES: Record<Special, string | null> = {
  ...{ all: '\\All', junk: '\\Junk', trash: '\\Trash', drafts: '\\Drafts', sent: '\\Sent' },
  ...{ starred: '\\Flagged', important: '\\Important', chats: null },
};
const SYSTEM: Partial<Record<Special, string>> = {
  ...{ drafts: '\\Draft', sent: '\\Sent', starred: '\\Starred', important: '\\Important' },
};

export interface GmailMail {
  bytes: Uint8Array | string;
  /** `\Inbox`, `\Sent`, `\Draft`, `\Starred`, `\Important`, and those of people in plain text, `/` between the levels. */
  labels?: readonly string[];
  flags?: readonly string[];
  internalDate?: number;
  id?: string;
  where?: Where;
  /** What RFC822.SIZE says; left out: the truth. */
  claimedSize?: number;
}

type Where = 'all' | 'junk' | 'trash' | 'chats';

export interface GmailMessage {
  readonly id: string;
  labels: readonly string[];
  flags: readonly string[];
  where: Where;
  readonly mail: GmailMail;
  /** By folder. */
  readonly copies: Map<Box, Stored>;
}

export class Gmail {
  readonly messages: GmailMessage[] = [];
  readonly #account: Account;
  readonly #special = new Map<Special, Box>();
  /** By plain name. */
  readonly #labels = new Map<string, Box>();
  readonly #hidden: ReadonlySet<string>;
  #id = 1_278_455_344_230_334_865n;

  /** `hide`: "Show in IMAP" is off for these: names of `Special`, or labels. */
  constructor(account: Account, options: { names?: Names; hide?: readonly string[] } = {}) {
    const { names = GMAIL_NAMES.en, hide = [] } = options;
    this.#account = account;
    this.#hidden = new Set(hide);
    account.create(names.root).selectable = false;
    for (const special of Object.keys(USES) as Special[]) {
      const name = `${names.root}/${utf7(names[special])}`;
      const box = this.#hidden.has(special) ? new Box(name, 1) : account.create(name, USES[special]);
      this.#special.set(special, box);
    }
  }

  folder(special: Special): Box {
    return this.#special.get(special)!;
  }

  /** The folder of a label, made when absent; those above it are there to hold it. */
  label(name: string): Box {
    let box = this.#labels.get(name);
    if (box !== undefined) return box;
    const levels = name.split('/');
    for (let n = 1; n < levels.length; n += 1) {
      const above = levels.slice(0, n).join('/');
      if (this.#account.box(utf7(above)) === undefined) this.#account.create(utf7(above)).selectable = false;
    }
    box = this.#hidden.has(name) ? new Box(utf7(name), 1) : this.#account.create(utf7(name));
    box.selectable = true;
    this.#labels.set(name, box);
    return box;
  }

  deliver(mail: GmailMail): GmailMessage {
    const message: GmailMessage = {
      ...{ id: mail.id ?? `${this.#id++}`, labels: mail.labels ?? [], flags: mail.flags ?? [] },
      ...{ where: mail.where ?? 'all', mail, copies: new Map() },
    };
    this.messages.push(message);
    this.#show(message);
    return message;
  }

  find(id: string): GmailMessage {
    return this.messages.find((message) => message.id === id)!;
  }

  relabel(message: GmailMessage, labels: readonly string[]): void {
    message.labels = labels;
    this.#show(message);
  }

  /** The worst that could be: no message gets a new mod-sequence by it. */
  rename(from: string, to: string): void {
    const box = this.label(from);
    this.#account.boxes.delete(box.name);
    box.name = utf7(to);
    this.#account.boxes.set(box.name, box);
    this.#labels.delete(from);
    this.#labels.set(to, box);
    for (const message of this.messages) {
      message.labels = message.labels.map((label) => (label === from ? to : label));
      for (const { gmail } of message.copies.values())
        gmail!.labels = gmail!.labels.map((label) => (label === utf7(from) ? utf7(to) : label));
    }
  }

  flag(message: GmailMessage, flags: readonly string[]): void {
    message.flags = flags;
    this.#show(message);
  }

  /** Into spam or trash, or out of them. */
  move(message: GmailMessage, where: Where): void {
    message.where = where;
    this.#show(message);
  }

  /** For good. */
  remove(message: GmailMessage): void {
    this.messages.splice(this.messages.indexOf(message), 1);
    for (const [box, { uid }] of message.copies) box.remove(uid);
  }

  #show(message: GmailMessage): void {
    const views = this.#viewsOf(message);
    for (const [box, { uid }] of message.copies)
      if (!views.has(box)) {
        box.remove(uid);
        message.copies.delete(box);
      }
    const starred = message.flags.includes('\\Flagged') && !message.labels.includes('\\Starred');
    const all = starred ? [...message.labels, '\\Starred'] : message.labels;
    for (const [box, own] of views) {
      const labels = all
        .filter((label) => label !== own)
        .map((label) => (label[0] === '\\' ? label : utf7(label)));
      const gmail = { id: message.id, thread: message.id, labels };
      const copy = message.copies.get(box);
      if (copy === undefined) {
        const { bytes, internalDate, claimedSize } = message.mail;
        const more = {
          ...(internalDate === undefined ? {} : { internalDate }),
          ...(claimedSize === undefined ? {} : { claimedSize }),
        };
        message.copies.set(box, box.add({ bytes, flags: message.flags, gmail, ...more }));
      } else {
        copy.gmail = gmail;
        box.mark(copy, message.flags);
      }
    }
  }

  /** The folders it lies in, each with the label that it stands for. */
  #viewsOf({ where, labels, flags }: GmailMessage): Map<Box, string> {
    if (where !== 'all') return new Map([[this.folder(where), '']]);
    const views = new Map([[this.folder('all'), '']]);
    for (const [special, label] of Object.entries(SYSTEM))
      if (labels.includes(label)) views.set(this.folder(special as Special), label);
    if (flags.includes('\\Flagged')) views.set(this.folder('starred'), '\\Starred');
    if (labels.includes('\\Inbox')) views.set(this.#account.create('INBOX'), '\\Inbox');
    for (const label of labels) if (label[0] !== '\\') views.set(this.label(label), label);
    return views;
  }
}

/** Modified UTF-7 (RFC 3501 §5.1.3). */
function utf7(name: string): string {
  return name.replaceAll('&', '&-').replace(/[^\x20-\x7e]+/g, (run) => {
    const bytes = Buffer.from(run, 'utf16le').swap16();
    return `&${bytes.toString('base64').replace(/=+$/, '').replaceAll('/', ',')}-`;
  });
}

/** A label as Google sends it: system labels and those with spaces in quotes, plain ones without, the rest as a literal. */
export function labelOnWire(label: string): string {
  if (/^[A-Za-z0-9_\-./&,+]+$/.test(label)) return label;
  if (/^[\x20-\x7e]*$/.test(label)) return `"${label.replace(/[\\"]/g, '\\$&')}"`;
  return `{${label.length}}\r\n${label}`;
}
