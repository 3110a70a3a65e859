/**
 * The signatures of the IMAP client (RFC 3501, RFC 9051). A mailbox is named everywhere by its *handle*: the very bytes
 * of the name on the wire, one character per byte (Latin-1), modified UTF-7 still in it.
 */

/** Where bodies are poured; `Hold` of stores/hold.ts fits. */
export interface BodySink<B> {
  write(piece: Uint8Array): void;
  end(): B;
  abort(): void;
}
export interface BodyHold<B> {
  begin(sizeHint: number): BodySink<B>;
}

export type Security = 'tls' | 'starttls' | 'none';
export type Auth =
  | { by: 'password'; user: string; password: string; actAs?: string }
  | { by: 'xoauth2'; user: string; token: string };

export interface ConnectOptions {
  host: string;
  port: number;
  security: Security;
  /** When given, `connect` signs in as well, and the capabilities are those after the sign-in. */
  auth?: Auth;
  /** SHA-256 of the server's certificate, hex, colons allowed: accepts exactly this one in place of a chain of trust. */
  pinnedFingerprint?: string | null;
  /** DER/PEM roots in place of the system's (tests, private authorities). */
  ca?: string | Uint8Array;
  /** COMPRESS=DEFLATE when offered; off by default (it costs the server more than it gives). */
  compress?: boolean;
  /** ID fields to send after the sign-in when the server offers ID; null sends none. */
  id?: Readonly<Record<string, string>> | null;
  limits?: Partial<Limits>;
}
export interface Limits {
  connectMs: number;
  silenceMs: number;
  appendSilenceMs: number;
  lineBytes: number;
  literalBytes: number;
  bodyBytes: number;
  [name: string]: number;
}

/** Throws `lost`, `denied`, `busy`, `malformed`, `refused`. */
export declare function connect(options: ConnectOptions): Promise<Connection>;

export interface Connection {
  /** `imap://user@host:port/`, no secret. */
  readonly name: string;
  /** After the sign-in; names in upper case, `AUTH=PLAIN` style as sent. */
  readonly capabilities: ReadonlySet<string>;
  has(capability: string): boolean;
  /** APPENDLIMIT=n of the capabilities (RFC 7889), bytes. */
  readonly appendLimit: number | null;
  /** What the last SELECT or EXAMINE that was answered opened. */
  readonly selected: Selected | null;
  readonly closed: boolean;
  /** Resolves when the socket is gone. */
  readonly gone: Promise<void>;
  /** Ends the connection at once; running commands fail with `lost`. Twice is once. */
  destroy(): void;
}

export declare function capability(conn: Connection): Promise<ReadonlySet<string>>;
export declare function signIn(conn: Connection, auth: Auth): Promise<void>;
export declare function id(conn: Connection, fields: Readonly<Record<string, string>> | null): Promise<Record<string, string> | null>;
export declare function enable(conn: Connection, extensions: readonly string[]): Promise<string[]>;
export declare function noop(conn: Connection): Promise<void>;
export declare function logout(conn: Connection): Promise<void>;

export interface Namespace {
  prefix: string;
  delimiter: string | null;
}
/** Null when the server has no NAMESPACE. */
export declare function namespace(
  conn: Connection,
): Promise<{ personal: Namespace[]; others: Namespace[]; shared: Namespace[] } | null>;

export interface Mailbox {
  handle: string;
  delimiter: string | null;
  /** As sent, e.g. `\HasNoChildren`, `\Sent`, `\Subscribed`. */
  attributes: readonly string[];
  /** When the listing carried it (RFC 5819). */
  status: MailboxStatus | null;
}
export type StatusItem =
  | 'MESSAGES'
  | 'UIDNEXT'
  | 'UIDVALIDITY'
  | 'UNSEEN'
  | 'HIGHESTMODSEQ'
  | 'SIZE'
  | 'APPENDLIMIT';
export interface MailboxStatus {
  messages: number | null;
  uidNext: number | null;
  uidValidity: number | null;
  unseen: number | null;
  /** Decimal text: may exceed 2^53. */
  highestModseq: string | null;
  size: number | null;
  appendLimit: number | null;
}
/** Uses LIST … RETURN where the server can (asks no more than it offers); `status` is null where it cannot. */
export declare function list(
  conn: Connection,
  options?: { reference?: string; pattern?: string; status?: readonly StatusItem[] },
): Promise<Mailbox[]>;
export declare function lsub(conn: Connection, options?: { reference?: string; pattern?: string }): Promise<Mailbox[]>;
export declare function subscribe(conn: Connection, handle: string): Promise<void>;
export declare function unsubscribe(conn: Connection, handle: string): Promise<void>;
export declare function status(conn: Connection, handle: string, items: readonly StatusItem[]): Promise<MailboxStatus>;

