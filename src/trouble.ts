/**
 * The one error class. The kind alone decides what happens next; anything thrown that is not a Trouble is a bug
 * and stops the run with its stack.
 */

/**
 * - `busy`      the other side asks for time: wait as long as it says, then go on
 * - `full`      the target is over quota or out of service: the mailbox pauses; never a verdict on a message
 * - `lost`      the connection is gone: reconnect, then rest
 * - `missing`   the thing asked for is not there (any more): record, go on
 * - `refused`   the other side said no to this one thing: record its answer, go on
 * - `denied`    no entry (password, rights, certificate): stop this account, tell the operator
 * - `malformed` the bytes cannot be read as what they should be: keep them, record, go on
 */
export type TroubleKind = 'busy' | 'full' | 'lost' | 'missing' | 'refused' | 'denied' | 'malformed';

/** What was being tried; a closed list, so that every sentence exists in every language (`src/words`). */
export type Attempt =
  | 'read-address'
  | 'read-secret'
  | 'connect'
  | 'encrypt'
  | 'greet'
  | 'sign-in'
  | 'list-folders'
  | 'open-folder'
  | 'create-folder'
  | 'list-messages'
  | 'read-message'
  | 'store-message'
  | 'mark-message'
  | 'remove-message'
  | 'search'
  | 'ask-quota'
  | 'converse'
  | 'read-file'
  | 'write-file'
  | 'open-ledger'
  | 'write-ledger'
  | 'open-records'
  | 'read-record'
  | 'write-record'
  | 'verify-certificate'
  | 'start-server';

export interface TroubleFacts {
  /** What was being done. */
  tried: Attempt;
  /** On what: a server, folder, message key or path. Never a secret. */
  on: string;
  /** What came back, in the other side's own words (capped, secrets already removed). */
  answer?: string;
  /** `busy` only: how long the other side asks us to wait, in milliseconds. */
  retryAfterMs?: number;
  cause?: unknown;
}

/** Longest answer kept: a server that floods us must not flood our reports. */
const ANSWER_MAX_CHARS = 500;

export class Trouble extends Error {
  override readonly name = 'Trouble';
  readonly kind: TroubleKind;
  readonly tried: Attempt;
  readonly on: string;
  readonly answer: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(kind: TroubleKind, facts: TroubleFacts) {
    const answer = facts.answer === undefined ? undefined : printable(facts.answer);
    super(`${kind}: ${facts.tried} ${facts.on}${answer ? `: ${answer}` : ''}`, { cause: facts.cause });
    this.kind = kind;
    this.tried = facts.tried;
    this.on = facts.on;
    this.answer = answer;
    this.retryAfterMs = facts.retryAfterMs;
  }
}

export function isTrouble(error: unknown, ...kinds: TroubleKind[]): error is Trouble {
  return error instanceof Trouble && (kinds.length === 0 || kinds.includes(error.kind));
}

function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f]+/g, ' ').slice(0, ANSWER_MAX_CHARS);
}

const FULL: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** What the file system said when a file of ours was to be written: `full`, `missing`, `denied`. */
export function writeTrouble(on: string, cause: unknown): Trouble {
  const { code, message } = cause as NodeJS.ErrnoException;
  const kind = FULL.has(code) ? 'full' : code === 'ENOENT' ? 'missing' : 'denied';
  return new Trouble(kind, { tried: 'write-file', on, answer: message, cause });
}
