import type { Entry, Folder } from '../stores/entry.ts';
import type { Hold } from '../stores/hold.ts';
import type { Reader } from '../stores/source.ts';
import { inspectHold } from './inspect.ts';
import type { ObstacleCounter } from './obstacles.ts';
import { folderName } from './road.ts';

/** Messages asked for at once. */
const BATCH = 200;
/** A sample is enough when it has this much of any. */
const SAMPLE = { messages: 100, bytes: 8_000_000, milliseconds: 10_000 };

/** What was read and how long it took. */
export class Speed {
  #bytes = 0;
  #milliseconds = 0;

  add(bytes: number, milliseconds: number): void {
    this.#bytes += bytes;
    this.#milliseconds += milliseconds;
  }

  bytesPerSecond(): number | null {
    if (this.#bytes === 0) return null;
    return (1000 * this.#bytes) / Math.max(1, this.#milliseconds);
  }
}

/** Reads every message of a folder and counts what stands in its way. `entries` are listed before the first is read. */
export async function readDeep(
  reader: Reader,
  folder: Folder,
  entries: readonly Pick<Entry, 'key' | 'receivedAt'>[],
  counters: readonly ObstacleCounter[],
  { signal, speed }: { signal: AbortSignal; speed: Speed },
  /** Told when a message that the listing gave no date says when it arrived. */
  dated: (arrivedAt: number, size: number) => void,
): Promise<void> {
  const name = folderName(folder.path);
  for (let at = 0; at < entries.length; at += BATCH) {
    const arrivals = new Map(entries.slice(at, at + BATCH).map(({ key, receivedAt }) => [key, receivedAt]));
    const began = performance.now();
    let bytes = 0;
    for await (const got of reader.read(folder, [...arrivals.keys()], inspectHold())) {
      signal.throwIfAborted();
      const { key } = got;
      for (const counter of counters) {
        if (got.is === 'unread') counter.unread(name, key, got.trouble.answer ?? got.trouble.kind);
        else counter.message(name, key, got.receivedAt ?? arrivals.get(key) ?? null, got.body, got.notes);
      }
      if (got.is === 'unread') continue;
      bytes += got.body.size;
      const { arrivedAt, size } = got.body;
      if (arrivals.get(key) === null && arrivedAt !== null) dated(arrivedAt, size);
    }
    speed.add(bytes, performance.now() - began);
  }
}

/** Some messages of the fullest folder, to be read for the speed alone. */
export class Sample {
  #folder: Folder | null = null;
  #of = 0;
  #keys: readonly string[] = [];

  /** Whether a message more is wanted of a folder of which these are in the sample. */
  static wants(messages: number, bytes: number): boolean {
    return messages < SAMPLE.messages && bytes < SAMPLE.bytes;
  }

  /** The sample is of the folder with the most messages. */
  offer(folder: Folder, messages: number, keys: readonly string[]): void {
    if (messages <= this.#of) return;
    this.#folder = folder;
    this.#of = messages;
    this.#keys = keys;
  }

  async read(reader: Reader, signal: AbortSignal, speed: Speed): Promise<void> {
    if (this.#folder === null) return;
    const began = performance.now();
    let bytes = 0;
    for await (const got of reader.read(this.#folder, this.#keys, countHold())) {
      signal.throwIfAborted();
      if (got.is === 'received') bytes += got.body;
      if (performance.now() - began > SAMPLE.milliseconds) break;
    }
    speed.add(bytes, performance.now() - began);
  }
}

/** Of each message only its size. */
function countHold(): Hold<number> {
  return {
    begin() {
      let size = 0;
      return {
        write(piece) {
          size += piece.length;
        },
        end: () => size,
        abort() {},
      };
    },
  };
}
