/**
 * How a mailbox in memory behaves, faults included. Every field may be changed while the mailbox is in use, so that a
 * test can make a server worse (or well again) between two calls.
 */

/** One thing asked of the mailbox. Iterations count once when they begin and once for each answer. */
export interface Call {
  /** 1, 2, 3 … over all connections of the mailbox. */
  n: number;
  method:
    | 'folders'
    | 'entries'
    | 'entry'
    | 'changes'
    | 'change'
    | 'read'
    | 'body'
    | 'prepare'
    | 'put'
    /** What was put is stored (or refused), the answer comes next: a cut here is a lost answer. */
    | 'answer'
    | 'mark'
    | 'withdraw'
    | 'quota';
  folder: readonly string[] | null;
}

/**
 * What becomes of one message that was put:
 * - `acknowledged` stored, and said so
 * - `landed`       stored, then the connection is cut before the answer
 * - `late`         the connection is cut; it is stored later: after `ms` milliseconds, after `calls` further calls, or
 *                  (with neither) when the test says `landLate()`
 * - `not-landed`   the connection is cut; it is never stored
 *
 * After the first cut of a `put` call, `acknowledged` means `not-landed` for the messages behind it.
 */
export type Fate = 'acknowledged' | 'landed' | 'not-landed' | { late: { ms?: number; calls?: number } };

export interface PutMessage {
  /** 1, 2, 3 … over all messages ever put into the mailbox. */
  n: number;
  step: number;
  folder: readonly string[];
  bytes: Uint8Array;
  marks: readonly string[];
  receivedAt: number | null;
}

export interface Behaviour {
  /** `landed` carries a key (UIDPLUS). */
  tellsKey: boolean;
  /** `withdraw` can remove single messages (UIDPLUS). */
  withdraws: boolean;
  /** `Folder.state` is told (HIGHESTMODSEQ). */
  tellsState: boolean;
  /** `Folder.position` is told (UIDNEXT). */
  tellsPosition: boolean;
  /** The source has marks; false: they are unknown and told empty (POP3). */
  tellsMarks: boolean;
  tellsQuota: boolean;
  bytes: 'original' | 'rebuilt';
  lanes: number;
  /** As a source `local`, as a target `crlf`, or neither (see the traits). */
  lineEnds: 'local' | 'crlf' | null;
  /** Marks kept for good; the others are dropped without a word, as servers do. */
  keeps: 'any' | readonly string[];
  /** Announced and enforced. */
  messageMaxBytes: number | null;
  /** Sum of all messages; above it `put` throws `full`. */
  quotaBytes: number | null;
  /** Largest piece written into a sink. */
  pieceBytes: number;
  /** The server's answer when it says no to a message, null when it takes it. */
  refuse: (put: PutMessage) => string | null;
  /** The server's answer when it says no to a folder. */
  refuseFolder: (path: readonly string[]) => string | null;
  /** What is stored in place of what was sent, with OK. */
  alter: (bytes: Uint8Array) => Uint8Array;
  /** The date that is stored in place of the one sent. */
  alterDate: (receivedAt: number) => number;
  fate: (put: PutMessage) => Fate;
  /** Before each call and each answer; what it throws is thrown to the caller. */
  onCall: (call: Call) => void;
  /** The connection is cut at the n-th call (counted from 1 over the life of the mailbox). */
  cutAtCall: number | null;
  /** How many bytes of this message are told before the connection is cut; null: all, no cut. */
  cutBodyAt: (key: string) => number | null;
  /** The server's answer when it cannot give a message; null when it can. */
  unreadable: (key: string) => string | null;
  /** What a reading gives in place of the bytes that lie there: some servers write each message anew when it is read. */
  render: (bytes: Uint8Array) => Uint8Array;
  /** Messages that a reading leaves out in silence. */
  leavesOut: (key: string) => boolean;
  /** Milliseconds since 1970; the date of messages that come without one. */
  now: () => number;
}

export function goodBehaviour(): Behaviour {
  return {
    tellsKey: true,
    withdraws: true,
    tellsState: true,
    tellsPosition: true,
    tellsMarks: true,
    tellsQuota: true,
    bytes: 'original',
    lanes: 2,
    lineEnds: null,
    keeps: 'any',
    messageMaxBytes: null,
    quotaBytes: null,
    pieceBytes: 256 * 1024,
    refuse: () => null,
    refuseFolder: () => null,
    alter: (bytes) => bytes,
    alterDate: (receivedAt) => receivedAt,
    fate: () => 'acknowledged',
    onCall: () => {},
    cutAtCall: null,
    cutBodyAt: () => null,
    unreadable: () => null,
    render: (bytes) => bytes,
    leavesOut: () => false,
    now: Date.now,
  };
}
