import type { Trouble } from '../../trouble.ts';
import { NID_TYPE, typeOf } from './node.ts';
import type { NodeTree } from './trees.ts';

/**
 * Which messages and folders there are, and below which folder each lies: eight bytes for each, so that a file with
 * millions of them needs some ten megabytes. Made by one walk over the tree of nodes.
 */
export class NodeIndex {
  /** Folders with the folder above them, in ascending order. */
  readonly folders: ReadonlyMap<number, number>;
  /** Where the tree of nodes is damaged: what lies below these places is known to nobody. */
  readonly damages: readonly Trouble[];
  private readonly messages: NumberPairs;
  private byParent: ReadonlyMap<number, number[]> | null = null;

  private constructor(
    folders: ReadonlyMap<number, number>,
    messages: NumberPairs,
    damages: readonly Trouble[],
  ) {
    this.folders = folders;
    this.messages = messages;
    this.damages = damages;
  }

  /** Yields now and then, so that its caller can let others have their turn. */
  static *making(nodes: NodeTree): Generator<void, NodeIndex> {
    const folders = new Map<number, number>();
    const damages: Trouble[] = [];
    const messages = new NumberPairs();
    let count = 0;
    const tell = (trouble: Trouble) => {
      if (damages.length < DAMAGES_MAX) damages.push(trouble);
    };
    for (const { key, parent } of nodes.walk(tell)) {
      if (count++ % STEP === 0) yield;
      if (typeOf(key) === NID_TYPE.message) messages.push(key, parent);
      else if (typeOf(key) === NID_TYPE.folder) folders.set(key, parent);
    }
    return new NodeIndex(folders, messages, damages);
  }

  /** Whether nothing was found at all. */
  get isEmpty(): boolean {
    return this.folders.size === 0 && this.messages.size === 0;
  }

  /** The folder above a message; null when there is no such message. */
  parentOf(nid: number): number | null {
    return this.messages.find(nid);
  }

  /** The messages below a folder, in ascending order. */
  messagesOf(folder: number): Uint32Array {
    return this.messages.below(folder);
  }

  /** The folders that messages name as theirs. */
  parents(): readonly number[] {
    return this.messages.parents();
  }

  /** The folders below a folder, in ascending order. */
  foldersOf(parent: number): readonly number[] {
    if (this.byParent === null) {
      const byParent = new Map<number, number[]>();
      for (const [nid, above] of this.folders) {
        const list = byParent.get(above);
        if (list === undefined) byParent.set(above, [nid]);
        else list.push(nid);
      }
      this.byParent = byParent;
    }
    return this.byParent.get(parent) ?? [];
  }
}

const DAMAGES_MAX = 1000;
/** Entries of a tree between two turns. */
export const STEP = 2000;

/** Pairs of a number (each once, told in ascending order) and another, packed. */
class NumberPairs {
  private keys: Uint32Array = new Uint32Array(1024);
  private values: Uint32Array = new Uint32Array(1024);
  private count = 0;
  /** The keys by value, and where those of each value begin. */
  private grouped: { keys: Uint32Array; starts: ReadonlyMap<number, [from: number, to: number]> } | null =
    null;

  get size(): number {
    return this.count;
  }

  push(key: number, value: number): void {
    if (this.count === this.keys.length) {
      this.keys = grown(this.keys);
      this.values = grown(this.values);
    }
    this.keys[this.count] = key;
    this.values[this.count++] = value;
  }

  find(key: number): number | null {
    let [low, high] = [0, this.count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.keys[middle]! < key) low = middle + 1;
      else high = middle;
    }
    return low < this.count && this.keys[low] === key ? this.values[low]! : null;
  }

  below(value: number): Uint32Array {
    const { keys, starts } = this.groups();
    const [from, to] = starts.get(value) ?? [0, 0];
    return keys.subarray(from, to);
  }

  parents(): readonly number[] {
    return [...this.groups().starts.keys()];
  }

  private groups(): NonNullable<typeof this.grouped> {
    if (this.grouped === null) {
      const counts = new Map<number, number>();
      for (let n = 0; n < this.count; n += 1)
        counts.set(this.values[n]!, (counts.get(this.values[n]!) ?? 0) + 1);
      const starts = new Map<number, [number, number]>();
      let at = 0;
      for (const [value, count] of counts) {
        starts.set(value, [at, at]);
        at += count;
      }
      const keys = new Uint32Array(this.count);
      for (let n = 0; n < this.count; n += 1) keys[starts.get(this.values[n]!)![1]++] = this.keys[n]!;
      this.grouped = { keys, starts };
    }
    return this.grouped;
  }
}

function grown(list: Uint32Array): Uint32Array {
  const larger = new Uint32Array(list.length * 2);
  larger.set(list);
  return larger;
}
