import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { type Attempt, Trouble } from '../../trouble.ts';
import type { Change, Entry, Folder } from '../entry.ts';
import type { Hold, Sink } from '../hold.ts';
import type { Aside, Received, Source, SourceTraits, Unread } from '../source.ts';
import type { ThreadData } from './thread-serve.ts';
import {
  AHEAD,
  type FromThread,
  type Part,
  PLACE_BYTES,
  Places,
  type ThreadMethod,
  type ToThread,
  unpack,
} from './thread-words.ts';

export interface ThreadOptions<T> {
  name: string;
  traits: SourceTraits;
  /** The file that calls `serveSource`. */
  entry: URL;
  /** What it opens the source with: plain data. */
  options: T;
  /** The most memory its objects may take, in MB. */
  memoryMb?: number;
  /** A thread that gives no sign of life for so long is ended. In milliseconds. */
  silentMs?: number;
  /** How many threads may be ended by what they read, until the source is given up. */
  endsMax?: number;
}

/** What a file that lost its trees needs at most to be put together again, and twice that. */
const MEMORY_MB = 1024;
const YOUNG_MB = 6;
const SILENT_MS = 120_000;
/** How many times the thread is asked for a sign of life within that. */
const LOOKS = 24;
const CLOSE_MS = 2_000;
const ENDS_MAX = 50;

/**
 * A source that lives in a thread of its own: there the work of the processor is done that its files need. It is begun by
 * the first call. What is on its way is bounded, in bytes and in things told.
 *
 * A thread that takes too much memory or gives no sign of life is ended. Then what was listed is `malformed`; of what was read,
 * each message is tried again alone, and only the one which ends the thread again is `unread`. Where it cannot be told which
 * of several calls it was, the others are `lost`.
 */
export function threadSource<T>(options: ThreadOptions<T>): Source {
  return new ThreadSource(options);
}

class ThreadSource<T> implements Source {
  readonly name: string;
  readonly traits: SourceTraits;
  private readonly options: ThreadOptions<T>;
  private thread: Thread | null = null;
  private deaths = 0;
  private notTaken: readonly Aside[] = [];
  private closing: Promise<void> | null = null;
  /** While one message is read alone, nothing else begins. */
  private alone: Promise<void> = Promise.resolve();

  constructor(options: ThreadOptions<T>) {
    this.options = options;
    this.name = options.name;
    this.traits = options.traits;
  }

  aside(): readonly Aside[] {
    return this.notTaken;
  }

  ready(much: boolean): void {
    if (this.closing === null && !this.isGivenUp) this.running().send({ say: 'ready', much });
  }

  async folders(): Promise<Folder[]> {
    const call = await this.begin('folders', []);
    try {
      await call.next();
      if (call.failure !== null) throw this.told(call.failure.error, 'list-folders', this.name);
      return call.answer as Folder[];
    } finally {
      await call.end();
    }
  }

  entries(folder: Folder, since?: string | null): AsyncGenerator<Entry> {
    return this.list<Entry>('entries', folder, since ?? null);
  }

  changes(folder: Folder, since: string | null): AsyncGenerator<Change> {
    return this.list<Change>('changes', folder, since);
  }

  async *read<B>(
    folder: Folder,
    keys: readonly string[],
    hold: Hold<B>,
  ): AsyncGenerator<Received<B> | Unread> {
    const open = new Set(keys);
    try {
      for await (const answer of this.each<Received<B> | Unread>('read', [folder, [...open]], hold)) {
        open.delete(answer.key);
        yield answer;
      }
      return;
    } catch (error) {
      if (!(error instanceof Died) || this.closing !== null)
        throw this.told(error, 'read-message', this.name);
    }
    for (const key of open) yield await this.readAlone(folder, key, hold);
  }

  close(): Promise<void> {
    this.closing ??= this.thread?.close(new Trouble('lost', this.closed('converse'))) ?? Promise.resolve();
    return this.closing;
  }

  private async *list<E>(
    method: 'entries' | 'changes',
    folder: Folder,
    since: string | null,
  ): AsyncGenerator<E> {
    try {
      yield* this.each<E>(method, [folder, since], null);
    } catch (error) {
      throw this.told(error, 'list-messages', placeOf(this.name, folder));
    }
  }

