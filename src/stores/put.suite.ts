import assert from 'node:assert/strict';
import type { Folder } from './entry.ts';
import type { Body } from './hold.ts';
import { memoryBody } from './holds/memory.ts';
import type { Reader } from './source.ts';
import {
  collect,
  folderAt,
  keysOf,
  type ReaderStand,
  readKeys,
  type SeedMessage,
  sameBytes,
} from './stand.suite.ts';
import type { TargetStand } from './target.suite.ts';
import type { Landed, Parcel, Place, Refused, Target } from './target.ts';

/** What the laws of `Target` share: putting, and looking what came of it. */

type Stand = TargetStand & ReaderStand;

export function parcels(messages: readonly SeedMessage[], steps?: readonly number[]): Parcel[] {
  return messages.map((message, n) => ({
    step: steps?.[n] ?? n,
    body: memoryBody(message.bytes),
    marks: message.marks,
    receivedAt: message.receivedAt,
  }));
}

export function putAll(target: Target, place: Place, list: readonly Parcel[]): Promise<(Landed | Refused)[]> {
  return putInto(target, place, list, []);
}

export async function putInto(
  target: Target,
  place: Place,
  list: readonly Parcel[],
  answers: (Landed | Refused)[],
): Promise<(Landed | Refused)[]> {
  const steps = new Set(list.map((parcel) => parcel.step));
  for await (const answer of target.put(place, list)) {
    assert.ok(steps.delete(answer.step), `step ${answer.step} is answered at most once`);
    answers.push(answer);
  }
  assert.equal(steps.size, 0, 'a put that does not throw has answered every step');
  return answers;
}

/** Puts messages that must land and compares bytes, marks and dates with what is then listed and read. */
export async function putAndCompare(stand: Stand, place: Place, list: readonly SeedMessage[]): Promise<void> {
  const answers = await putAll(stand.target, place, parcels(list));
  for (const answer of answers) if (answer.is === 'refused') throw answer.trouble;
  if (!stand.target.traits.tellsKey) return comparePlace(stand, place, list);
  const keys = list.map((_, n) => {
    const answer = answers.find((each) => each.step === n);
    return answer?.is === 'landed' ? answer.key! : '';
  });
  assert.equal(new Set(keys).size, keys.length, 'keys are unique');
  const read = await readKeys(stand.target, place, keys);
  const entries = new Map((await collect(stand.target.entries(place))).map((entry) => [entry.key, entry]));
  for (const [n, key] of keys.entries()) {
    const { bytes, marks, receivedAt } = wanted(stand, list[n]!);
    const entry = entries.get(key);
    assert.ok(read[n]!.bytes.equals(bytes), `message ${n} is read back to the byte`);
    assert.deepEqual(entry?.marks, [...marks].sort(), `marks of message ${n}`);
    assert.equal(entry?.receivedAt, receivedAt, `date of message ${n}`);
  }
}

/** The place holds exactly these. */
export async function comparePlace(stand: Stand, place: Folder, list: readonly SeedMessage[]): Promise<void> {
  const folder = await folderAt(stand.target, place.path);
  const entries = await collect(stand.target.entries(folder));
  const read = await readKeys(
    stand.target,
    folder,
    entries.map((entry) => entry.key),
  );
  sameBytes(
    read.map((each) => each.bytes),
    list.map((message) => wanted(stand, message).bytes),
  );
  const line = (bytes: Uint8Array, marks: readonly string[], at: number | null): string =>
    `${[...marks].sort().join(' ')} ${at} ${latin1(bytes).slice(0, 120)}`;
  assert.deepEqual(
    entries.map((entry, n) => line(read[n]!.bytes, entry.marks, entry.receivedAt)).sort(),
    list
      .map((message) => wanted(stand, message))
      .map(({ bytes, marks, receivedAt }) => line(bytes, marks, receivedAt))
      .sort(),
  );
}

export async function readPlace(reader: Reader, folder: Folder): Promise<string[]> {
  const read = await readKeys(reader, folder, await keysOf(reader, folder));
  return read.map((each) => latin1(each.bytes));
}

export function wanted(stand: Stand, message: SeedMessage): SeedMessage {
  const known = stand.expected ? stand.expected(message) : message;
  assert.ok(known, 'this message is one that the store takes');
  return known;
}

export function kept(place: Place, marks: readonly string[]): string[] {
  const { keeps } = place;
  return marks.filter((mark) => keeps === 'any' || keeps.includes(mark));
}

export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

/** As from a file: nothing in memory, and each piece is written over when the next is asked for. */
export function piecemeal(body: Body, pieceBytes: number): Body {
  return {
    ...body,
    memory: null,
    *chunks() {
      const bytes = Buffer.concat([...body.chunks()]);
      const piece = Buffer.alloc(pieceBytes);
      for (let at = 0; at < bytes.length; at += pieceBytes) {
        const length = bytes.copy(piece, 0, at, at + pieceBytes);
        yield piece.subarray(0, length);
        piece.fill(0xdb);
      }
    },
  };
}
