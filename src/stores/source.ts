import type { RebuildNote } from '../mail/rebuild-note.ts';
import type { Change, Entry, Folder } from './entry.ts';
import type { Hold } from './hold.ts';

/** A message that was read: its listing as it was at the moment of reading, and what the hold made of its bytes. */
export interface Received<B> {
  is: 'received';
  key: string;
  /** As seen when the bytes were read, where the store tells it in the same breath; else null. */
  marks: readonly string[] | null;
  receivedAt: number | null;
  body: B;
  /** What was lost or made up in `bytes: 'rebuilt'`, none twice, the same each time. Left out: nothing. */
  notes?: readonly RebuildNote[];
}

/** What goes into a `Received` of a message that was built again. */
export function noted(notes: readonly RebuildNote[]): Pick<Received<never>, 'notes'> {
  return notes.length === 0 ? {} : { notes };
}

/** A message that could not be read; `trouble` is of kind `missing`, `refused` or `malformed`. */
export interface Unread {
  is: 'unread';
  key: string;
  trouble: import('../trouble.ts').Trouble;
}

/**
 * What can be read. Laws (each has a test in `source.suite.ts`):
 *
 * - Reading leaves no trace: no mark set, nothing deleted, nothing moved, ever.
 * - `read` answers each key asked for exactly once, as `received` or `unread`, in any order. A server that leaves one
 *   out in silence makes it `unread` (`missing`).
 * - A body is whole or it is not given: a cut in the middle is a Trouble `lost`, thrown; what was answered stays answered.
 * - The bytes are the store's own, to the byte.
 * - Any method may be called while others run; the store queues what its connections cannot take.
 * - Every method throws only `Trouble` (`lost`, `busy`, `denied`, `refused`, `missing`, `malformed`); the promise of every
 *   wait ends within the limits of the store.
 * - Ending an iteration early (`break`) frees what it held; the store stays usable.
 * - After `close()` nothing is left open. Twice is once.
 */
export interface Reader {
  /** For people and for the ledger: the address without secrets, e.g. `imap://marie@mail.example:143/`. */
  readonly name: string;
  /**
   * Connects ahead of need; with `much`, all that may be open at once. What fails is told by the method that needs it. Left
   * out: there is nothing to be got ready.
   */
  ready?(much: boolean): void;
  folders(): Promise<Folder[]>;
  /** What lies in the folder now; with `since` (a `Folder.position`), only what came at or after that position. */
  entries(folder: Folder, since?: string | null): AsyncIterable<Entry>;
  /** `keys` in the order in which the store listed them reads fastest. */
  read<B>(folder: Folder, keys: readonly string[], hold: Hold<B>): AsyncIterable<Received<B> | Unread>;
  close(): Promise<void>;
}

/** What differs between sources and matters to the engine; each is held to it by a test of the suite. */
export interface SourceTraits {
  /** `original`: the bytes as they were delivered; `rebuilt`: made again from properties (PST): original beats rebuilt. */
  bytes: 'original' | 'rebuilt';
  /**
   * `local`: files that hold LF where a message has CRLF, by the convention of their format (mbox, Maildir, eml). A target
   * that wants CRLF is then given CRLF, and that is no alteration. Left out: the bytes are as on the wire.
   */
  lineEnds?: 'local';
  /** False where the source has no marks (POP3): then marks are unknown, not "unread". */
  marks: boolean;
  /** False where it shows no folders but the inbox (POP3): where its messages were filed is unknown. Left out: it does. */
  folders?: false;
  /** How many `read` calls at once are worth it. */
  lanes: number;
}

/**
 * A place where a person's mail lies today. Further laws:
 *
 * - `changes(folder, null)` tells every message; the last thing told is a checkpoint. `changes(folder, checkpoint)` tells
 *   what differs since: told twice never, forgotten never. With nothing new it tells only the checkpoint.
 * - A checkpoint that the store no longer understands is a `reset`, never a guess.
 * - What lies in the source and is no message is told, never dropped in silence.
 * - Where `folder.state` is not null and equals the state the folder had when `changes` was last told to its end, there is
 *   nothing new to tell. (The checkpoint itself may hold more than the state; the engine keeps both.)
 */
export interface Source extends Reader {
  readonly traits: SourceTraits;
  changes(folder: Folder, since: string | null): AsyncIterable<Change>;
  /** What the last `folders()` met and did not take for mail: stores that read files. Left out: there is no such thing. */
  aside?(): readonly Aside[];
  /** What the server says of itself, once we are signed in. Left out: there is no server. Leaves no trace there. */
  server?(): Promise<ServerTold>;
}

/** A server in its own words. */
export interface ServerTold {
  speaks: 'imap' | 'pop3';
  /** Its product and version, or how it greets; null: it hides that. */
  name: string | null;
  /** As it spells them, sorted: `UIDPLUS`, `APPENDLIMIT=35651584`; of POP3 with what follows each: `EXPIRE 30`. */
  capabilities: readonly string[];
}

/** Something that lies in a source and is no message. */
export interface Aside {
  /** For people: its path below the source. */
  path: string;
  because: AsideBecause;
  /** How many lie in it, where it is a folder and that is known. */
  items?: number;
}

/**
 * A closed list: each has its words in every language. `index`: of a mail program, without mail. `other-store`: mail that a source of another kind reads. `no-reader`:
 * mail in a form that no source reads. `too-many`: there are more than are named one by one.
 */
export type AsideBecause =
  | 'no-mbox'
  | 'no-message'
  /** An item of Outlook that is something else: a contact, an appointment, a task, a note. */
  | 'no-mail'
  | 'chats'
  /** Of a Gmail account: left by choice. */
  | 'spam'
  | 'trash'
  /** Not shown in IMAP by the account's settings: what no other folder shows cannot be seen. */
  | 'all-mail-hidden'
  /** It holds as many messages as the account's settings may have limited it to. */
  | 'imap-limit'
  | 'no-file'
  | 'symbolic-link'
  | 'too-deep'
  | 'unreadable'
  | 'hidden'
  | 'index'
  | 'other-store'
  | 'no-reader'
  | 'too-many'
  /** Of files in archives. An archive inside another. */
  | 'nested'
  | 'encrypted'
  /** Its name leads out of the archive. */
  | 'unsafe-name'
  /** It would grow beyond all measure. */
  | 'overgrown'
  /** Of an export in numbered parts: it is not there, though a later one is. */
  | 'part-missing';
