/** Reading messages: two ranges under way at once, every key answered, nothing taken for a message that is none. */
import { isTrouble, Trouble } from '../../trouble.ts';
import {
  type Connection,
  type Fetched,
  type Flow,
  fetchMessages,
  noop,
  type Selected,
  uidSet,
} from '../../wire/imap/index.ts';
import type { Folder } from '../entry.ts';
import type { Hold, Sink } from '../hold.ts';
import type { Received, Unread } from '../source.ts';
import { inChunks, keyOf } from './keys.ts';
import { isPlaceholder, PLACEHOLDER_MAX_BYTES } from './quirks.ts';

/** Messages a FETCH asks for: enough to hide a round trip, few enough that the set fits a command line. */
const RANGE = 200;

/** Under which numbering the messages were told, and how the one of now is known. */
interface Told {
  validity: number;
  number(selected: Selected | null): number;
}

/** A body and whether it is the server's excuse in place of the message. */
interface Read<B> {
  body: B;
  excuse: string | null;
}

/**
 * @param opening EXAMINE already sent: the first FETCH goes out behind it without waiting
 * @param uids of messages told under `validity`, any order
 * @param refused of them, what the server would not even list: each is asked for alone
 */
export async function* readBodies<B>(
  conn: Connection,
  opening: Promise<Selected>,
  folder: Folder,
  { validity, number }: Told,
  uids: readonly number[],
  hold: Hold<B>,
  refused: ReadonlySet<number> = new Set(),
): AsyncIterable<Received<B> | Unread> {
  opening.catch(() => undefined); // told below, by `await`
  const pending = new Set(uids);
  const watched = ofFolder(conn, { validity, number }, conn.has('CONDSTORE') ? plain(hold) : sniffing(hold));
  const first = new Ranges(
    conn,
    watched,
    inChunks(
      [...pending].filter((uid) => !refused.has(uid)),
      RANGE,
    ),
  );
  let second: Ranges<B> | null = null;
  let whole = false;
  try {
    first.ahead();
    const opened = await opening;
    if (number(opened) !== validity) {
      for (const uid of pending) yield left(folder, validity, uid, 'missing', 'the folder was renumbered');
      return;
    }
    for await (const message of first.messages())
      if ('uid' in message) yield* answer(message, folder, validity, pending);
    whole = pending.size === 0;
    if (whole) return;
    // Left out, or NIL, or refused together with another: once more, after the server could say what it knows.
    await noop(conn);
    const alone = (uid: number): boolean => refused.has(uid) || first.refused.has(uid);
    second = new Ranges(conn, watched, secondTry([...pending], alone));
    for await (const message of second.messages()) {
      if ('uid' in message) yield* answer(message, folder, validity, pending);
      // At once: a server that ends the session after ten refusals would else be asked for the same ten again.
      else
        for (const uid of message.uids)
          if (pending.delete(uid)) yield refusal(folder, validity, uid, message.trouble);
    }
    whole = true;
    for (const uid of pending) yield left(folder, validity, uid, 'missing', 'the server no longer has it');
  } finally {
    // Left in the middle: ending the connection is quicker than letting pass what nobody wants.
    if (!whole) conn.destroy();
    await first.leave();
    await second?.leave();
  }
}

/** What was refused in company is asked for alone. */
function secondTry(pending: readonly number[], alone: (uid: number) => boolean): number[][] {
  const silent = pending.filter((uid) => !alone(uid));
  return [...inChunks(silent, RANGE), ...pending.filter(alone).map((uid) => [uid])];
}

/** One FETCH under way, and what it will give next. */
interface Fetching<B> {
  flow: Flow<Fetched<Read<B> | null>>;
  uids: readonly number[];
  next: Promise<Given<B>> | null;
}

/** A FETCH that ended with NO or BAD. */
interface Refusal {
  uids: readonly number[];
  trouble: Trouble;
}

type Given<B> = { from: Fetching<B>; items: Fetched<Read<B> | null>[] | null; error: unknown };

/**
 * FETCH commands, one a range, two of them under way at a time. Dovecot runs them side by side and mixes their answers,
 * so both are listened to at once: waiting for the first alone while the second fills the socket would never end.
 */
class Ranges<B> {
  /** By UID: the range it was in was refused, or some of it is gone (EXPUNGEISSUED, RFC 5530). QUIRK(Zimbra, Dovecot): zimbra-fetch-expunged.txt, dovecot-expungeissued.txt */
  readonly refused = new Map<number, Trouble>();
  readonly #conn: Connection;
  readonly #hold: Hold<Read<B> | null>;
  readonly #ranges: readonly number[][];
  readonly #underWay = new Set<Fetching<B>>();
  #next = 0;

  constructor(conn: Connection, hold: Hold<Read<B> | null>, ranges: readonly number[][]) {
    this.#conn = conn;
    this.#hold = hold;
    this.#ranges = ranges;
  }

