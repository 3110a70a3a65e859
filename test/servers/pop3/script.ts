/** What happens to a command in place of, or around, its usual course. */
export type Turn =
  /** The status line, e.g. `-ERR [SYS/TEMP] later`; nothing is done. */
  | { answer: string }
  /** Never answers again. */
  | 'stall'
  /** Closes without a word, before doing anything. */
  | 'drop'
  /** Sends these bytes as they are in place of the answer. */
  | { raw: string | Buffer };

/** How one message is told by RETR or TOP. */
export type Telling =
  /** Half of it, then the connection closes. */
  | 'cut'
  /** Half of it, then silence. */
  | 'stall'
  /** TOP only: as if it had no more than half its lines. */
  | 'short'
  | { answer: string };

export interface ClientCommand {
  /** In upper case. */
  name: string;
  rest: string;
}

/** How one connection misbehaves. Every hook may be absent; `undefined` or null from a hook means: as usual. */
export interface Script {
  /** In place of the greeting line, without CRLF. */
  greeting?: string;
  /** Capabilities not offered, and where they name a command (TOP, UIDL, CAPA, STLS), not had. */
  without?: readonly string[];
  /** Capabilities offered in addition. */
  with?: readonly string[];
  command?(command: ClientCommand): Turn | undefined | null;
  tell?(number: number, by: 'RETR' | 'TOP'): Telling | undefined | null;
  /** Closes the connection after this many bytes sent by the server. */
  cutAfterBytes?: number;
  /** Every so many bytes sent are a write of their own. */
  pieceBytes?: number;
  /** Waits before each answer, milliseconds: the time to the server and back. */
  delayMs?: number;
}
