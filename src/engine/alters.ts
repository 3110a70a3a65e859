import { compareStored } from '../mail/repair.ts';
import type { Folder } from '../stores/entry.ts';
import { memoryBody } from '../stores/holds/memory.ts';
import { travelHold } from '../stores/holds/travel.ts';
import type { Reader } from '../stores/source.ts';
import type { Journey } from './journey.ts';
import type { Desk } from './places.ts';
import type { Landed } from './readback.ts';
import { identityOf, wholeOf } from './receive.ts';
import { isLocal, rungOf } from './rungs.ts';

/** Larger than this, two messages are not compared byte by byte: the class is then only `body`. */
const COMPARE_MAX_BYTES = 64 * 1024 * 1024;

/** Names, by class, how what the target stored differs from what was sent. Both are read again for it. */
export async function altersOf(journey: Journey, desk: Desk, one: Landed): Promise<string[]> {
  const listed = journey.listed.get(one.item.folder);
  const stored = await readOne(journey, journey.road.target, desk.place, one.key);
  const sent = listed && (await readOne(journey, listed.account.source, listed.folder, one.item.key));
  if (!stored || !sent) return ['body'];
  const body = memoryBody(sent);
  const local = isLocal(listed!.account.source, journey.road.target);
  const rung = rungOf(one.step.rung, { body, identity: identityOf(body, false) }, local);
  const classes: string[] = compareStored(rung ? wholeOf(rung.body) : sent, stored);
  return classes.length > 0 ? classes : ['body'];
}

async function readOne(
  journey: Journey,
  reader: Reader,
  folder: Folder,
  key: string,
): Promise<Uint8Array | null> {
  const hold = travelHold({ directory: journey.road.scratch, fileAboveBytes: 1 << 20 });
  let bytes: Uint8Array | null = null;
  for await (const got of reader.read(folder, [key], hold)) {
    if (got.is === 'unread') continue;
    if (got.body.size <= COMPARE_MAX_BYTES) bytes = Uint8Array.from(wholeOf(got.body));
    got.body.release();
  }
  return bytes;
}
