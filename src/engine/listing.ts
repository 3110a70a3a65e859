import type { AccountRow, FolderRow, Item } from '../ledger/ledger.ts';
import type { Change, Entry, Folder } from '../stores/entry.ts';
import type { Source } from '../stores/source.ts';
import { abreast } from './abreast.ts';
import { FORGOTTEN, packCheckpoint, unpackCheckpoint } from './checkpoint.ts';
import type { Pulse } from './pulse.ts';
import { type Road, stopIfCancelled } from './road.ts';

/** One account of this run with its folders as they are now. */
export interface Account {
  source: Source;
  row: AccountRow;
  folders: Folder[];
}

/** A source folder of this run. */
export interface Listed {
  account: Account;
  folder: Folder;
  row: FolderRow;
  /** To be advanced to when everything in the folder has its outcome; null when nothing was told. */
  checkpoint: string | null;
}

/** Rows given to the ledger at once. */
const LISTING_BATCH = 500;

/**
 * Writes down what every account tells since its checkpoints, before anything is carried: so every entry is accounted
 * for from the moment it was seen, and what moved inside an account is known as gone before it is met again. Folders
 * whose state is the one last seen are not opened.
 */
export async function listAll(road: Road, accounts: readonly Account[], pulse: Pulse): Promise<Listed[]> {
  const rows = new Map((await road.ledger.folders()).map((row) => [rowKey(row.account, row.path), row]));
  const listed: Listed[] = [];
  for (const account of accounts) {
    for (const folder of account.folders) {
      if (!folder.selectable) continue;
      const row =
        rows.get(rowKey(account.row.id, folder.path)) ??
        (await road.ledger.folder(account.row.id, folder.path));
      listed.push({ account, folder, row, checkpoint: null });
    }
    await goneFolders(road, account, rows.values());
  }
  await forgetWaiting(road, listed);
  const changed = listed.filter(({ folder, row }) => {
    const known = unpackCheckpoint(row.checkpoint);
    return known === null || folder.state === null || folder.state !== known.state;
  });
  for (const account of accounts) {
    // The largest first: the small ones are listed beside it.
    const mine = changed
      .filter((one) => one.account === account)
      .sort((a, b) => (b.folder.messages ?? 0) - (a.folder.messages ?? 0));
    await abreast(mine, road.options.lanes ?? account.source.traits.lanes, (one) =>
      listFolder(road, one, pulse),
    );
    pulse.done(account.source.name);
  }
  return listed;
}

/**
 * A folder that is no longer at the source: everything in it is gone (deleted, or renamed and met again elsewhere). A server
 * may hide one for a while: unchanged when it comes back, what lies in it must be there again.
 */
async function goneFolders(road: Road, account: Account, rows: Iterable<FolderRow>): Promise<void> {
  const present = new Set(account.folders.map((folder) => rowKey(account.row.id, folder.path)));
  for (const row of rows) {
    if (row.account !== account.row.id || present.has(rowKey(row.account, row.path))) continue;
    await road.ledger.gone(row.id, 'all');
    await forget(road, row);
  }
}

/**
 * What is noted beyond a checkpoint is nothing that the source knows it told: should it go before the next checkpoint is
 * reached, nobody would tell. So the checkpoint is given up before more is noted; a run that ends there is followed by a listing
 * from the start.
 */
async function forget(road: Road, row: FolderRow): Promise<void> {
  if (row.checkpoint === null || row.checkpoint === FORGOTTEN) return;
  await road.ledger.advance(row.id, FORGOTTEN);
  row.checkpoint = FORGOTTEN;
}

/** Open items under a checkpoint were noted beyond it. */
async function forgetWaiting(road: Road, listed: readonly Listed[]): Promise<void> {
  const waiting = new Set((await road.ledger.waitingByFolder()).map(({ folder }) => folder));
  for (const { row } of listed) {
    if (!waiting.has(row.id) || row.checkpoint === null || row.checkpoint === FORGOTTEN) continue;
    await road.ledger.gone(row.id, 'all');
    await forget(road, row);
  }
}

async function listFolder(road: Road, listed: Listed, pulse: Pulse): Promise<void> {
  const { folder, row, account } = listed;
  const entries: Entry[] = [];
  const marks: { key: string; marks: readonly string[] }[] = [];
  const gone: string[] = [];
  const write = async () => {
    pulse.listed(account.source.name, entries.length);
    if (entries.length) {
      await forget(road, row);
      await noteAll(road, row, entries.splice(0));
    }
    if (marks.length) await road.ledger.remark(row.id, marks.splice(0));
    if (gone.length) await road.ledger.gone(row.id, gone.splice(0));
  };
  const since = unpackCheckpoint(row.checkpoint)?.mark ?? null;
  if (since === null) await road.ledger.gone(row.id, 'all');
  for await (const change of account.source.changes(folder, since)) {
    if (change.is === 'reset') await road.ledger.gone(row.id, 'all');
    else take(change, listed, entries, marks, gone);
    if (entries.length + marks.length + gone.length >= LISTING_BATCH) {
      await write();
      stopIfCancelled(road);
    }
  }
  await write();
}

/**
 * What a run that was cut off had noted is told again, because its checkpoint was never reached: known, but its marks may
 * have changed since, and nothing else will tell.
 */
async function noteAll(road: Road, row: FolderRow, entries: readonly Entry[]): Promise<void> {
  const fresh = await road.ledger.note(row.id, entries);
  if (fresh < entries.length) await road.ledger.remark(row.id, entries);
}

function take(
  change: Exclude<Change, { is: 'reset' }>,
  listed: Listed,
  entries: Entry[],
  marks: { key: string; marks: readonly string[] }[],
  gone: string[],
): void {
  if (change.is === 'entry') entries.push(change.entry);
  else if (change.is === 'marks') marks.push({ key: change.key, marks: change.marks });
  else if (change.is === 'gone') gone.push(change.key);
  else listed.checkpoint = packCheckpoint({ state: listed.folder.state, mark: change.checkpoint });
}

/** A source folder as a key. */
export function rowKey(account: number, path: readonly string[]): string {
  return JSON.stringify([account, path]);
}

/** The folder's next waiting items, cut where they would be more bytes than one lane should take. */
export function cutByBytes(items: readonly Item[], bytes: number): Item[] {
  let sum = 0;
  const end = items.findIndex((item) => {
    sum += item.size;
    return sum > bytes;
  });
  return items.slice(0, end < 0 ? items.length : Math.max(1, end));
}
