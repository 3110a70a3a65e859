import type { Entry } from '../stores/entry.ts';

/**
 * What was carried where. One ledger belongs to one target mailbox (one person) and outlives every run; one process
 * at a time. Laws (each has a test in `ledger.suite.ts`):
 *
 * - `intend` is durable when it returns (it survives `kill -9` and, in sqlite, a power cut); so is `advance`.
 *   Everything told before an `intend`, `advance` or `flush` is durable with it; between them the other verbs may be
 *   held back, in order: a crash loses a tail of what was told, never a middle.
 * - An item has at most one outcome; a landing absorbs at most one item of each account (a twin stays a twin).
 *   `settle` refuses (throws a bug, not a Trouble) what would break this.
 * - `advance` throws while an item of the folder that is not gone has no outcome.
 * - A second ledger on the same file, in this or another process, is refused with Trouble `busy` (`open-ledger`).
 * - A file that is no ledger, or of a newer version, is refused with Trouble `malformed`, untouched.
 * - Ids are never used twice, even after rows were removed.
 */
export interface Ledger {
  /** Makes or finds an account. `name` is `Reader.name`. `rank` 0 takes precedence over 1 (updated when it changed). */
  enrol(name: string, rank: number): Promise<number>;
  accounts(): Promise<AccountRow[]>;
  /** Makes or finds a source folder of an account, by path. */
  folder(account: number, path: readonly string[]): Promise<FolderRow>;
  folders(): Promise<FolderRow[]>;
  /** Makes or finds a place (target folder), by path. */
  place(path: readonly string[]): Promise<PlaceRow>;
  places(): Promise<PlaceRow[]>;
  /**
   * `window`: where reading back starts (`Folder.position` before our first put that is not yet settled).
   * `state`: `Folder.state` when everything in the place was known to us. Null forgets.
   */
  updatePlace(place: number, change: { window?: string | null; state?: string | null }): Promise<void>;

  /** Entries told by a source. A key already known and not gone is ignored; a known gone key comes back as it was. Answers how many were new. */
  note(folder: number, entries: readonly Entry[]): Promise<number>;
  /** Keys (or all keys) of the folder are no longer at the source. Their outcome stays. */
  gone(folder: number, keys: readonly string[] | 'all'): Promise<void>;
  remark(folder: number, changes: readonly { key: string; marks: readonly string[] }[]): Promise<void>;

  /** Items without outcome and without landing, not gone, of a folder, by ascending id after `after`. */
  waiting(folder: number, after: number, limit: number): Promise<Item[]>;
  /** How much waits, for each folder in which something does. */
  waitingByFolder(): Promise<Waiting[]>;
  items(folder: number, after: number, limit: number): Promise<Item[]>;
  /** What was read of items: identity, and marks and date where the reading told better. */
  identify(found: readonly ItemIdentity[]): Promise<void>;

  /** Makes a landing for each step, durable; answers their ids in order. The item must be waiting. */
  intend(steps: readonly Step[]): Promise<number[]>;
  settle(outcomes: readonly Outcome[]): Promise<void>;
  /** Landings that are intended and not settled, of a place or of all. */
  unsettled(place?: number): Promise<Landing[]>;
  /** Landings acknowledged without a key, or with a key and not yet verified. */
  unverified(place?: number): Promise<Landing[]>;
  /** Messages at the target that are not ours (already there, or delivered meanwhile). Known keys are ignored. */
  found(place: number, messages: readonly FoundMessage[]): Promise<void>;

  /** Landings (any state) whose exact digest is one of these. */
  landingsByExact(exact: readonly string[]): Promise<Landing[]>;
  /** Landings whose kin is one of these. */
  landingsByKin(kin: readonly string[]): Promise<Landing[]>;
  landingsByKey(place: number, keys: readonly string[]): Promise<Landing[]>;
  landing(id: number): Promise<Landing | null>;
  /** The items that lie in a landing: its own and the merged ones, gone ones included. */
  itemsOf(landings: readonly number[]): Promise<Item[]>;
  /** Gone items of an account with one of these exact digests that still hold a landing: the message moved or was renumbered at the source. */
  goneByExact(account: number, exact: readonly string[]): Promise<Item[]>;
  /** True when merging is possible for this account at all: another account has landings, something was found, or an item is gone. */
  mergeable(account: number): Promise<boolean>;
  /** Landings with a living item whose wanted marks (union over their items, gone ones with their last marks) differ from those last given. */
  unmarked(after: number, limit: number): Promise<{ landing: Landing; wanted: string[] }[]>;

