import type { Role } from '../mail/role.ts';
import type { Trouble } from '../trouble.ts';
import type { Entry, Folder } from './entry.ts';
import type { Body } from './hold.ts';
import type { Reader } from './source.ts';

/** A message held here that is to be put. */
export interface Parcel {
  /** The engine's own name for this step; comes back with the answer. */
  step: number;
  body: Body;
  /** Already reduced to what `Place.keeps` allows. */
  marks: readonly string[];
  /** Milliseconds since 1970, within 1970-01-02 … 2037-12-31; null lets the target take its own now. */
  receivedAt: number | null;
}

/** The target took it. `key` is null where the target does not tell it (IMAP without UIDPLUS). */
export interface Landed {
  is: 'landed';
  step: number;
  key: string | null;
}

/** The target said no to this one message, and nothing of it was stored. `trouble.kind` is `refused`. */
export interface Refused {
  is: 'refused';
  step: number;
  trouble: Trouble;
}

/** What a target cannot keep, known before the start. */
export interface TargetTraits {
  /** Largest message in bytes, when the target announces one (RFC 7889 APPENDLIMIT). */
  messageMaxBytes: number | null;
  /** `crlf`: it stores CRLF whatever it is given (IMAP servers). Left out: any line ends are kept. */
  lineEnds?: 'crlf';
  /** Whether `landed` carries a key. */
  tellsKey: boolean;
  /** How many messages in one `put` are worth it; left out: as many as the engine likes. */
  together?: number;
  /** How many `put` calls at once are worth it. */
  lanes: number;
}

/** A folder that is ready to take messages. */
export interface Place extends Folder {
  position: string | null;
  /** Which marks it keeps for good; `any` where new keywords may be made (PERMANENTFLAGS `\*`). */
  keeps: 'any' | readonly string[];
}

/**
 * Where a person's mail is brought together. Laws (each has a test in `target.suite.ts`):
 *
 * - `prepare` twice is once; it answers the folder that is there, whoever made it. Missing parents are made.
 * - `put` answers each step at most once, as soon as the target has answered for it. When it throws, every step not
 *   answered is *uncertain*: it may have landed or may still land. It never repeats a put whose answer is unknown.
 * - A refusal of one message does not harm the others of the same call.
 * - `full` is thrown, never a refusal of a message (RFC 5530 OVERQUOTA, LIMIT, UNAVAILABLE, INUSE, RFC 9208).
 * - What is put is read back by `read` under the key that was told.
 * - `entries(place, position)` tells at least what landed since that position was taken.
 * - `mark` sets and unsets, twice is once; a key that is gone is a `missing` in its answer, not an error.
 * - `withdraw` removes exactly these keys and nothing else (UID EXPUNGE, RFC 4315 §2.1); where the target cannot do just
 *   that it throws `refused` and removes nothing.
 * - All laws of `Reader` hold.
 */
export interface Target extends Reader {
  readonly traits: TargetTraits;
  prepare(path: readonly string[], role: Role | null, subscribe: boolean): Promise<Place>;
  put(place: Place, parcels: readonly Parcel[]): AsyncIterable<Landed | Refused>;
  mark(place: Place, changes: readonly MarkChange[]): Promise<MarkAnswer[]>;
  withdraw(place: Place, keys: readonly string[]): Promise<void>;
  /** Bytes used and allowed, when the target tells. */
  quota(): Promise<{ usedBytes: number; limitBytes: number } | null>;
}

export interface MarkChange {
  key: string;
  add: readonly string[];
  remove: readonly string[];
}

export interface MarkAnswer {
  key: string;
  is: 'marked' | 'missing';
}

export type { Entry };
