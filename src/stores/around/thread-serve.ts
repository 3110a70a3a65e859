import { flushCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type { Folder } from '../entry.ts';
import type { Hold, Sink } from '../hold.ts';
import { Breath } from '../pour-file.ts';
import type { Source } from '../source.ts';
import {
  AHEAD,
  BodyThere,
  type FromThread,
  type Part,
  Places,
  pack,
  type ThreadMethod,
  type ToThread,
} from './thread-words.ts';

/** What a thread gets at its start. */
export interface ThreadData<T> {
  places: SharedArrayBuffer;
  /** For whoever opens the source. */
  options: T;
}

const BEAT_MS = 1000;
/** Entries sent at once. */
const BATCH = 256;
/** Parts sent at once, at most. */
const PARTS = 64;

/** In a thread of its own: answers for the source that `open` makes of what the other side gave. */
export function serveSource<T>(open: (options: T) => Source): void {
  const { places, options } = workerData as ThreadData<T>;
  new Served(open(options), new Places(places)).begin();
}

/** How far a call is ahead of its caller. */
class Ahead {
  stopped = false;
  private left: number;
  private wake: (() => void) | null = null;

  constructor(left: number) {
    this.left = left;
  }

  more(count: number): void {
    this.left += count;
    this.wake?.();
  }

  stop(): void {
    this.stopped = true;
    this.wake?.();
  }

  /** Counts one; whether it was the last for now. */
  take(): boolean {
    this.left -= 1;
    return this.left <= 0;
  }

  async room(): Promise<void> {
    while (this.left <= 0 && !this.stopped)
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
  }
}

class Served {
  private readonly source: Source;
  private readonly places: Places;
  private readonly calls = new Map<number, Ahead>();
  private readonly pouring = new Set<Parts>();
  private toldAside = '[]';

  constructor(source: Source, places: Places) {
    this.source = source;
    this.places = places;
  }

  begin(): void {
    // A thread is ended rather than let go, and what it compiled would be lost.
    flushCompileCache();
    parentPort!.on('message', (message: ToThread) => this.hear(message));
    this.places.beat();
    setInterval(() => this.places.beat(), BEAT_MS).unref();
  }

  private hear(message: ToThread): void {
    if (message.say === 'call') void this.answer(message);
    else if (message.say === 'more') this.calls.get(message.call)?.more(message.count);
    else if (message.say === 'stop') this.calls.get(message.call)?.stop();
    else if (message.say === 'ready') this.source.ready?.(message.much);
    else void this.close();
  }

  /** The thread ends when nothing is left to do; the other side does not wait for ever. */
  private async close(): Promise<void> {
    await this.source.close();
    for (const ahead of this.calls.values()) ahead.stop();
    parentPort!.close();
  }

  private async answer({ call, method, args }: ToThread & { say: 'call' }): Promise<void> {
    const ahead = new Ahead(method === 'read' ? AHEAD.read : AHEAD.list);
    this.calls.set(call, ahead);
    const ended: FromThread & { say: 'ended' } = { say: 'ended', call };
    try {
      if (method === 'folders') ended.answer = await this.source.folders();
      else if (method === 'read') await this.pour(call, ahead, args);
      else await this.list(call, ahead, this.listed(method, args));
    } catch (error) {
      ended.failed = pack(error);
    }
    this.calls.delete(call);
    if (method !== 'read') this.addAside(ended);
    this.send(ended);
  }

  /** There may be ten thousand of them: only when they are others than before. */
  private addAside(ended: FromThread & { say: 'ended' }): void {
    const aside = this.source.aside?.() ?? [];
    const text = JSON.stringify(aside);
    if (text !== this.toldAside) ended.aside = aside;
    this.toldAside = text;
  }

  private listed(method: ThreadMethod, args: readonly unknown[]): AsyncIterable<unknown> {
    const [folder, since] = args as [Folder, string | null];
    return method === 'entries' ? this.source.entries(folder, since) : this.source.changes(folder, since);
  }

  /** What is listed goes in batches; a slow source is not waited for until one is full. */
  private async list(call: number, ahead: Ahead, listed: AsyncIterable<unknown>): Promise<void> {
    const breath = new Breath();
    let things: unknown[] = [];
    const send = (): void => {
      if (things.length > 0) this.send({ say: 'things', call, things });
      things = [];
    };
    for await (const thing of listed) {
      if (things.length === 0) setImmediate(send);
      things.push(thing);
      const last = ahead.take();
      if (last || things.length >= BATCH) send();
      if (last) await ahead.room();
      const due = breath.due();
      if (due) await due;
      if (ahead.stopped) return;
    }
    send();
  }

  private async pour(call: number, ahead: Ahead, args: readonly unknown[]): Promise<void> {
    const [folder, keys] = args as [Folder, readonly string[]];
    const parts = new Parts(
      this.places,
      (list) => this.send({ say: 'parts', call, parts: list }),
      () => this.giveAll(),
    );
    this.pouring.add(parts);
    const breath = new Breath();
    try {
      for await (const answer of this.source.read(folder, keys, parts.hold())) {
        parts.add({ is: 'answer', answer: pack(answer) });
        if (ahead.take()) {
          parts.send();
          await ahead.room();
        }
        const due = breath.due();
        if (due) await due;
        if (ahead.stopped) return;
      }
    } finally {
      parts.send();
      this.pouring.delete(parts);
    }
  }

  /** Before the thread stops for a free place: whatever else holds one would never let go of it. */
  private giveAll(): void {
    for (const parts of this.pouring) parts.giveAll();
  }

  private send(message: FromThread): void {
    parentPort!.postMessage(message);
  }
}

/** What becomes of messages, on its way to the hold of the caller. */
class Parts {
  private readonly places: Places;
  private readonly give: (parts: readonly Part[]) => void;
  /** There is no place free: those of all calls are to be given. */
  private readonly pressed: () => void;
  /** What the bodies that are open have begun to fill. */
  private readonly open = new Set<() => void>();
  private parts: Part[] = [];
  private bodies = 0;

  constructor(places: Places, give: (parts: readonly Part[]) => void, pressed: () => void) {
    this.places = places;
    this.give = give;
    this.pressed = pressed;
  }

  giveAll(): void {
    for (const full of this.open) full();
    this.send();
  }

  add(part: Part): void {
    if (this.parts.length === 0) setImmediate(() => this.send());
    this.parts.push(part);
    if (this.parts.length >= PARTS) this.send();
  }

  send(): void {
    const { parts } = this;
    this.parts = [];
    if (parts.length > 0) this.give(parts);
  }

  hold(): Hold<BodyThere> {
    return { begin: (sizeHint) => this.sink(sizeHint) };
  }

  private sink(sizeHint: number): Sink<BodyThere> {
    const body = this.bodies++;
    this.add({ is: 'begin', body, sizeHint });
    let [place, filled] = [-1, 0];
    const full = (): void => {
      if (place >= 0) this.add({ is: 'bytes', body, place, length: filled });
      place = -1;
      filled = 0;
    };
    this.open.add(full);
    return {
      write: (piece) => {
        for (let at = 0; at < piece.length; ) {
          if (place < 0) place = this.place();
          const room = this.places.bytes(place).subarray(filled);
          const some = piece.subarray(at, at + room.length);
          room.set(some);
          at += some.length;
          filled += some.length;
          if (some.length === room.length) full();
        }
      },
      end: () => {
        full();
        this.open.delete(full);
        this.add({ is: 'end', body });
        return new BodyThere(body);
      },
      abort: () => {
        full();
        this.open.delete(full);
        this.add({ is: 'abort', body });
      },
    };
  }

  private place(): number {
    const free = this.places.take();
    if (free !== null) return free;
    this.pressed();
    return this.places.takeWaiting();
  }
}