  /** Throws while an item of the folder is open. */
  advance(folder: number, checkpoint: string): Promise<void>;
  /** Of all accounts, or of one. */
  counts(account?: number): Promise<Counts>;
  /** Items left or asked, by ascending id after `after`. */
  exceptions(after: number, limit: number): Promise<Item[]>;
  /** Small values of the engine that outlive a run (slowest put, learned refusals …). */
  recall(name: string): Promise<string | null>;
  remember(name: string, value: string): Promise<void>;
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface AccountRow {
  id: number;
  name: string;
  rank: number;
}

export interface FolderRow {
  id: number;
  account: number;
  path: readonly string[];
  checkpoint: string | null;
}

export interface PlaceRow {
  id: number;
  path: readonly string[];
  window: string | null;
  state: string | null;
}

/** How an item ended (law 1). */
export type ItemOutcome = 'copied' | 'merged' | 'left' | 'asked';

/** By what two messages were held to be the same; `moved`: the same account told it before under another key. */
export type SameBy = 'exact' | 'likely' | 'moved';

/** A source entry in the ledger. */
export interface Item {
  id: number;
  folder: number;
  account: number;
  key: string;
  size: number;
  receivedAt: number | null;
  marks: readonly string[];
  alsoIn: readonly (readonly string[])[];
  gone: boolean;
  /** Null while open. */
  outcome: ItemOutcome | null;
  landing: number | null;
  by: SameBy | null;
  /** Why it was left or asked, in words that name it; JSON of `Reason`. */
  reason: string | null;
  exact: string | null;
  kin: string | null;
  likely: string | null;
  messageId: string | null;
  subject: string | null;
}

export interface ItemIdentity {
  item: number;
  exact: string;
  kin: string;
  likely: string | null;
  messageId: string | null;
  subject: string | null;
  size: number;
  marks: readonly string[];
  receivedAt: number | null;
}

/**
 * - `intended` durable before the target is touched; uncertain once the run that intended it has ended
 * - `landed`   the target acknowledged it (with or without a key)
 * - `verified` read back and compared
 * - `found`    not ours: there before us, or delivered meanwhile
 */
export type LandingState = 'intended' | 'landed' | 'verified' | 'found';

/** Where a message lies (or may lie) at the target. */
export interface Landing {
  id: number;
  place: number;
  state: LandingState;
  key: string | null;
  /** SHA-256 of the very bytes sent (found: of the bytes there), hex. */
  sent: string;
  size: number;
  exact: string;
  kin: string;
  likely: string | null;
  messageId: string | null;
  marks: readonly string[];
  receivedAt: number | null;
  /** Which rung of the repair ladder the bytes stand on: `as-is`, `line-ends`, `repaired:…`, `wrapped`. */
  rung: string;
  /** What the target or the ladder altered, by class; empty when identical. */
  altered: readonly string[];
  /** SHA-256 of the bytes read back, when they differ from `sent`. */
  stored: string | null;
  /** When it was intended, milliseconds since 1970. */
  intendedAt: number;
}

/** What is intended: the item's bytes, at this rung, into this place. */
export interface Step {
  item: number;
  place: number;
  sent: string;
  size: number;
  exact: string;
  kin: string;
  likely: string | null;
  messageId: string | null;
  marks: readonly string[];
  receivedAt: number | null;
  rung: string;
  altered: readonly string[];
  /** What was read of the item, told in the same breath: spares `identify`. */
  read?: Omit<ItemIdentity, 'item'>;
}

export type Outcome =
  /** Acknowledged: the item is copied. */
  | { is: 'landed'; landing: number; key: string | null }
  /** Read back: the landing is verified; `altered` replaces what was known. An intended one is thereby landed too. */
  | { is: 'verified'; landing: number; key: string; stored: string | null; altered: readonly string[] }
  /** It is not at the target and never will be: the landing goes, its items (merged ones too) wait again. */
  | { is: 'absent'; landing: number }
  /** The item joins a landing. */
  | { is: 'merged'; item: number; landing: number; by: SameBy }
  /** The item follows its gone self: takes over landing and outcome of `from`, which lets go of them. */
  | { is: 'moved'; item: number; from: number }
  | { is: 'left'; item: number; reason: string }
  | { is: 'asked'; item: number; reason: string }
  /** A left item waits again: the next attempt may find the target or the source changed. */
  | { is: 'again'; item: number }
  /** The landing was given these marks. */
  | { is: 'marked'; landing: number; marks: readonly string[] };

export interface FoundMessage {
  key: string;
  sent: string;
  size: number;
  exact: string;
  kin: string;
  likely: string | null;
  messageId: string | null;
  marks: readonly string[];
  receivedAt: number | null;
}

export interface Waiting {
  folder: number;
  items: number;
  /** Sum of the sizes as listed. */
  bytes: number;
}

/** Over items that are not gone. `entries = copied + merged + left + asked + open`. */
export interface Counts {
  entries: number;
  copied: number;
  merged: number;
  left: number;
  asked: number;
  open: number;
  gone: number;
  bytes: number;
}
