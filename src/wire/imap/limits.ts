/**
 * Every cap of the IMAP client, with its reason. A server is not trusted: whatever it announces is compared with these
 * before memory is taken or time is spent.
 */
export interface Limits {
  /** TCP, TLS and greeting together. A provider that needs longer is down; people wait in front of this one. */
  connectMs: number;
  /** Longest silence while an answer is owed. RFC 9051 §5.4 lets servers be slow, but not mute: a dead TCP looks like this. */
  silenceMs: number;
  /** The same while an APPEND is unanswered: targets commit and index a batch before they answer (virus scanners on top). */
  appendSilenceMs: number;
  /** While a literal is open, this many bytes must come per `silenceMs`: a server that drips one byte a minute never ends. */
  paceBytes: number;
  /** Longest time without anything useful (untagged OK "still here" is not): three times the longest silence of an APPEND. */
  uselessMs: number;
  /** One line. `* SEARCH` of 1,500,000 UIDs is a line of 15 MB; nothing else comes near. */
  lineBytes: number;
  /** A literal that is no message: folder names, quoted texts. Real ones are below 1,000 bytes. */
  literalBytes: number;
  /** A message. Providers stop at 150 MB; archives of 1 GB in one message have been seen. It is streamed, not held. */
  bodyBytes: number;
  /** All that is held of one response, lines and literals together. */
  responseBytes: number;
  /** Parentheses within parentheses; BODYSTRUCTURE of real mail stays below 20. The parser recurses, the stack is finite. */
  nesting: number;
  /** Bytes that no command asked for since the last useful one: new-mail notices are some hundred bytes. */
  floodBytes: number;
  /** Untagged answers to one command; the largest folders known have 1,000,000 messages. */
  answers: number;
  /** LIST and LSUB answers; Exchange stops at 10,000 folders a mailbox. */
  mailboxes: number;
  /** UIDs of one SEARCH, COPYUID or APPENDUID answer when ranges are written out; the largest folders known have 1,000,000. */
  uids: number;
  /** Finished messages that wait for their reader; then the socket stops. More would only be memory. */
  waiting: number;
  /** Rows of a listing in one batch, and how many batches wait. */
  batch: number;
  /** Bytes given to the socket and not yet taken by the kernel; then the writer waits. */
  outgoingBytes: number;
  /** Longest name or string we send; RFC 9051 leaves it open, servers refuse above 1,000. */
  argumentBytes: number;
}

export const LIMITS: Readonly<Limits> = {
  connectMs: 30_000,
  silenceMs: 60_000,
  appendSilenceMs: 300_000,
  paceBytes: 1_024,
  uselessMs: 900_000,
  lineBytes: 16 * 1024 * 1024,
  literalBytes: 1024 * 1024,
  bodyBytes: 2 * 1024 * 1024 * 1024,
  responseBytes: 32 * 1024 * 1024,
  nesting: 64,
  floodBytes: 4 * 1024 * 1024,
  answers: 3_000_000,
  mailboxes: 100_000,
  uids: 2_000_000,
  waiting: 32,
  batch: 500,
  outgoingBytes: 1024 * 1024,
  argumentBytes: 64 * 1024,
};

/** The defaults with what is given; zero, negative, NaN and infinite values are not limits and leave the default. */
export function limitsOf(given: Partial<Limits> = {}): Limits {
  const limits: Limits = { ...LIMITS };
  for (const name of Object.keys(LIMITS) as (keyof Limits)[]) {
    const value = given[name];
    if (typeof value === 'number' && Number.isFinite(value) && value >= 1) limits[name] = Math.floor(value);
  }
  return limits;
}
