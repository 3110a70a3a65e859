import type { Item, Landing } from '../ledger/ledger.ts';
import { likelySame } from '../mail/identity.ts';
import { isRebuilt, rebuiltClasses } from '../mail/rebuild-note.ts';
import type { Folder } from '../stores/entry.ts';
import { travelHold } from '../stores/holds/travel.ts';
import type { Source } from '../stores/source.ts';
import { abreast } from './abreast.ts';
import type { Finding, Summary } from './event.ts';
import { readReason } from './exceptions.ts';
import { keyBatches } from './keys.ts';
import { nameExtras, nameUnseen, placeTheRest } from './prove-rest.ts';
import { type Proving, tell } from './proving.ts';
import { identityOf } from './receive.ts';
import { FILE_ABOVE_BYTES, folderName, pathKey, type Road, stopIfCancelled, tellAside } from './road.ts';
import { openTally, type TallyRow } from './tally.ts';

/** Keys read at once. */
const READ_BATCH = 500;

/** A source message as the proof read it. */
interface Witness {
  key: string;
  exact: string;
  likely: string | null;
  subject: string | null;
  messageId: string | null;
  marks: readonly string[];
  /** Of a message that the source built again: `RebuiltClass`es. */
  rebuilt: readonly string[];
}

/**
 * Reads both sides again and accounts for every message: the ledger says where each should lie, the bytes at the target
 * say whether that is true; without a ledger the bytes alone are matched. Tells one `finding` for every entry of every
 * source and one for every message at the target that none of them accounts for or that it would not hand out, then the
 * summary; and `aside` for what lies in a source and is no message.
 *
 * The proof holds when nothing is missing, nothing is doubled, and entries = copied + merged + left + asked.
 */
export async function prove(road: Road): Promise<Summary> {
  const began = performance.now();
  const tally = openTally();
  const counts = {
    entries: 0,
    copied: 0,
    merged: 0,
    left: 0,
    asked: 0,
    missing: 0,
    extra: 0,
    doubled: 0,
    unseen: 0,
    altered: 0,
    incomplete: 0,
    gone: 0,
    bytes: 0,
    carried: 0,
  };
  const proving: Proving = { road, tally, counts, unopened: 0 };
  try {
    road.tell({ event: 'stage', stage: 'prove' });
    await readTarget(proving);
    for (const source of road.sources) await witness(proving, source);
    placeTheRest(proving);
    await nameExtras(proving);
    await nameUnseen(proving);
  } finally {
    tally.close();
  }
  const seconds = Math.round(performance.now() - began) / 1000;
  const { unopened } = proving;
  const summary: Summary = { event: 'summary', ...counts, ...(unopened === 0 ? {} : { unopened }), seconds };
  road.tell(summary);
  return summary;
}

/** Whether a summary of `prove` is a proof. */
export function holds(summary: Summary): boolean {
  const accounted = summary.copied + summary.merged + summary.left + summary.asked;
  return summary.missing === 0 && summary.doubled === 0 && accounted === summary.entries;
}

async function readTarget(proving: Proving): Promise<void> {
  const { road, tally } = proving;
  const hold = travelHold({ directory: road.scratch, fileAboveBytes: FILE_ABOVE_BYTES });
  const folders = (await road.target.folders()).filter((folder) => folder.selectable);
  await abreast(folders, road.target.traits.lanes, async (folder) => {
    let unseen = 0;
    for await (const keys of keyBatches(road.target.entries(folder), READ_BATCH)) {
      stopIfCancelled(road);
      for await (const got of road.target.read(folder, keys, hold)) {
        if (got.is === 'unread') {
          tally.unseen({ path: folder.path, key: got.key, answer: got.trouble.answer ?? null });
          unseen++;
          continue;
        }
        const { raw, exact, likely, subject, messageId } = identityOf(got.body, true);
        got.body.release();
        const { key, receivedAt } = got;
        const marks = got.marks ?? [];
        tally.add({ path: folder.path, key, raw, exact, likely, marks, receivedAt, subject, messageId });
      }
    }
    if (unseen === 0) return;
    for await (const { key } of road.target.entries(folder)) tally.stillListed(folder.path, key);
  });
}

