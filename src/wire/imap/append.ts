import { Trouble } from '../../trouble.ts';
import { astring, CONTINUE, type LiteralRules, type Part, type Piece, spell, unsendable } from './command.ts';
import type { Connection } from './connection.ts';
import { isSendableFlag } from './flags.ts';
import { formatInternalDate } from './internal-date.ts';
import { decodeMailboxName } from './mailbox-name.ts';
import type { Status } from './parser.ts';
import { parseUidSet } from './uid-set.ts';

export interface AppendMessage {
  flags: readonly string[];
  /** Milliseconds since 1970; null lets the server take its own now. */
  internalDate: number | null;
  /** In bytes: exactly what `chunks` gives. */
  size: number;
  /** Pieces that stay valid until the next one is asked for. */
  chunks(): Iterable<Uint8Array>;
}

export interface AppendUid {
  uidValidity: number;
  /** In the order of the messages. */
  uids: number[];
}

/**
 * APPEND (RFC 9051 §6.3.12), of several messages as one MULTIAPPEND (RFC 3502: all or none). Sent at once, any number may
 * be in flight. Answers where they landed (UIDPLUS, RFC 4315 §3), null when the server does not tell.
 * Throws `refused` and `missing` (nothing was stored), `full`, `busy`, `lost` (then it is not known whether they were stored).
 */
export async function append(
  conn: Connection,
  handle: string,
  messages: readonly AppendMessage[],
): Promise<AppendUid | null> {
  const on = decodeMailboxName(handle).name;
  if (messages.length === 0) throw unsendable('APPEND of nothing', on);
  if (messages.length > 1 && !conn.has('MULTIAPPEND'))
    throw unsendable('several messages without MULTIAPPEND', on);
  const heads = messages.map((message) => head(message, on));
  const command: Part[] = ['APPEND ', astring(handle, on)];
  return conn.run({
    tried: 'store-message',
    on,
    slow: true,
    pieces: (rules) => pieces(command, heads, messages, rules),
    done: (status) => appendUid(status, messages.length),
  });
}

function* pieces(
  command: readonly Part[],
  heads: readonly string[],
  messages: readonly AppendMessage[],
  rules: LiteralRules,
): Generator<Piece> {
  yield* spell(command, rules);
  for (const [index, message] of messages.entries()) {
    const waits = !rules.nonSynchronising(message.size);
    yield `${heads[index]}{${message.size}${waits ? '' : '+'}}\r\n`;
    if (waits) yield CONTINUE;
    let left = message.size;
    for (const chunk of message.chunks()) {
      left -= chunk.length;
      // One byte too many or too few and the server reads mail as commands.
      if (left < 0) break;
      if (chunk.length > 0) yield chunk;
    }
    if (left !== 0) throw new Error(`a message of ${message.size} bytes gave ${message.size - left}`);
  }
}

/** ` (flags) "date" `. Throws `refused` for a flag no server takes: it would answer BAD to the whole command. */
function head(message: AppendMessage, on: string): string {
  const unfit = message.flags.find((flag) => !isSendableFlag(flag));
  if (unfit !== undefined) throw unsendable(`${JSON.stringify(unfit)} is no flag`, on);
  if (!(Number.isSafeInteger(message.size) && message.size >= 0)) throw unsendable('no size', on);
  const flags = message.flags.length === 0 ? '' : `(${message.flags.join(' ')}) `;
  return ` ${flags}${message.internalDate === null ? '' : `${date(message.internalDate, on)} `}`;
}

function date(ms: number, on: string): string {
  try {
    return formatInternalDate(ms);
  } catch (cause) {
    throw new Trouble('refused', { tried: 'store-message', on, answer: `not sent: ${ms} is no date`, cause });
  }
}

/** `[APPENDUID 38505 3955:3956]`. Told wrongly is as good as not told: the messages have landed all the same. */
function appendUid(status: Status, count: number): AppendUid | null {
  const m = status.code === 'APPENDUID' ? /^(\d{1,10}) ([\d:,]+)$/.exec(status.facts) : null;
  if (m === null) return null;
  try {
    const uids = parseUidSet(m[2]!, count);
    return uids.length === count ? { uidValidity: Number(m[1]), uids } : null;
  } catch {
    return null;
  }
}
