import type { ClientCommand } from './command.ts';
import type { Box } from './mailbox.ts';

/** A message on its way into a mailbox. */
export interface Appending {
  mailbox: string;
  bytes: Buffer;
  flags: readonly string[];
  internalDate: number | null;
  /** Place within one MULTIAPPEND, from 0. */
  index: number;
}

/** What happens to a command in place of, or around, its usual course. */
export type Turn =
  /** The tagged answer without the tag, e.g. `NO [OVERQUOTA] full`; nothing is done. */
  | { answer: string }
  /** `* BYE text`, then the connection closes; nothing is done. */
  | { bye: string }
  /** Never answers again. */
  | 'stall'
  /** Closes without a word, before doing anything. */
  | 'drop'
  /** Does it, answers nothing, closes: the client cannot know. */
  | 'swallow'
  /** Sends these bytes as they are, then goes on as usual. */
  | { raw: string | Buffer };

/** How one message is told in a FETCH. */
export type Telling =
  | 'leave-out'
  /** `BODY[] NIL`. */
  | 'nil'
  /** The body as a quoted string (must hold no line end, quote or backslash). */
  | 'quoted'
  /** Half of the literal, then `* BYE` in the middle of it. */
  | 'bye-in-literal'
  /** Half of the literal, then silence. */
  | 'stall-in-literal'
  /** Half of the literal, then the connection closes. */
  | 'cut-in-literal'
  /** The bytes in place of the message's own. */
  | { bytes: Buffer }
  /** Neither this message nor those behind it: the tagged answer, without the tag, comes here. */
  | { end: string };

/** How one connection misbehaves. Every hook may be absent; `undefined` or null from a hook means: as usual. */
export interface Script {
  /** In place of the greeting line, without CRLF. */
  greeting?: string;
  /** What ID answers, e.g. `("name" "Zimbra")`. */
  id?: string;
  /** Capabilities not offered, e.g. `LITERAL+`. */
  without?: readonly string[];
  /** Capabilities offered in addition. */
  with?: readonly string[];
  command?(command: ClientCommand): Turn | undefined | null;
  /** Each message of an APPEND: a tagged answer (`NO …`, `BAD …`) refuses the whole command. */
  append?(message: Appending): string | undefined | null;
  /** A synchronising literal is announced: a tagged answer refuses it before a byte of it is sent. */
  literal?(bytes: number): string | undefined | null;
  /** Each message of a FETCH that asks for a body. */
  tell?(uid: number, box: Box): Telling | undefined | null;
  /** Closes the connection after this many bytes sent by the server. */
  cutAfterBytes?: number;
  /** Waits before each tagged answer, milliseconds. */
  delayMs?: number;
}