  private async *each<A>(method: ThreadMethod, args: readonly unknown[], hold: Hold<unknown> | null) {
    const call = await this.begin(method, args, hold);
    try {
      while (await call.next()) yield call.take() as A;
      if (call.failure !== null) throw call.failure.error;
    } finally {
      await call.end();
    }
  }

  /** Reads one message while nothing else begins, so that it is known what it does. */
  private async readAlone<B>(folder: Folder, key: string, hold: Hold<B>): Promise<Received<B> | Unread> {
    const before = this.alone;
    let done = (): void => {};
    this.alone = new Promise((resolve) => {
      done = resolve;
    });
    await before;
    try {
      let answer = await this.readOne(folder, key, hold);
      // What was begun before may have been under way as well: once more tells.
      if (answer instanceof Died && !answer.wasAlone) answer = await this.readOne(folder, key, hold);
      if (!(answer instanceof Died)) return answer;
      const trouble = this.malformed(answer, 'read-message', placeOf(this.name, folder, key));
      return { is: 'unread', key, trouble };
    } finally {
      done();
    }
  }

  private async readOne<B>(folder: Folder, key: string, hold: Hold<B>): Promise<Received<B> | Unread | Died> {
    const call = this.start('read', [folder, [key]], hold);
    try {
      if (await call.next()) return call.take() as Received<B> | Unread;
      const error = call.failure?.error ?? new Error(`${this.name} left a key unanswered`);
      if (error instanceof Died && this.closing === null) return error;
      throw this.told(error, 'read-message', this.name);
    } finally {
      await call.end();
    }
  }

  private async begin(
    method: ThreadMethod,
    args: readonly unknown[],
    hold: Hold<unknown> | null = null,
  ): Promise<Call> {
    for (let alone: Promise<void> | null = null; alone !== this.alone; await alone) alone = this.alone;
    return this.start(method, args, hold);
  }

  private start(method: ThreadMethod, args: readonly unknown[], hold: Hold<unknown> | null): Call {
    if (this.closing !== null) throw new Trouble('lost', this.closed(ATTEMPTS[method]));
    return this.running().call(method, args, hold);
  }

  private running(): Thread {
    if (this.thread?.isDead) {
      this.thread = null;
      this.deaths += 1;
    }
    if (this.isGivenUp)
      throw new Trouble('malformed', {
        ...{ tried: 'read-file', on: this.name },
        answer: 'reading it was given up: again and again it took too much memory or came to no end',
      });
    this.thread ??= new Thread(this.options, (aside) => {
      this.notTaken = aside;
    });
    return this.thread;
  }

  private get isGivenUp(): boolean {
    return this.deaths >= (this.options.endsMax ?? ENDS_MAX);
  }

  private told(error: unknown, tried: Attempt, on: string): unknown {
    if (!(error instanceof Died)) return error;
    if (this.closing !== null) return new Trouble('lost', this.closed(tried));
    if (error.wasAlone) return this.malformed(error, tried, on);
    return new Trouble('lost', { tried, on, answer: error.message });
  }

  private malformed(died: Died, tried: Attempt, on: string): Trouble {
    return new Trouble('malformed', { tried, on, answer: died.message });
  }

  private closed(tried: Attempt): { tried: Attempt; on: string; answer: string } {
    return { tried, on: this.name, answer: 'closed' };
  }
}

const ATTEMPTS: Record<ThreadMethod, Attempt> = {
  folders: 'list-folders',
  entries: 'list-messages',
  changes: 'list-messages',
  read: 'read-message',
};

function placeOf(name: string, { path }: Folder, key = ''): string {
  return `${name} ${path.join('/')} ${key}`.trimEnd();
}

/** The thread ended. Never leaves this file. */
class Died extends Error {
  /** Whether nothing but this call was under way. */
  readonly wasAlone: boolean;

  constructor(why: string, wasAlone: boolean) {
    super(why);
    this.wasAlone = wasAlone;
  }
}

