import type { Item } from '../ledger/ledger.ts';
import type { Reason, ReasonCode } from './event.ts';
import type { Journey } from './journey.ts';
import type { Load } from './load.ts';
import { count } from './progress.ts';
import type { NotHeld } from './receive.ts';
import { folderName } from './road.ts';

/** An item that is not carried, with the reason in the other side's own words: never in silence. */
export async function leave(
  journey: Journey,
  load: Load,
  item: Item,
  code: ReasonCode,
  answer: string | null,
): Promise<void> {
  const reason: Reason = { code, answer };
  await journey.road.ledger.settle([{ is: 'left', item: item.id, reason: JSON.stringify(reason) }]);
  count(journey, item.account, 1, item.size);
  journey.road.tell({
    event: 'left',
    account: load.listed.account.source.name,
    folder: folderName(load.listed.folder.path),
    key: item.key,
    subject: item.subject,
    reason,
  });
}

export function leaveUnread(journey: Journey, load: Load, { item, trouble }: NotHeld): Promise<void> {
  const code = trouble.kind === 'missing' ? 'vanished-at-source' : 'unreadable-at-source';
  return leave(journey, load, item, code, trouble.answer ?? null);
}

export function readReason(text: string | null): Reason | null {
  return text === null ? null : (JSON.parse(text) as Reason);
}

const PAGE = 500;

/**
 * What earlier runs left waits again: the target may have been given room or another limit, the source mended. What is
 * larger than the target takes is not even read again.
 */
export async function tryAgain(journey: Journey): Promise<void> {
  const { ledger, target } = journey.road;
  const limit = target.traits.messageMaxBytes;
  for (let after = 0; ; ) {
    const page = await ledger.exceptions(after, PAGE);
    if (page.length === 0) return;
    after = page.at(-1)!.id;
    const again = page.filter((item) => {
      if (item.outcome !== 'left' || item.gone || !journey.listed.has(item.folder)) return false;
      return readReason(item.reason)?.code !== 'too-large' || limit === null || item.size <= limit;
    });
    await ledger.settle(again.map(({ id }) => ({ is: 'again', item: id })));
  }
}
