export interface Incoming {
  bytes: string | Uint8Array;
  /** In place of a fresh unique-id; several messages may have the same. */
  uid?: string;
  /** What LIST says in place of the size. */
  claimedSize?: number;
}

export interface Stored {
  bytes: Buffer;
  uid: string;
  claimedSize: number | null;
  /** RETR was done: what Dovecot and Courier call read. */
  retrieved: boolean;
}

/** The mailbox of one user. A session sees it as it was at the sign-in. */
export class Maildrop {
  readonly password: string;
  messages: Stored[] = [];
  /** One session at a time; another is told IN-USE. */
  exclusive = false;
  /** Messages that were retrieved are not shown to later sessions. */
  hidesRetrieved = false;
  sessions = 0;
  #uids = 0;

  constructor(password: string) {
    this.password = password;
  }

  add({ bytes, uid, claimedSize }: Incoming): Stored {
    const stored: Stored = {
      bytes: typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : Buffer.from(bytes),
      uid: uid ?? `00000${++this.#uids}.5f2a`,
      claimedSize: claimedSize ?? null,
      retrieved: false,
    };
    this.messages.push(stored);
    return stored;
  }

  /** Every message gets another unique-id. */
  renumber(): void {
    for (const message of this.messages) message.uid = `new${++this.#uids}`;
  }

  remove(message: Stored): void {
    this.messages = this.messages.filter((one) => one !== message);
  }
}
