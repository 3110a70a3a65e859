import { createHash, type Hash } from 'node:crypto';
import { type CheckpointText, writeCheckpointText } from '../checkpoint-text.ts';

/**
 * What is kept of a file between two passes: how many messages were told, a digest over their keys, the last key,
 * and the marks of all in runs. A pass reads the file again, sees whether its beginning is the one that was told, which
 * marks changed in place, and tells what was appended. An unchanged file costs a stat.
 */
export interface Told {
  /** Of the file when it was told; empty when it was so fresh that an equal stamp would promise nothing. */
  stamp: string;
  count: number;
  /** Over all keys but the last, which changes when more bytes of that message arrive. */
  keys: string;
  last: string;
  marks: MarkRuns;
}

/** Distinct sets of marks, and pairs of (set, how many messages in a row). */
export interface MarkRuns {
  sets: string[];
  runs: number[];
}

const VERSION = 1;

export function packTold({ stamp, count, keys, last, marks }: Told): string {
  return writeCheckpointText(stamp, [VERSION, count, keys, last, marks.sets, marks.runs]);
}

/** Null when it is not one of ours. */
export function unpackTold({ stamp, data }: CheckpointText): Told | null {
  const list = data();
  if (!Array.isArray(list)) return null;
  const [version, count, keys, last, sets, runs] = list;
  const sound =
    version === VERSION && Number.isSafeInteger(count) && Array.isArray(sets) && Array.isArray(runs);
  if (!sound || typeof keys !== 'string' || typeof last !== 'string') return null;
  return { stamp, count, keys, last, marks: { sets, runs } };
}

/** Gathers a `Told` message by message. */
export class Teller {
  count = 0;
  private readonly hash: Hash = createHash('sha256');
  private last = '';
  private readonly sets = new Map<string, number>();
  private readonly runs: number[] = [];

  add(key: string, marks: readonly string[]): void {
    if (this.count > 0) this.hash.update(`${this.last}\n`);
    this.last = key;
    this.count += 1;
    const text = marks.join(' ');
    let set = this.sets.get(text);
    if (set === undefined) {
      set = this.sets.size;
      this.sets.set(text, set);
    }
    const { runs } = this;
    if (runs.length > 0 && runs[runs.length - 2] === set) runs[runs.length - 1]! += 1;
    else runs.push(set, 1);
  }

  /** Digest over the keys added but the last. */
  keys(): string {
    return this.hash.copy().digest('base64');
  }

  told(stamp: string): Told {
    const marks = { sets: [...this.sets.keys()], runs: this.runs };
    return { stamp, count: this.count, keys: this.keys(), last: this.last, marks };
  }
}

/** The marks of each message told, in order. */
export function* marksTold({ sets, runs }: MarkRuns): Generator<string> {
  for (let at = 0; at + 1 < runs.length; at += 2)
    for (let n = runs[at + 1]!; n > 0; n -= 1) yield sets[runs[at]!] ?? '';
}
