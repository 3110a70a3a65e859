import type { ClientCommand } from './command.ts';
import type { Daily } from './daily.ts';
import type { Account, Box } from './mailbox.ts';
import type { Script } from './script.ts';

export interface SessionOptions {
  accounts: Map<string, Account>;
  capabilities: readonly string[];
  prefix: string;
  startTls: boolean;
  /** How many milliseconds a bearer token of XOAUTH2 is still good; null when it is not. */
  bearer(user: string, token: string): number | null;
  daily: Daily | null;
  log(line: string): void;
}

/** What a command may do with the connection it came by. */
export interface Connection {
  readonly options: SessionOptions;
  readonly script: Script;
  /** Who signed in. */
  account: Account | null;
  /** The mailbox that is selected. */
  box: Box | null;
  readOnly: boolean;
  has(capability: string): boolean;
  capabilities(): string[];
  line(text: string): void;
  write(part: string | Buffer): void;
  /** The tag and what stands behind it. */
  answer(command: ClientCommand, text: string): void;
  /** The next line is no command, but the answer to a challenge. */
  ask(then: (answer: string) => void): void;
  /** Never says anything again. */
  stall(): void;
  end(): void;
  /** `* BYE text`, so many milliseconds from now. */
  byeIn(ms: number, text: string): void;
  startTls(): void;
}