/** One worker, from its start to its end. */
class Thread {
  isDead = false;
  private readonly worker: Worker;
  private readonly places = new Places();
  private readonly calls = new Map<number, Call>();
  private readonly exited: Promise<void>;
  private readonly tellAside: (aside: readonly Aside[]) => void;
  private readonly watch: NodeJS.Timeout;
  private readonly taken = new Uint8Array(PLACE_BYTES);
  private next = 1;
  private why: { reason: string } | { bug: unknown } = { reason: 'its thread ended' };

  constructor(options: ThreadOptions<unknown>, tellAside: (aside: readonly Aside[]) => void) {
    const { memoryMb = MEMORY_MB, silentMs = SILENT_MS } = options;
    this.tellAside = tellAside;
    const workerData: ThreadData<unknown> = { places: this.places.memory, options: options.options };
    const resourceLimits = { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: YOUNG_MB };
    // As a flag of the process it would count for the thread, too, and more than its own limit.
    setFlagsFromString('--max-semi-space-size=0');
    this.worker = new Worker(options.entry, { workerData, resourceLimits });
    this.worker.on('message', (message: FromThread) => this.hear(message));
    this.worker.on('messageerror', (bug) => this.ends({ bug }));
    this.worker.on('error', (error: NodeJS.ErrnoException) => {
      const tooMuch = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      this.why = tooMuch ? { reason: `reading it takes more than ${memoryMb} MB of memory` } : { bug: error };
    });
    this.exited = new Promise((resolve) => {
      this.worker.once('exit', () => {
        this.died();
        resolve();
      });
    });
    this.watch = this.watchBeats(silentMs);
    this.worker.unref();
  }

  send(message: ToThread): void {
    this.worker.postMessage(message);
  }

  call(method: ThreadMethod, args: readonly unknown[], hold: Hold<unknown> | null): Call {
    const number = this.next++;
    const call = new Call(number, hold, method === 'read' ? AHEAD.read : AHEAD.list, (message) =>
      this.send(message),
    );
    this.calls.set(number, call);
    this.worker.ref();
    this.send({ say: 'call', call: number, method, args });
    return call;
  }

  /** What runs ends as `trouble`; within `CLOSE_MS` the thread has ended. */
  async close(trouble: Trouble): Promise<void> {
    for (const call of this.calls.values()) call.fail(trouble);
    this.worker.ref();
    this.send({ say: 'close' });
    const late = setTimeout(() => void this.worker.terminate(), CLOSE_MS);
    await this.exited;
    clearTimeout(late);
  }

  private hear(message: FromThread): void {
    const call = this.calls.get(message.call);
    if (message.say === 'parts') {
      for (const part of message.parts) this.part(call, part);
      return;
    }
    if (message.say === 'things') {
      call?.add(message.things);
      return;
    }
    this.calls.delete(message.call);
    if (this.calls.size === 0) this.worker.unref();
    if (message.aside !== undefined) this.tellAside(message.aside);
    call?.ended(message);
  }

  /** The place of its bytes is free again, whatever becomes of them. */
  private part(call: Call | undefined, part: Part): void {
    let bytes = NOTHING;
    if (part.is === 'bytes') {
      // Not the shared memory itself: who takes it may hand it on to what cannot read such.
      bytes = this.taken.subarray(0, part.length);
      bytes.set(this.places.bytes(part.place).subarray(0, part.length));
      this.places.free(part.place);
    }
    call?.part(part, bytes);
  }

  private died(): void {
    this.isDead = true;
    clearInterval(this.watch);
    const wasAlone = this.calls.size === 1;
    for (const call of this.calls.values()) {
      call.fail('bug' in this.why ? this.why.bug : new Died(this.why.reason, wasAlone));
      call.ended(null);
    }
    this.calls.clear();
  }

  private watchBeats(silentMs: number): NodeJS.Timeout {
    let [last, silent] = [this.places.beats(), 0];
    const look = (): void => {
      const beats = this.places.beats();
      silent = beats === null || beats !== last || this.calls.size === 0 ? 0 : silent + 1;
      last = beats;
      if (silent >= LOOKS)
        this.ends({ reason: `reading it came to no end within ${Math.round(silentMs / 1000)} s` });
    };
    return setInterval(look, silentMs / LOOKS).unref();
  }

