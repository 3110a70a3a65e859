import type { Landing } from '../ledger/ledger.ts';
import type { Finding } from './event.ts';
import { type Proving, tell } from './proving.ts';
import { folderName, pathKey, type Road } from './road.ts';

/**
 * What the ledger could not place is looked for by its bytes when everything else has its own: a copy that nobody
 * claims, else one that only other accounts claim (then it is merged).
 */
export function placeTheRest(proving: Proving): void {
  const { tally, counts } = proving;
  for (const { exact, raw, account, finding: text } of tally.deferred()) {
    const finding = JSON.parse(text) as Finding;
    const row = tally.free(exact, raw, account);
    if (!row) {
      counts.missing++;
      tell(proving, { ...finding, is: 'missing', by: null, classes: [] });
      continue;
    }
    tally.claim(row, account);
    const at = { folder: folderName(row.path), key: row.key };
    const merged = row.shared || finding.by === 'likely';
    const same = row.exact === exact;
    counts[merged ? 'merged' : 'copied']++;
    if (!merged && !same) counts.altered++;
    const is = merged ? 'merged' : same ? 'same' : 'altered';
    const by = same ? 'exact' : finding.by;
    tell(proving, { ...finding, is, by, classes: same ? [] : finding.classes, at, reason: null });
  }
}

/** What lies at the target and no entry accounts for: a copy too many of ours, or mail of another origin. */
export async function nameExtras(proving: Proving): Promise<void> {
  const { road, tally, counts } = proving;
  const places = new Map((await road.ledger.places()).map((row) => [pathKey(row.path), row.id]));
  for (const row of tally.rest()) {
    const place = places.get(pathKey(row.path));
    const [known] = place === undefined ? [] : await road.ledger.landingsByKey(place, [row.key]);
    const doubled = row.twin !== null && known?.state !== 'found' && !(await ofGoneItem(road, known));
    counts[doubled ? 'doubled' : 'extra']++;
    tell(proving, {
      is: doubled ? 'doubled' : 'extra',
      account: null,
      folder: folderName(row.path),
      key: row.key,
      subject: row.subject,
      messageId: row.messageId,
      at: { folder: folderName(row.path), key: row.key },
      by: null,
      classes: [],
      reason: null,
      exact: row.exact,
    });
  }
}

/** What the target lists and would not hand out. The ledger may know what it should be; nothing else does. */
export async function nameUnseen(proving: Proving): Promise<void> {
  const { road, tally, counts } = proving;
  const places = new Map((await road.ledger.places()).map((row) => [pathKey(row.path), row.id]));
  for (const { path, key, answer } of tally.allUnseen()) {
    const place = places.get(pathKey(path));
    const [landing] = place === undefined ? [] : await road.ledger.landingsByKey(place, [key]);
    const [item] = landing ? await road.ledger.itemsOf([landing.id]) : [];
    const folder = folderName(path);
    counts.unseen++;
    tell(proving, {
      is: 'unseen',
      account: null,
      folder,
      key,
      subject: item?.subject ?? null,
      messageId: item?.messageId ?? landing?.messageId ?? null,
      at: { folder, key },
      by: null,
      classes: [],
      reason: { code: 'unreadable-at-target', answer },
      exact: null,
    });
  }
}

/** Carried once, and deleted at the source since: still rightly at the target. */
async function ofGoneItem(road: Road, landing: Landing | undefined): Promise<boolean> {
  if (!landing) return false;
  const items = await road.ledger.itemsOf([landing.id]);
  return items.length > 0 && items.every((item) => item.gone);
}