async function witness(proving: Proving, source: Source): Promise<void> {
  const { road } = proving;
  const account = (await road.ledger.accounts()).find((row) => row.name === source.name);
  const rows = (await road.ledger.folders()).filter((row) => row.account === account?.id);
  const byPath = new Map(rows.map((row) => [pathKey(row.path), row.id]));
  const folders = (await source.folders()).filter((folder) => folder.selectable);
  // What is no message has no finding; but who reads the proof should know that it was not taken.
  proving.unopened += tellAside(road, source);
  await abreast(folders, source.traits.lanes, async (folder) => {
    const row = byPath.get(pathKey(folder.path));
    const accounted = await itemsByKey(road, row);
    for await (const keys of keyBatches(source.entries(folder), READ_BATCH)) {
      stopIfCancelled(road);
      await witnessBatch(proving, source, folder, keys, accounted);
    }
  });
}

/** How the ledger accounts for the keys of a folder; read by pages as the folder's keys come. */
async function itemsByKey(
  road: Road,
  row: number | undefined,
): Promise<(keys: string[]) => Promise<Map<string, Item>>> {
  const ahead = new Map<string, Item>();
  let after = 0;
  let ended = row === undefined;
  return async (keys) => {
    const answer = new Map<string, Item>();
    const wanted = new Set(keys);
    const take = () => {
      for (const key of wanted) {
        const item = ahead.get(key);
        if (!item) continue;
        answer.set(key, item);
        ahead.delete(key);
        wanted.delete(key);
      }
    };
    for (take(); wanted.size > 0 && !ended; take()) {
      const page = await road.ledger.items(row!, after, READ_BATCH);
      ended = page.length === 0;
      after = page.at(-1)?.id ?? after;
      for (const item of page) ahead.set(item.key, item);
    }
    return answer;
  };
}

async function witnessBatch(
  proving: Proving,
  source: Source,
  folder: Folder,
  keys: string[],
  itemsOf: (keys: string[]) => Promise<Map<string, Item>>,
): Promise<void> {
  const { road, counts } = proving;
  const items = await itemsOf(keys);
  const landings = await landingsOf(road, [...items.values()]);
  const hold = travelHold({ directory: road.scratch, fileAboveBytes: FILE_ABOVE_BYTES });
  for await (const got of source.read(folder, keys, hold)) {
    const item = items.get(got.key) ?? null;
    if (got.is === 'unread') {
      unread(proving, source, folder, got.key, item, got.trouble.answer ?? null);
      continue;
    }
    const { exact, likely, subject, messageId } = identityOf(got.body, true);
    counts.bytes += got.body.size;
    counts.entries++;
    got.body.release();
    const marks = got.marks ?? item?.marks ?? [];
    const rebuilt = rebuiltClasses(got.notes);
    const seen = { key: got.key, exact, likely, subject, messageId, marks, rebuilt };
    const landing = item?.landing ? (landings.get(item.landing) ?? null) : null;
    account(proving, source, folder, seen, item, landing);
  }
}

interface Placed {
  landing: Landing;
  path: readonly string[];
}

async function landingsOf(road: Road, items: readonly Item[]): Promise<Map<number, Placed>> {
  const paths = new Map((await road.ledger.places()).map((row) => [row.id, row.path]));
  const placed = new Map<number, Placed>();
  for (const { landing: id } of items) {
    if (id === null || placed.has(id)) continue;
    const landing = await road.ledger.landing(id);
    if (landing) placed.set(id, { landing, path: paths.get(landing.place)! });
  }
  return placed;
}

function account(
  proving: Proving,
  source: Source,
  folder: Folder,
  seen: Witness,
  item: Item | null,
  placed: Placed | null,
): void {
  const finding = findingOf(source, folder, seen);
  if (item && item.alsoIn.length > 0) finding.alsoIn = item.alsoIn.map(folderName);
  if (toldAside(proving, finding, item)) return;
  const row = placed?.landing.key ? proving.tally.at(placed.path, placed.landing.key) : null;
  const verdict = row && item && placed ? judge(seen, item, placed.landing, row) : null;
  if (!row || !verdict) {
    const { landing } = placed ?? {};
    proving.tally.defer({
      exact: seen.exact,
      likely: seen.likely,
      messageId: seen.messageId,
      // What the ledger says of other bytes than these proves nothing about these.
      raw: landing && seen.exact === item?.exact ? (landing.stored ?? landing.sent) : null,
      account: source.name,
      finding: JSON.stringify({
        ...finding,
        ...unseenThere(proving, placed),
        by: item?.by ?? null,
        classes: [...new Set([...(landing?.altered ?? []), ...seen.rebuilt])],
      }),
    });
    return;
  }
  proving.tally.claim(row, source.name);
  if (verdict.is === 'merged') proving.counts.merged++;
  else proving.counts.copied++;
  if (verdict.is === 'altered') proving.counts.altered++;
  tell(proving, { ...finding, ...verdict, at: { folder: folderName(row.path), key: row.key } });
}