  private ends(why: typeof this.why): void {
    this.why = why;
    void this.worker.terminate();
  }
}

const NOTHING = new Uint8Array();

/** What the thread tells of one call, as far as its caller has not taken it yet. */
class Call {
  /** Null when it went well so far. */
  failure: { error: unknown } | null = null;
  answer: unknown = undefined;
  private readonly number: number;
  private readonly hold: Hold<unknown> | null;
  private readonly ahead: number;
  private readonly send: (message: ToThread) => void;
  private things: unknown[] = [];
  private at = 0;
  private taken = 0;
  private isOver = false;
  private readonly sinks = new Map<number, Sink<unknown>>();
  private readonly bodies = new Map<number, unknown>();
  private wake: () => void = () => {};

  constructor(number: number, hold: Hold<unknown> | null, ahead: number, send: (message: ToThread) => void) {
    this.number = number;
    this.hold = hold;
    this.ahead = ahead;
    this.send = send;
  }

  /** Whether there is a further thing to take; at the end there is `failure` or `answer`. */
  async next(): Promise<boolean> {
    while (this.at === this.things.length && this.failure === null && !this.isOver) await this.news();
    return this.at < this.things.length;
  }

  take(): unknown {
    const thing = this.things[this.at];
    this.things[this.at++] = undefined;
    if (this.at === this.things.length) {
      this.things = [];
      this.at = 0;
    }
    this.taken += 1;
    if (this.taken >= this.ahead / 4 && !this.isOver) {
      this.send({ say: 'more', call: this.number, count: this.taken });
      this.taken = 0;
    }
    return thing;
  }

  /** Nothing more is wanted of it. */
  async end(): Promise<void> {
    if (!this.isOver) this.send({ say: 'stop', call: this.number });
    while (!this.isOver) await this.news();
    for (const thing of this.things.slice(this.at)) releaseBody((thing as { body?: unknown }).body);
    this.things = [];
    this.at = 0;
  }

  add(things: readonly unknown[]): void {
    if (this.failure !== null) return;
    for (const thing of things) this.things.push(thing);
    this.wake();
  }

  part(part: Part, bytes: Uint8Array): void {
    if (this.failure !== null) return;
    try {
      this.pour(part, bytes);
    } catch (error) {
      // The hold of the caller takes no more: its disk is full.
      this.fail(error);
      this.send({ say: 'stop', call: this.number });
    }
    if (part.is === 'answer') this.wake();
  }

  fail(error: unknown): void {
    this.failure ??= { error };
    this.giveBack();
    this.wake();
  }

  /** Null: the thread is no more. */
  ended(message: (FromThread & { say: 'ended' }) | null): void {
    this.isOver = true;
    this.answer = message?.answer;
    if (message?.failed !== undefined) this.failure ??= { error: unpack(message.failed) };
    this.giveBack();
    this.wake();
  }

  private pour(part: Part, bytes: Uint8Array): void {
    if (part.is === 'begin') this.sinks.set(part.body, this.hold!.begin(part.sizeHint));
    else if (part.is === 'bytes') this.sinks.get(part.body)!.write(bytes);
    else if (part.is === 'answer') this.things.push(unpack(part.answer, (body) => this.bodyOf(body)));
    else {
      const sink = this.sinks.get(part.body)!;
      this.sinks.delete(part.body);
      if (part.is === 'end') this.bodies.set(part.body, sink.end());
      else sink.abort();
    }
  }

  private bodyOf(number: number): unknown {
    const body = this.bodies.get(number);
    this.bodies.delete(number);
    return body;
  }

  /** What no answer speaks of. */
  private giveBack(): void {
    for (const sink of this.sinks.values()) sink.abort();
    this.sinks.clear();
    for (const body of this.bodies.values()) releaseBody(body);
    this.bodies.clear();
  }

  private news(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }
}

function releaseBody(body: unknown): void {
  (body as { release?: () => void } | null | undefined)?.release?.();
}
