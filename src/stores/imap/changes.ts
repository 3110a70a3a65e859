import {
  type Connection,
  examine,
  type Fetched,
  type Flow,
  fetchListing,
  type Selected,
  search,
  uidSet,
} from '../../wire/imap/index.ts';
import type { Change, Folder } from '../entry.ts';
import { inChunks, keyOf } from './keys.ts';
import { entryOf } from './reader.ts';
import { Told } from './told.ts';

/** Where the last telling ended. */
interface Mark {
  validity: number;
  /** UIDNEXT then: everything below was told. */
  next: number;
  modseq: string | null;
  told: Told;
}

/** UIDs asked for at once: Exchange Online refuses a command of more than 4,096 bytes (`Command Error. 12`). */
const SET_CHUNK = 300;

/**
 * What differs since `since`. The folder is looked at as it was when it was opened: what comes later is told next time.
 *
 * - new: UIDs from the old UIDNEXT on
 * - marks: CHANGEDSINCE (RFC 7162 §3.1.4), or all flags where the server has no CONDSTORE
 * - gone: only when the number of messages does not add up are all UIDs asked for
 */
export async function* tellChanges(
  conn: Connection,
  folder: Folder,
  since: string | null,
): AsyncIterable<Change> {
  const known = since === null ? null : readMark(since);
  const opening = examine(conn, folder.handle);
  opening.catch(() => undefined); // the listing behind it fails with the same Trouble, and `await` tells it
  const ahead = known === null ? fetchListing(conn, '1:*') : null;
  const opened = await opening;
  const validity = opened.uidValidity ?? 0;
  const lasts =
    known !== null &&
    validity !== 0 &&
    known.validity === validity &&
    known.next <= (opened.uidNext ?? known.next);
  if (since !== null && !lasts) yield { is: 'reset' };
  const mark: Mark = lasts ? known : { validity, next: 1, modseq: null, told: new Told() };
  const first = mark.next;
  const fresh = ahead ?? (isFresh(opened, first) ? fetchListing(conn, `${first}:*`) : null);
  let next = opened.uidNext ?? first;
  let seen = 0;
  if (fresh)
    for await (const row of rows(fresh)) {
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
  const changed = first > 1 ? changedFlags(conn, mark, opened) : null;
  if (changed)
    for await (const row of rows(changed))
      if (row.uid < first && row.flags && mark.told.mark(row.uid, row.flags))
        yield { is: 'marks', key: keyOf(validity, row.uid), marks: row.flags };
  if (mark.told.size !== opened.exists) yield* reconcile(conn, mark, validity, next);
  yield {
    is: 'checkpoint',
    checkpoint: JSON.stringify({ v: validity, next, modseq: opened.highestModseq, told: mark.told }),
  };
}

function isFresh(opened: Selected, first: number): boolean {
  if (opened.exists === 0) return false;
  return opened.uidNext === null || opened.uidNext > first;
}

function changedFlags(conn: Connection, mark: Mark, opened: Selected): Flow<Fetched<null>[]> | null {
  if (opened.exists === 0) return null;
  const set = `1:${mark.next - 1}`;
  if (mark.modseq === null || opened.highestModseq === null || opened.highestModseq === '0')
    return fetchListing(conn, set, { flagsOnly: true });
  if (mark.modseq === opened.highestModseq) return null;
  return fetchListing(conn, set, { flagsOnly: true, changedSince: mark.modseq });
}

/** The number of messages is not what was told: some are gone, or the listing left some out. */
async function* reconcile(
  conn: Connection,
  mark: Mark,
  validity: number,
  next: number,
): AsyncIterable<Change> {
  const there = await search(conn, ['ALL']);
  for (const uid of mark.told.keep(there, next)) yield { is: 'gone', key: keyOf(validity, uid) };
  const untold = there.filter((uid) => uid < next && !mark.told.has(uid));
  for (const uids of inChunks(untold, SET_CHUNK)) {
    const silent = new Set(uids);
    for await (const row of rows(fetchListing(conn, uidSet(uids)))) {
      if (!silent.delete(row.uid)) continue;
      mark.told.add(row.uid, row.flags ?? []);
      yield { is: 'entry', entry: entryOf(row, validity) };
    }
    // The server counts it and will not describe it: told all the same, so that it is accounted for.
    for (const uid of silent) {
      mark.told.add(uid, []);
      yield { is: 'entry', entry: { key: keyOf(validity, uid), marks: [], receivedAt: null, size: 0 } };
    }
  }
}

async function* rows(flow: Flow<Fetched<null>[]>): AsyncIterable<Fetched<null>> {
  for await (const batch of flow) yield* batch;
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