/** Where it should lie and cannot be seen: what to say of it if it is found nowhere else. */
function unseenThere({ tally }: Proving, placed: Placed | null): Partial<Finding> {
  const unseen = placed?.landing.key ? tally.unseenAt(placed.path, placed.landing.key) : null;
  if (!unseen) return {};
  const { path, key, answer } = unseen;
  return { at: { folder: folderName(path), key }, reason: { code: 'unreadable-at-target', answer } };
}

/** A message that was left, or waits for a person: told with its reason. False for every other. */
function toldAside(proving: Proving, finding: Finding, item: Item | null): boolean {
  if (item?.outcome !== 'left' && item?.outcome !== 'asked') return false;
  proving.counts[item.outcome]++;
  tell(proving, { ...finding, is: item.outcome, reason: readReason(item.reason) });
  return true;
}

/** What the bytes at the target say of a message that the ledger placed there; null when they are not its bytes. */
function judge(
  seen: Witness,
  item: Item,
  landing: Landing,
  row: TallyRow,
): Pick<Finding, 'is' | 'by' | 'classes'> | null {
  const classes = marksMissing(seen, row) ? ['mark'] : [];
  const merged = item.outcome === 'merged';
  if (row.exact === seen.exact) {
    // The very bytes that this source gives: what it noted of them holds there too, whoever brought them.
    if (merged) return { is: 'merged', by: item.by ?? 'exact', classes: [...seen.rebuilt, ...classes] };
    return {
      is: landing.altered.every(isRebuilt) ? 'same' : 'altered',
      by: 'exact',
      classes: [...new Set([...seen.rebuilt, ...landing.altered, ...classes])],
    };
  }
  // Other bytes, the same message: another account's copy, or status lines that a mail program writes into an archive.
  if (likelySame(row, seen)) {
    // Asked again for the same message, the source gives other bytes: it writes it anew at each reading.
    const rendered = seen.exact === item.exact ? [] : ['rendered'];
    if (merged) return { is: 'merged', by: 'likely', classes };
    // What lies there is, to the byte, what was carried: nothing was altered but by the source itself.
    const asCarried = rendered.length > 0 && landing.altered.length === 0 && row.raw === landing.sent;
    const header = rendered.length === 0 && landing.altered.length === 0 ? ['header'] : landing.altered;
    return {
      is: asCarried ? 'same' : 'altered',
      by: 'likely',
      classes: [...new Set([...header, ...rendered, ...classes])],
    };
  }
  if (row.raw !== (landing.stored ?? landing.sent) || seen.exact !== item.exact) return null;
  if (landing.altered.length === 0) return null;
  return { is: merged ? 'merged' : 'altered', by: item.by ?? 'exact', classes: [...landing.altered] };
}

function marksMissing(seen: Witness, row: TallyRow): boolean {
  const has = new Set(row.marks.map((mark) => mark.toLowerCase()));
  return seen.marks.some((mark) => mark !== '\\Deleted' && !has.has(mark.toLowerCase()));
}

function unread(
  proving: Proving,
  source: Source,
  folder: Folder,
  key: string,
  item: Item | null,
  answer: string | null,
): void {
  const { counts } = proving;
  counts.entries++;
  const seen = {
    key,
    exact: '',
    likely: null,
    subject: item?.subject ?? null,
    messageId: item?.messageId ?? null,
    marks: [],
    rebuilt: [],
  };
  const finding = { ...findingOf(source, folder, seen), exact: null };
  if (toldAside(proving, finding, item)) return;
  counts.missing++;
  tell(proving, { ...finding, is: 'unread', reason: { code: 'unreadable-at-source', answer } });
}

function findingOf(source: Source, folder: Folder, seen: Witness): Finding {
  const { key, subject, messageId, exact } = seen;
  return {
    is: 'same',
    account: source.name,
    folder: folderName(folder.path),
    key,
    subject,
    messageId,
    at: null,
    by: null,
    classes: [],
    reason: null,
    exact,
  };
}