  ahead(): void {
    while (this.#underWay.size < 2 && this.#next < this.#ranges.length) {
      const uids = this.#ranges[this.#next++]!;
      const flow = fetchMessages(this.#conn, uidSet(uids), this.#hold, {
        release: (lost) => giveBack(lost?.body),
      });
      this.#underWay.add(listen({ flow, uids, next: null }));
    }
  }

  async *messages(): AsyncIterable<Fetched<Read<B> | null> | Refusal> {
    for (this.ahead(); this.#underWay.size > 0; this.ahead()) {
      const { from, items, error } = await Promise.race([...this.#underWay].map(({ next }) => next!));
      if (items !== null) {
        listen(from);
        yield* given(items);
        continue;
      }
      this.#underWay.delete(from);
      if (error === null) continue;
      if (!isTrouble(error, 'refused', 'missing') || this.#conn.closed) throw error;
      for (const uid of from.uids) this.refused.set(uid, error);
      yield { uids: from.uids, trouble: error };
    }
  }

  /** What is still under way is taken and given back. */
  async leave(): Promise<void> {
    for (const fetching of this.#underWay) {
      let got = await fetching.next!;
      for (; got.items !== null; got = await fetching.next!) {
        for (const { body } of got.items) giveBack(body?.body);
        listen(fetching);
      }
      if (got.error !== null && !(got.error instanceof Trouble)) throw got.error;
    }
    this.#underWay.clear();
  }
}

/** Never rejects: the error is told in its turn. */
function listen<B>(fetching: Fetching<B>): Fetching<B> {
  fetching.next = fetching.flow.take().then(
    (items) => ({ from: fetching, items, error: null }),
    (error: unknown) => ({ from: fetching, items: null, error }),
  );
  return fetching;
}

function* given<B>(items: Fetched<Read<B> | null>[]): Iterable<Fetched<Read<B> | null>> {
  let at = 0;
  try {
    while (at < items.length) yield items[at++]!;
  } finally {
    for (const lost of items.slice(at)) if (lost.body !== null) giveBack(lost.body.body);
  }
}

function* answer<B>(
  message: Fetched<Read<B> | null>,
  folder: Folder,
  validity: number,
  pending: Set<number>,
): Iterable<Received<B> | Unread> {
  const { uid, body } = message;
  if (body === null) return;
  if (!pending.delete(uid)) {
    giveBack(body.body);
    return;
  }
  if (body.excuse !== null) {
    giveBack(body.body);
    yield left(folder, validity, uid, 'refused', body.excuse);
    return;
  }
  yield {
    is: 'received',
    key: keyOf(validity, uid),
    marks: message.flags,
    receivedAt: message.internalDate,
    body: body.body,
  };
}

function refusal(folder: Folder, validity: number, uid: number, trouble: Trouble): Unread {
  const kind = trouble.kind === 'missing' ? 'missing' : 'refused';
  return left(folder, validity, uid, kind, trouble.answer ?? trouble.message);
}

function left(
  folder: Folder,
  validity: number,
  uid: number,
  kind: 'missing' | 'refused',
  why: string,
): Unread {
  const key = keyOf(validity, uid);
  const on = `${folder.path.join(' / ')} ${key}`;
  return { is: 'unread', key, trouble: new Trouble(kind, { tried: 'read-message', on, answer: why }) };
}

/** Memory or file of a body that nobody will get. */
function giveBack(body: unknown): void {
  if (typeof body === 'object' && body !== null && 'release' in body && typeof body.release === 'function')
    body.release();
}

/** FETCH goes out before EXAMINE has answered: what comes from a renumbered folder is not what was asked for. */
function ofFolder<B>(
  conn: Connection,
  { validity, number }: Told,
  hold: Hold<Read<B>>,
): Hold<Read<B> | null> {
  return {
    begin: (size) => (number(conn.selected) === validity ? hold.begin(size) : nowhere),
  };
}

const nowhere: Sink<null> = { write: () => undefined, end: () => null, abort: () => undefined };

function plain<B>(hold: Hold<B>): Hold<Read<B>> {
  return {
    begin(size) {
      const sink = hold.begin(size);
      return {
        write: (piece) => sink.write(piece),
        end: () => ({ body: sink.end(), excuse: null }),
        abort: () => sink.abort(),
      };
    },
  };
}

/** Looks at the beginning of small messages for the excuses of servers that write one instead of failing. */
function sniffing<B>(hold: Hold<B>): Hold<Read<B>> {
  return {
    begin(size): Sink<Read<B>> {
      const sink = hold.begin(size);
      let start = '';
      const small = size <= PLACEHOLDER_MAX_BYTES;
      return {
        write(piece) {
          if (small && start.length < PLACEHOLDER_MAX_BYTES)
            start += Buffer.from(piece.buffer, piece.byteOffset, piece.length).toString('latin1');
          sink.write(piece);
        },
        end: () => ({ body: sink.end(), excuse: small && isPlaceholder(start) ? start.slice(0, 300) : null }),
        abort: () => sink.abort(),
      };
    },
  };
}
