import type { Attempt, Trouble } from '../../trouble.ts';
import type { BodyHold, BodySink } from '../body.ts';
import { checkedSet, unsendable } from './command.ts';
import type { Connection } from './connection.ts';
import type { FetchData, Gmail } from './fetch-data.ts';
import { Channel, type Flow } from './flow.ts';
import { UidRanges } from './uid-set.ts';

/** A message as the server told it in one breath. */
export interface Fetched<B> {
  uid: number;
  /** Without `\Recent`, sorted; one array serves many messages: do not change it. Null when not told. */
  flags: readonly string[] | null;
  /** Milliseconds since 1970; null when not told or unreadable. */
  internalDate: number | null;
  /** RFC822.SIZE, which may lie; null when not asked for. */
  size: number | null;
  /** Decimal text (RFC 7162); null when not told. */
  modseq: string | null;
  gmail: Gmail | null;
  /** Null when the server answered NIL: the message is gone (RFC 2180 §4.1). */
  body: B | null;
}

export interface MessagesOptions {
  /** The whole message (default) or its header block. */
  part?: 'body' | 'header';
  /** Ask for RFC822.SIZE too. Off by default: the literal tells the size, and some servers read the message for it. */
  size?: boolean;
  /** X-GM-MSGID, X-GM-THRID and X-GM-LABELS; ask only where the server has X-GM-EXT-1. */
  gmail?: boolean;
}

/**
 * UID FETCH with BODY.PEEK[] (RFC 9051 §6.4.5): reading sets no mark. Sent at once; several may be under way. Each body
 * is poured into a sink of `hold` as it arrives; a message is given when it is whole. UIDs that the server leaves out,
 * or tells in a way that cannot be read, do not come: count them. Throws from the flow: `lost`, `busy`, `refused`, `missing`.
 * A consumer that leaves early keeps nothing that it has not taken: bodies still waiting are offered to `release`.
 */
export function fetchMessages<B>(
  conn: Connection,
  uidSet: string,
  hold: BodyHold<B>,
  options: MessagesOptions & { release?: (body: B) => void } = {},
): Flow<Fetched<B>> {
  const section = options.part === 'header' ? 'HEADER' : '';
  const items = `UID FLAGS INTERNALDATE${options.size ? ' RFC822.SIZE' : ''}${gmailItems(options)} BODY.PEEK[${section}]`;
  const ranges = new UidRanges(checkedSet(uidSet));
  const flow = new Channel<Fetched<B>>(conn, conn.limits.waiting, (lost) => {
    if (lost.body !== null) options.release?.(lost.body);
  });
  let length = 0;
  const fetch = (data: FetchData) => {
    if (!data.hasBody || data.uid === null || !ranges.has(data.uid)) return false;
    if (flow.left) data.sink?.abort();
    else flow.put(fetched(data, data.sink === null ? null : (data.sink.end() as B)), length);
    return true;
  };
  const begin = (announced: number): BodySink<unknown> | null => {
    length = announced;
    return flow.left ? null : hold.begin(announced);
  };
  send(conn, `UID FETCH ${uidSet} (${items})`, 'read-message', flow, fetch, begin);
  return flow;
}

export interface ListingOptions {
  /** Only what changed since this mod-sequence (RFC 7162 §3.1.4). Needs CONDSTORE. */
  changedSince?: string;
  gmail?: boolean;
  /** UID and FLAGS alone: a delta needs no more for messages it knows. */
  flagsOnly?: boolean;
}

/**
 * UID FETCH of UID, FLAGS, INTERNALDATE and RFC822.SIZE: rows in batches of about 500. A row that cannot be read ends
 * the listing with `malformed`: a message left out here would be lost.
 */
export function fetchListing(
  conn: Connection,
  uidSet: string,
  options: ListingOptions = {},
): Flow<Fetched<null>[]> {
  const items = `UID FLAGS${options.flagsOnly ? '' : ' INTERNALDATE RFC822.SIZE'}${gmailItems(options)}`;
  const since =
    options.changedSince === undefined ? '' : ` (CHANGEDSINCE ${checkedDigits(options.changedSince)})`;
  const ranges = new UidRanges(checkedSet(uidSet));
  const flow = new Channel<Fetched<null>[]>(conn, 4);
  let batch: Fetched<null>[] = [];
  const fetch = (data: FetchData) => {
    // What another session changes is told unasked and without the rest (RFC 9051 §7.5.2).
    const whole = data.flags !== null && (options.flagsOnly || (data.hasDate && data.size !== null));
    if (!whole || data.uid === null || !ranges.has(data.uid)) return false;
    batch.push(fetched<null>(data, null));
    if (batch.length < conn.limits.batch) return true;
    flow.put(batch);
    batch = [];
    return true;
  };
  const finish = () => {
    if (batch.length > 0) flow.put(batch);
  };
  send(conn, `UID FETCH ${uidSet} (${items})${since}`, 'list-messages', flow, fetch, null, finish);
  return flow;
}

function send<T>(
  conn: Connection,
  line: string,
  tried: Attempt,
  flow: Channel<T>,
  fetch: (data: FetchData) => boolean,
  begin: ((length: number) => BodySink<unknown> | null) | null,
  finish: () => void = () => undefined,
): void {
  conn
    .run({
      tried,
      on: '',
      inMailbox: true,
      pieces: () => [line],
      fetch,
      ...(begin === null ? {} : { body: begin, unreadable: () => true }),
      done: finish,
    })
    .then(
      () => flow.end(),
      (error: Trouble) => flow.fail(error),
    );
}

function fetched<B>(data: FetchData, body: B | null): Fetched<B> {
  return {
    uid: data.uid!,
    flags: data.flags,
    internalDate: data.internalDate,
    size: data.size,
    modseq: data.modseq,
    gmail: data.gmail,
    body,
  };
}

function gmailItems(options: { gmail?: boolean }): string {
  return options.gmail ? ' X-GM-MSGID X-GM-THRID X-GM-LABELS' : '';
}

function checkedDigits(text: string): string {
  if (!/^\d{1,20}$/.test(text)) throw unsendable('no mod-sequence', '');
  return text;
}
