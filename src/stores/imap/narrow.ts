/**
 * A listing that the server refuses because of one message in it is narrowed, halving what is asked for, until what it
 * refuses stands alone.
 *
 * QUIRK(Yahoo, Gmail): FETCH of many ends with NO because of one of them (yahoo-listing-refused.txt,
 * gmail-listing-refused.txt). Exchange was told to do so with BAD, and to end a session after ten refusals: what was
 * found out is kept for the next session.
 */
import { isTrouble } from '../../trouble.ts';
import {
  type Connection,
  type Fetched,
  type Flow,
  fetchListing,
  type ListingOptions,
  uidSet,
} from '../../wire/imap/index.ts';
import { inChunks } from './keys.ts';

/** UIDs asked for at once: Exchange Online refuses a command of more than 4,096 bytes (`Command Error. 12`). */
const SET_CHUNK = 300;
/** Refusals in one folder, after which the rest of what is in doubt is left as it is: told without facts and read one by one. */
const REFUSALS_MAX = 1_000;

/** What is known of a folder whose listing was refused, beyond one session. */
export class Damage {
  #validity: number | null = null;
  /** Refused each alone, or given up: what the server will not describe. */
  readonly alone = new Set<number>();
  /** Still to be listed, each part of something that was refused; the last comes first. */
  readonly #doubtful: number[][] = [];
  #refusals = 0;

  /** Whether anything was ever refused here. */
  get any(): boolean {
    return this.#refusals > 0;
  }

  /** Of another numbering nothing is known. */
  begin(validity: number): void {
    if (this.#validity !== null && this.#validity !== validity) {
      this.alone.clear();
      this.#doubtful.length = 0;
      this.#refusals = 0;
    }
    this.#validity = validity;
  }

  /**
   * Rows of these UIDs, each at most once, in any order. What the server refuses to describe comes without anything but its
   * UID, as soon as that is known; what it leaves out does not come.
   */
  async *list(
    conn: Connection,
    uids: readonly number[],
    options: ListingOptions = {},
  ): AsyncGenerator<Fetched<null>> {
    const wanted = new Set(uids);
    for (const uid of uids) if (this.alone.has(uid)) yield undescribed(uid);
    const doubtful = new Set(this.#doubtful.flat());
    const sound = uids.filter((uid) => !doubtful.has(uid) && !this.alone.has(uid));
    for (const chunk of inChunks(sound, SET_CHUNK)) yield* this.#try(conn, chunk, wanted, options);
    for (let set = this.#doubtful.at(-1); set !== undefined; set = this.#doubtful.at(-1)) {
      const still = set.filter((uid) => wanted.has(uid));
      if (still.length === 0) this.#doubtful.pop();
      else yield* this.#try(conn, still, wanted, options, set);
    }
  }

  /** The listing of a whole folder was refused; it is not asked for again. */
  refusedWhole(): void {
    this.#refusals += 1;
  }

  /** `from`: the doubtful set they are of, which stays where it is if the session ends. */
  async *#try(
    conn: Connection,
    uids: readonly number[],
    wanted: ReadonlySet<number>,
    options: ListingOptions,
    from: number[] | null = null,
  ): AsyncGenerator<Fetched<null>> {
    const silent = new Set(uids);
    let refused = false;
    const flow = fetchListing(conn, uidSet(uids), options);
    for await (const row of unlessRefused(conn, flow, () => {
      refused = true;
    }))
      if (silent.delete(row.uid)) yield row;
    if (from !== null) this.#doubtful.pop();
    if (!refused) return;
    for (const uid of this.#halve([...silent])) {
      this.alone.add(uid);
      if (wanted.has(uid)) yield undescribed(uid);
    }
  }

  /** Answers those that stand alone now. */
  #halve(uids: readonly number[]): readonly number[] {
    this.#refusals += 1;
    if (uids.length > 1) {
      const half = Math.ceil(uids.length / 2);
      for (const part of [uids.slice(half), uids.slice(0, half)])
        if (part.length > 0) this.#doubtful.push(part);
    }
    const last = uids.length === 1 ? uids : [];
    return this.#refusals < REFUSALS_MAX ? last : [...last, ...this.#doubtful.splice(0).flat()];
  }
}

function undescribed(uid: number): Fetched<null> {
  return { uid, flags: null, internalDate: null, size: null, modseq: null, gmail: null, body: null };
}

/** Rows until the server refuses the rest, which is told and not thrown; all other Troubles are thrown. */
export async function* unlessRefused(
  conn: Connection,
  flow: Flow<Fetched<null>[]>,
  refused: () => void,
): AsyncGenerator<Fetched<null>> {
  try {
    for await (const batch of flow) yield* batch;
  } catch (error) {
    if (!isTrouble(error, 'refused', 'missing') || conn.closed) throw error;
    refused();
  }
}
