import { type CheckpointText, readCheckpointText, writeCheckpointText } from './checkpoint-text.ts';
import type { Change, Entry } from './entry.ts';

/**
 * What was told of a folder whose store keeps no history: every key with its marks. Compared with a new listing it
 * gives the differences. Kept inside the checkpoint, packed.
 */
export interface Known {
  /** Key to an index into `sets`. */
  keys: Map<string, number>;
  /** Distinct sets of marks, each joined by a space. */
  sets: string[];
}

const VERSION = 1;
/**
 * Larger folders are not remembered key by key (a checkpoint of some 10 MB at this size): a change in one of them is a
 * reset, told anew in full, which the ledger matches by key without copying anything again.
 */
const KEYS_MAX = 250_000;

/** Gathers a `Known` while entries are told. */
export class KnownGatherer {
  private readonly known: Known = { keys: new Map(), sets: [] };
  private readonly bySet = new Map<string, number>();

  add({ key, marks }: Entry): void {
    const { keys, sets } = this.known;
    if (keys.size > KEYS_MAX) return;
    const text = marks.join(' ');
    let set = this.bySet.get(text);
    if (set === undefined) {
      set = sets.push(text) - 1;
      this.bySet.set(text, set);
    }
    keys.set(key, set);
  }

  checkpoint(stamp: string): string {
    const { keys, sets } = this.known;
    if (keys.size > KEYS_MAX) return writeCheckpointText(stamp, [VERSION, null]);
    // Sorted, neighbours share most of their letters and pack well.
    const sorted = [...keys.keys()].sort();
    return writeCheckpointText(stamp, [VERSION, sets, sorted, sorted.map((key) => keys.get(key))]);
  }
}

/** Null when it is not ours, or was too large to be kept. */
export function unpackKnown(text: CheckpointText): Known | null {
  const data = text.data();
  if (!Array.isArray(data) || data[0] !== VERSION) return null;
  const [, sets, keys, indexes] = data;
  if (!Array.isArray(sets) || !Array.isArray(keys) || !Array.isArray(indexes)) return null;
  return { sets, keys: new Map(keys.map((key, n) => [key, indexes[n]])) };
}

/** The differences between what was known and what is there now. Uses `known` up. */
export async function* differences(
  known: Known | null,
  entries: AsyncIterable<Entry>,
  gatherer: KnownGatherer,
): AsyncGenerator<Change> {
  for await (const entry of entries) {
    gatherer.add(entry);
    const set = known?.keys.get(entry.key);
    if (set === undefined) {
      yield { is: 'entry', entry };
      continue;
    }
    known!.keys.delete(entry.key);
    if (known!.sets[set] !== entry.marks.join(' ')) yield { is: 'marks', key: entry.key, marks: entry.marks };
  }
  for (const key of known?.keys.keys() ?? []) yield { is: 'gone', key };
}

/**
 * The changes of a folder whose store keeps no history. `steady` stands for all that a listing could tell, and is empty
 * where that cannot be said: a folder that has it still is not listed again.
 */
export async function* changesByKnown(
  since: string | null,
  steady: string,
  entries: () => AsyncIterable<Entry> | Promise<AsyncIterable<Entry>>,
): AsyncGenerator<Change> {
  const text = since === null ? null : readCheckpointText(since);
  if (text !== null && text.stamp !== '' && text.stamp === steady) {
    yield { is: 'checkpoint', checkpoint: since! };
    return;
  }
  const there = await entries();
  const known = text && unpackKnown(text);
  if (since !== null && known === null) yield { is: 'reset' };
  const gatherer = new KnownGatherer();
  yield* differences(known, there, gatherer);
  yield { is: 'checkpoint', checkpoint: gatherer.checkpoint(steady) };
}
