import type { Landing } from '../ledger/ledger.ts';
import { isRebuilt } from '../mail/rebuild-note.ts';
import { type Doubts, openDoubts } from './doubts.ts';
import type { Finding } from './event.ts';
import { type Proving, tell } from './proving.ts';
import { folderName, pathKey, type Road } from './road.ts';
import type { Deferred, TallyRow } from './tally.ts';

/**
 * What the ledger could not place is looked for by its bytes when everything else has its own: a copy that nobody
 * claims, else one that only other accounts claim (then it is merged). What no bytes agree with is looked for by its
 * content, last of all: a source that writes each message anew never gives the same bytes twice.
 */
export function placeTheRest(proving: Proving): void {
  const { tally, counts } = proving;
  for (const question of tally.deferred()) {
    const row = tally.free(question.exact, question.raw, question.account);
    if (!row) continue;
    tally.answered(question.id);
    placed(proving, question, row);
  }
  for (const question of tally.deferred()) {
    const finding = JSON.parse(question.finding) as Finding;
    const row = tally.freeLikely(question);
    if (!row) {
      counts.missing++;
      tell(proving, { ...finding, is: 'missing', by: null, classes: [] });
      continue;
    }
    tally.claim(row, question.account);
    counts[row.shared ? 'merged' : 'copied']++;
    if (!row.shared) counts.altered++;
    const classes = row.shared ? [] : ['rendered'];
    const at = { folder: folderName(row.path), key: row.key };
    const is = row.shared ? 'merged' : 'altered';
    tell(proving, { ...finding, is, by: 'likely', classes, at, reason: null });
  }
}

function placed(
  proving: Proving,
  { exact, account, finding: text }: Deferred,
  row: TallyRow & { shared: boolean },
): void {
  const { tally, counts } = proving;
  const finding = JSON.parse(text) as Finding;
  tally.claim(row, account);
  const at = { folder: folderName(row.path), key: row.key };
  const merged = row.shared || finding.by === 'likely';
  const same = row.exact === exact;
  counts[merged ? 'merged' : 'copied']++;
  if (!merged && !same) counts.altered++;
  const is = merged ? 'merged' : same ? 'same' : 'altered';
  const by = same ? 'exact' : finding.by;
  // Of the same bytes nothing was altered on the way.
  const classes = same ? finding.classes.filter(isRebuilt) : finding.classes;
  tell(proving, { ...finding, is, by, classes, at, reason: null });
}

/** What lies at the target and no entry accounts for: a copy too many of ours, or mail of another origin. */
export async function nameExtras(proving: Proving): Promise<void> {
  const { road, tally, counts } = proving;
  const places = new Map((await road.ledger.places()).map((row) => [pathKey(row.path), row.id]));
  const doubts = new Map<number, Doubts>();
  for (const row of tally.rest()) {
    const place = places.get(pathKey(row.path));
    const [known] = place === undefined ? [] : await road.ledger.landingsByKey(place, [row.key]);
    if (place !== undefined && !doubts.has(place)) doubts.set(place, await openDoubts(road.ledger, place));
    // Put by us with an unknown end, and put again in other bytes.
    const late = place !== undefined && doubts.get(place)!.has(row.raw) && tally.hasLikelyTwin(row);
    const twice = row.twin !== null && known?.state !== 'found';
    const doubled = (twice || late) && !(await ofGoneItem(road, known));
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
