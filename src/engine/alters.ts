import { identify, likelySame } from '../mail/identity.ts';
import { compareStored } from '../mail/repair.ts';
import type { Folder } from '../stores/entry.ts';
import { memoryBody } from '../stores/holds/memory.ts';
import { travelHold } from '../stores/holds/travel.ts';
import type { Reader } from '../stores/source.ts';
import type { Journey } from './journey.ts';
import type { Landed } from './landed.ts';
import type { Desk } from './places.ts';
import { identityOf, REPAIR_MAX_BYTES, wholeOf } from './receive.ts';
import { FILE_ABOVE_BYTES } from './road.ts';
import { isLocal, rungOf } from './rungs.ts';

/** Compared at once: few enough that both sides of all of them fit into memory (law 6). */
const COMPARE_MESSAGES = 32;
const COMPARE_BYTES = 16 * 1024 * 1024;

/**
 * Names, by class, how what the target stored differs from what was sent. Both are read again for it, many at once, and
 * never while another reading of the same store is under way: with one connection that would wait for itself.
 *
 * @returns classes by landing; `body` alone where the two cannot be compared
 */
export async function altersOf(
  journey: Journey,
  desk: Desk,
  changed: readonly Landed[],
): Promise<Map<number, string[]>> {
  const classes = new Map<number, string[]>();
  for (const group of groupsOf(changed)) {
    const stored = await readSome(journey, journey.road.target, desk.place, group, (one) => one.key);
    const sent = new Map<number, Uint8Array>();
    for (const folder of new Set(group.map((one) => one.item.folder))) {
      const listed = journey.listed.get(folder);
      if (!listed) continue;
      const mine = group.filter((one) => one.item.folder === folder);
      const read = await readSome(journey, listed.account.source, listed.folder, mine, (one) => one.item.key);
      for (const [landing, bytes] of read) sent.set(landing, bytes);
    }
    for (const one of group) classes.set(one.landing, compare(journey, one, sent, stored));
  }
  return classes;
}

function compare(
  journey: Journey,
  one: Landed,
  sent: ReadonlyMap<number, Uint8Array>,
  stored: ReadonlyMap<number, Uint8Array>,
): string[] {
  const [before, after] = [sent.get(one.landing), stored.get(one.landing)];
  if (!before || !after) return ['body'];
  const body = memoryBody(before);
  const { source } = journey.listed.get(one.item.folder)!.account;
  const held = { body, identity: identityOf(body, false) };
  const rung = rungOf(one.step.rung, held, isLocal(source, journey.road.target));
  if ((rung?.raw ?? held.identity.raw) !== one.step.sent) return renderedAnew(before, after);
  const classes: string[] = compareStored(rung ? wholeOf(rung.body) : before, after);
  return classes.length > 0 ? classes : ['body'];
}

/** The source gives other bytes than those that were sent: what the target changed in them cannot be told apart. */
function renderedAnew(before: Uint8Array, after: Uint8Array): string[] {
  const [source, target] = [before, after].map((bytes) => identify(bytes, { likely: true }));
  return likelySame(source!, target!) ? ['rendered'] : ['body'];
}

function* groupsOf(changed: readonly Landed[]): Generator<Landed[]> {
  let group: Landed[] = [];
  let bytes = 0;
  for (const one of changed) {
    if (group.length >= COMPARE_MESSAGES || (group.length > 0 && bytes + one.step.size > COMPARE_BYTES)) {
      yield group;
      group = [];
      bytes = 0;
    }
    group.push(one);
    bytes += one.step.size;
  }
  if (group.length > 0) yield group;
}

/** The bytes of some messages, by landing; what is gone or too large for memory is left out. */
async function readSome(
  journey: Journey,
  reader: Reader,
  folder: Folder,
  some: readonly Landed[],
  keyOf: (one: Landed) => string,
): Promise<Map<number, Uint8Array>> {
  const byKey = new Map(some.map((one) => [keyOf(one), one.landing]));
  const hold = travelHold({ directory: journey.road.scratch, fileAboveBytes: FILE_ABOVE_BYTES });
  const bytes = new Map<number, Uint8Array>();
  for await (const got of reader.read(folder, [...byKey.keys()], hold)) {
    if (got.is === 'unread') continue;
    if (got.body.size <= REPAIR_MAX_BYTES) bytes.set(byKey.get(got.key)!, Uint8Array.from(wholeOf(got.body)));
    got.body.release();
  }
  return bytes;
}