export interface Selected {
  handle: string;
  readOnly: boolean;
  exists: number;
  /** Null when the server has none (then UIDs do not last). */
  uidValidity: number | null;
  uidNext: number | null;
  highestModseq: string | null;
  flags: readonly string[];
  /** Null when not told: all flags last (RFC 9051 §7.1). `\*` stands for new keywords. */
  permanentFlags: readonly string[] | null;
}
/** `missing` when it is not there. Sent at once: FETCHes sent right behind it travel in the same write. */
export declare function examine(conn: Connection, handle: string): Promise<Selected>;
export declare function select(conn: Connection, handle: string): Promise<Selected>;

export interface Fetched<B> {
  uid: number;
  /** Without `\Recent`, sorted; shared between messages, do not change. Null when not told. */
  flags: readonly string[] | null;
  /** Milliseconds since 1970; null when not told or unreadable. */
  internalDate: number | null;
  size: number | null;
  modseq: string | null;
  gmail: Gmail | null;
  /** Null when the server answered NIL. */
  body: B | null;
}
export interface Gmail {
  messageId: string | null;
  threadId: string | null;
  /** Handles, as sent; `\Inbox` and the like included. */
  labels: readonly string[];
}
/** Back-pressure: a slow consumer stops the socket. Consume in the order of sending. `break` gives everything back. */
export interface Flow<T> extends AsyncIterable<T> {
  /** All that is there, at least one; null at the end. Quicker than one by one. */
  take(): Promise<T[] | null>;
}
export declare function fetchMessages<B>(
  conn: Connection,
  uidSet: string,
  hold: BodyHold<B>,
  options?: { part?: 'body' | 'header'; size?: boolean; gmail?: boolean },
): Flow<Fetched<B>>;
/** Rows of UID, FLAGS, INTERNALDATE, RFC822.SIZE in batches of about 500. */
export declare function fetchListing(
  conn: Connection,
  uidSet: string,
  options?: { changedSince?: string; gmail?: boolean; flagsOnly?: boolean },
): AsyncIterable<Fetched<null>[]>;

/** `criteria` in the server's words, e.g. `UID 5:*`, `ALL`, `HEADER MESSAGE-ID` + string parts via `{ text }`. */
export declare function search(
  conn: Connection,
  criteria: readonly (string | { text: string })[],
): Promise<number[]>;

export interface AppendMessage {
  flags: readonly string[];
  /** Milliseconds; null lets the server take now. */
  internalDate: number | null;
  size: number;
  chunks(): Iterable<Uint8Array>;
}
export interface AppendUid {
  uidValidity: number;
  /** In the order of the messages. */
  uids: number[];
}
/**
 * One APPEND, or one MULTIAPPEND when more than one is given (needs `has('MULTIAPPEND')`). Null: landed, uid not told.
 * Sent at once: many may be in flight. Throws `refused` (nothing stored), `full`, `missing` (TRYCREATE), `busy`, `lost` (uncertain).
 */
export declare function append(
  conn: Connection,
  handle: string,
  messages: readonly AppendMessage[],
): Promise<AppendUid | null>;
/** `use`: special use for CREATE-SPECIAL-USE (RFC 6154 §3), sent only when offered. Already there: no error. */
export declare function create(conn: Connection, handle: string, options?: { use?: string }): Promise<void>;
/** Answers the UIDs the server confirmed flags for (`.SILENT` is not used). */
export declare function store(
  conn: Connection,
  uidSet: string,
  how: 'add' | 'remove' | 'replace',
  flags: readonly string[],
): Promise<Map<number, readonly string[]>>;
export interface CopyUid {
  uidValidity: number;
  from: number[];
  to: number[];
}
export declare function copy(conn: Connection, uidSet: string, handle: string): Promise<CopyUid | null>;
export declare function move(conn: Connection, uidSet: string, handle: string): Promise<CopyUid | null>;
/** UID EXPUNGE (RFC 4315 §2.1) of messages already `\Deleted`; `refused` without UIDPLUS. */
export declare function expunge(conn: Connection, uidSet: string): Promise<void>;
/** STORAGE of the mailbox's root in bytes; null when there is no quota or no QUOTA. */
export declare function quota(
  conn: Connection,
  handle: string,
): Promise<{ usedBytes: number; limitBytes: number } | null>;

/** Unicode → handle (RFC 3501 §5.1.3). */
export declare function encodeMailboxName(name: string): string;
/** Handle → what people see; `exact` is false when the name was not modified UTF-7 and cannot be encoded back. */
export declare function decodeMailboxName(handle: string): { name: string; exact: boolean };
/** Segments as people see them; `INBOX` in any case is `['INBOX']`. */
export declare function mailboxPath(handle: string, delimiter: string | null): string[];
/** Sorted or not → `1:3,7`. */
export declare function uidSet(uids: Iterable<number>): string;
export declare function parseUidSet(text: string, max?: number): number[];
