/** A message as the server keeps it. */
export interface Stored {
  uid: number;
  flags: Set<string>;
  /** Milliseconds since 1970. */
  internalDate: number;
  bytes: Buffer;
  modseq: number;
  /** What RFC822.SIZE says; null: the truth. */
  claimedSize: number | null;
  gmail: { id: string; thread: string; labels: string[] } | null;
}

export interface Incoming {
  bytes: Uint8Array | string;
  flags?: readonly string[];
  internalDate?: number;
  claimedSize?: number;
  gmail?: { id: string; thread?: string; labels: string[] };
}

/** A mailbox in memory. Tests may change it at any moment, also while sessions have it open. */
export class Box {
  /** On the wire: modified UTF-7. */
  name: string;
  uidValidity: number;
  uidNext = 1;
  highestModseq = 1;
  messages: Stored[] = [];
  /** `\Sent` and the like. */
  use: string | null;
  subscribed = false;
  selectable = true;
  /** Null: every flag lasts and new keywords may be made. */
  permanentFlags: string[] | null = null;

  constructor(name: string, uidValidity: number, use: string | null = null) {
    this.name = name;
    this.uidValidity = uidValidity;
    this.use = use;
  }

  add(incoming: Incoming): Stored {
    const { bytes, flags, internalDate, claimedSize, gmail } = incoming;
    const stored: Stored = {
      uid: this.uidNext++,
      flags: new Set(flags ?? []),
      internalDate: internalDate ?? Math.floor(Date.now() / 1000) * 1000,
      bytes: typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : Buffer.from(bytes),
      modseq: ++this.highestModseq,
      claimedSize: claimedSize ?? null,
      gmail: gmail === undefined ? null : { thread: gmail.id, ...gmail },
    };
    this.messages.push(stored);
    return stored;
  }

  find(uid: number): Stored | undefined {
    return this.messages.find((message) => message.uid === uid);
  }

  /** As if another session expunged it. */
  remove(uid: number): void {
    this.messages = this.messages.filter((message) => message.uid !== uid);
    this.highestModseq++;
  }

  mark(message: Stored, flags: Iterable<string>): void {
    message.flags = new Set(flags);
    message.modseq = ++this.highestModseq;
  }

  /** As if the server lost its index: a new UIDVALIDITY and new UIDs. */
  renumber(): void {
    this.uidValidity++;
    this.uidNext = 1000;
    for (const message of this.messages) message.uid = this.uidNext++;
  }

  get bytes(): number {
    return this.messages.reduce((sum, message) => sum + message.bytes.length, 0);
  }
}

/** The mailboxes of one user. */
export class Account {
  readonly password: string;
  readonly boxes = new Map<string, Box>();
  readonly delimiter: string;
  quotaBytes: number | null;
  #validity = 1_000;

  constructor(password: string, delimiter: string, quotaBytes: number | null) {
    this.password = password;
    this.delimiter = delimiter;
    this.quotaBytes = quotaBytes;
    this.create('INBOX');
  }

  /** Whether two names that differ in case alone name one mailbox. */
  caseless = false;

  /** The mailbox of that wire name; INBOX in any case. */
  box(name: string): Box | undefined {
    const exact = this.boxes.get(name.toUpperCase() === 'INBOX' ? 'INBOX' : name);
    if (exact !== undefined || !this.caseless) return exact;
    return [...this.boxes.values()].find((box) => box.name.toLowerCase() === name.toLowerCase());
  }

  /** Makes it when it is not there. */
  create(name: string, use: string | null = null): Box {
    const known = this.box(name);
    if (known !== undefined) return known;
    const box = new Box(name, ++this.#validity, use);
    this.boxes.set(name, box);
    return box;
  }

  get bytes(): number {
    return [...this.boxes.values()].reduce((sum, box) => sum + box.bytes, 0);
  }
}
