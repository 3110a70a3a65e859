import {
  type Connection,
  examine,
  type Fetched,
  fetchListing,
  type Selected,
  search,
} from '../../wire/imap/index.ts';
import type { Change, Folder } from '../entry.ts';
import { keyOf, type Numbering } from './keys.ts';
import { type Damage, unlessRefused } from './narrow.ts';
import { entryOf, factless } from './reader.ts';
import { Told } from './told.ts';

/** Where the last telling ended. */
interface Mark {
  validity: number;
  /** UIDNEXT then: everything below was told. */
  next: number;
  modseq: string | null;
  told: Told;
}

/** What was refused in a folder: of messages listed the first time, and of marks asked for again. */
export interface Refused {
  listing: Damage;
  marks: Damage;
}

/**
 * What differs since `since`. The folder is looked at as it was when it was opened: what comes later is told next time.
 *
 * - new: UIDs from the old UIDNEXT on
 * - marks: CHANGEDSINCE (RFC 7162 §3.1.4), or all flags where the server has no CONDSTORE
 * - gone: only when the number of messages does not add up are all UIDs asked for
 * - what the server refuses to describe is told without facts, so that it is accounted for (`narrow.ts`)
 */
export async function* tellChanges(
  conn: Connection,
  folder: Folder,
  since: string | null,
  damage: Refused,
  numbering: Numbering,
): AsyncIterable<Change> {
  const known = since === null ? null : readMark(since);
  const opening = examine(conn, folder.handle);
  opening.catch(() => undefined); // the listing behind it fails with the same Trouble, and `await` tells it
  const ahead = known === null && !damage.listing.any ? fetchListing(conn, '1:*') : null;
  const opened = await opening;
  const validity = numbering.of(folder.handle, opened, true);
  damage.listing.begin(opened.uidValidity ?? 0);
  damage.marks.begin(opened.uidValidity ?? 0);
  const lasts =
    known !== null &&
    opened.uidValidity !== null &&
    known.validity === validity &&
    known.next <= (opened.uidNext ?? known.next);
  if (since !== null && !lasts) yield { is: 'reset' };
  const mark: Mark = lasts ? known : { validity, next: 1, modseq: null, told: new Told() };
  const first = mark.next;
  // What was refused as a whole is not asked for as a whole again.
  let singly = first === 1 && damage.listing.any;
  const fresh = ahead ?? (!singly && isFresh(opened, first) ? fetchListing(conn, `${first}:*`) : null);
  let next = opened.uidNext ?? first;
  let seen = 0;
  const refused = (): void => {
    singly = true;
    damage.listing.refusedWhole();
  };
  if (fresh)
    for await (const row of unlessRefused(conn, fresh, refused)) {
      // `n:*` names the last message even when it lies before n (RFC 9051 §9).
      if (row.uid < first) continue;
      seen += 1;
      const later = row.uid >= (opened.uidNext ?? Number.POSITIVE_INFINITY);
      // Told from the start, the first EXISTS of them were there, whatever UIDNEXT says.
      if (later && (first > 1 || seen > opened.exists)) continue;
      mark.told.add(row.uid, row.flags ?? []);
      if (row.uid >= next) next = row.uid + 1;
      yield { is: 'entry', entry: entryOf(row, validity) };
    }
  // Not before the first is over: the server may mix the answers of two, and only one is listened to.
  if (first > 1)
    for await (const row of changedFlags(conn, mark, opened, damage.marks))
      if (row.uid < first && row.flags && mark.told.mark(row.uid, row.flags))
        yield { is: 'marks', key: keyOf(validity, row.uid), marks: row.flags };
  if (singly || mark.told.size !== opened.exists)
    next = yield* reconcile(conn, mark, validity, { next, singly }, damage.listing);
  yield {
    is: 'checkpoint',
    checkpoint: JSON.stringify({ v: validity, next, modseq: opened.highestModseq, told: mark.told }),
  };
}

function isFresh(opened: Selected, first: number): boolean {
  if (opened.exists === 0) return false;
  return opened.uidNext === null || opened.uidNext > first;
}

async function* changedFlags(
  conn: Connection,
  mark: Mark,
  opened: Selected,
  damage: Damage,
): AsyncGenerator<Fetched<null>> {
  if (opened.exists === 0) return;
  const set = `1:${mark.next - 1}`;
  const { modseq } = mark;
  const all = modseq === null || opened.highestModseq === null || opened.highestModseq === '0';
  if (!all && modseq === opened.highestModseq) return;
  const options = { flagsOnly: true, ...(all ? {} : { changedSince: modseq }) };
  let singly = damage.any;
  if (!singly) {
    const refused = (): void => {
      singly = true;
      damage.refusedWhole();
    };
    yield* unlessRefused(conn, fetchListing(conn, set, options), refused);
  }
  if (singly) yield* damage.list(conn, mark.told.uids(), options);
}

/**
 * The number of messages is not what was told, or the listing was refused: some are gone, or some were left out. Answers
 * below which UID all is told now.
 */
async function* reconcile(
  conn: Connection,
  mark: Mark,
  validity: number,
  { next, singly }: { next: number; singly: boolean },
  damage: Damage,
): AsyncGenerator<Change, number> {
  const there = await search(conn, ['ALL']);
  const limit = singly ? Math.max(next, (there.at(-1) ?? 0) + 1) : next;
  for (const uid of mark.told.keep(there, limit)) yield { is: 'gone', key: keyOf(validity, uid) };
  const untold = there.filter((uid) => uid < limit && !mark.told.has(uid));
  const silent = new Set(untold);
  for await (const row of damage.list(conn, untold)) {
    if (!silent.delete(row.uid)) continue;
    mark.told.add(row.uid, row.flags ?? []);
    yield { is: 'entry', entry: entryOf(row, validity) };
  }
  // The server counts it and will not describe it: told all the same, so that it is accounted for.
  for (const uid of silent) {
    mark.told.add(uid, []);
    yield { is: 'entry', entry: factless(validity, uid) };
  }
  return limit;
}

/** Null for what is no checkpoint of ours. */
function readMark(text: string): Mark | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { v, next, modseq, told } = value as Record<string, unknown>;
  const read = Told.from(told);
  if (!isNumber(v) || !isNumber(next) || !read) return null;
  return {
    validity: v,
    next,
    modseq: typeof modseq === 'string' && /^\d{1,20}$/.test(modseq) ? modseq : null,
    told: read,
  };
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
