import type { SealingKey } from '../../wire/sealed.ts';

/** Keeps secrets under names, sealed: on the disk nothing of a secret can be read without the key. */
export interface Vault {
  /** Durable when it is answered; what had this name before is gone. Throws Trouble `denied`, `full` (`write-file`). */
  seal(name: string, text: string): Promise<void>;
  /**
   * Null: nothing has this name. Throws Trouble `malformed` (`read-secret`): sealed with another key, changed since, or put
   * under this name by somebody else.
   */
  open(name: string): Promise<string | null>;
  names(): Promise<string[]>;
  /** Twice is once. Throws Trouble `denied` (`write-file`). */
  forget(name: string): Promise<void>;
  /**
   * Seals everything anew. Twice is once: after a crash in the middle, the same call goes on. Everything opens with one of
   * the two keys meanwhile.
   */
  rotate(key: SealingKey): Promise<void>;
  /**
   * `work` alone, among all processes that use this name: for what must be read, used and written again in one piece. Throws
   * Trouble `busy` when another one does not end.
   */
  alone<T>(name: string, work: () => Promise<T>): Promise<T>;
}
