import type { Role } from '../mail/role.ts';

/**
 * A place in a store that holds messages. `path` is what people see: Unicode segments, root first, never joined by
 * a separator that a segment could contain. The inbox is always `['INBOX']`.
 */
export interface Folder {
  path: readonly string[];
  /** The store's own name for it, to be given back to the store as it is; unique in the store. */
  handle: string;
  role: Role | null;
  /** How the role is known: the store said so (RFC 6154), or its name is in our table. */
  roleBy: 'store' | 'name' | null;
  /** False for a folder that only holds folders (`\Noselect`): listed, never read. */
  selectable: boolean;
  subscribed: boolean;
  /** Messages in it, when the listing already told. */
  messages: number | null;
  /**
   * A stamp of everything that `changes()` could tell. Equal to the one seen before the last `changes()` means: nothing
   * changed, no need to open the folder. `null` when the store cannot promise that cheaply.
   */
  state: string | null;
  /**
   * Targets: where the next message will land (IMAP: `UIDVALIDITY.UIDNEXT`), to be given to `entries(folder, since)`.
   * `null` when the store has no such thing: then `entries()` tells everything.
   */
  position: string | null;
}

/**
 * A message as its store lists it: everything but the bytes.
 */
export interface Entry {
  /** Names the message inside its folder for good: a new key is a new message or a renumbered one. IMAP: `UIDVALIDITY.UID`. */
  key: string;
  /** `\Seen`, `\Flagged`, `\Answered`, `\Draft`, `\Deleted` and keywords, as IMAP spells them; never `\Recent`. Sorted. */
  marks: readonly string[];
  /** Arrival (IMAP INTERNALDATE), milliseconds since 1970 in whole seconds; null when the store knows none. */
  receivedAt: number | null;
  /** In bytes; a hint for progress and grouping only. Servers lie about it. */
  size: number;
  /** Stores where one message lies in several folders at once (Gmail labels): the others, as paths. */
  alsoIn?: readonly (readonly string[])[];
}

/** What a store tells of a folder since a checkpoint, in order. */
export type Change =
  /** The folder was renumbered (UIDVALIDITY) or the checkpoint is unknown: every key told before is void. Comes first. */
  | { is: 'reset' }
  /** A message not told before. */
  | { is: 'entry'; entry: Entry }
  /** A message told before now has these marks (all of them, not the difference). */
  | { is: 'marks'; key: string; marks: readonly string[] }
  /** A message told before is no longer there. */
  | { is: 'gone'; key: string }
  /** Everything up to here was told; `checkpoint` may be given to `changes()` next time. The last thing told. */
  | { is: 'checkpoint'; checkpoint: string };
