/**
 * Every cap of the POP3 client, with its reason. A server is not trusted: whatever it announces is compared with these
 * before memory is taken or time is spent.
 */
export interface Limits {
  /** TCP, TLS and greeting together. A provider that needs longer is down; people wait in front of this one. */
  connectMs: number;
  /** Longest silence while an answer is owed: a dead TCP looks like this. */
  silenceMs: number;
  /** The same while the maildrop is locked or listed: mbox servers read all of it before they answer (RFC 1939 §4, §5). */
  listSilenceMs: number;
  /** Within a multi-line answer this many bytes must come per `silenceMs`: what drips one byte a minute never ends. */
  paceBytes: number;
  /** Longest time without a whole answer outside of multi-line ones. */
  uselessMs: number;
  /** A status line or a line of a listing. RFC 2449 §4 allows 512; unique-ids of 500 characters have been seen. */
  lineBytes: number;
  /** A message. Archives of 1 GB in one message have been seen elsewhere. It is streamed, not held. */
  bodyBytes: number;
  /** A header asked for with TOP; it is held to be digested. `mail/header.ts` reads no more either. */
  headerBytes: number;
  /** Lines of one LIST or UIDL; the largest mailboxes known have 1,000,000 messages. */
  messages: number;
  /** Lines of CAPA; servers list about 15. */
  capabilities: number;
  /** Commands in flight where PIPELINING is announced: 100 lines are 2 kB, below any TCP window (RFC 2449 §6.8). */
  pipelined: number;
}

export const LIMITS: Readonly<Limits> = {
  connectMs: 30_000,
  silenceMs: 60_000,
  listSilenceMs: 300_000,
  paceBytes: 1_024,
  uselessMs: 900_000,
  lineBytes: 8 * 1024,
  bodyBytes: 2 * 1024 * 1024 * 1024,
  headerBytes: 1024 * 1024,
  messages: 1_000_000,
  capabilities: 200,
  pipelined: 100,
};

/** Longest command line with its CRLF (RFC 2449 §4): a longer answer to a challenge goes without the initial response. */
export const COMMAND_MAX_BYTES = 255;

/** The defaults with what is given; zero, negative, NaN and infinite values are not limits and leave the default. */
export function limitsOf(given: Partial<Limits> = {}): Limits {
  const limits: Limits = { ...LIMITS };
  for (const name of Object.keys(LIMITS) as (keyof Limits)[]) {
    const value = given[name];
    if (typeof value === 'number' && Number.isFinite(value) && value >= 1) limits[name] = Math.floor(value);
  }
  return limits;
}
