import type { Trouble } from '../trouble.ts';
import type { GroupwareItem } from './item.ts';

export interface GroupwareFolder {
  /** As people see it, root first. Two folders never share one. */
  path: readonly string[];
  /** The source's own name for it. */
  handle: string;
}

/** What a source tells of one thing that lies in a folder. */
export type Told =
  | { is: 'item'; item: GroupwareItem }
  /** Mail, for whoever reads that. */
  | { is: 'mail' }
  /** An item of a class that has no place in an address book or a calendar. */
  | { is: 'other'; name: string; what: string }
  /** It cannot be read; `trouble` is of kind `malformed`, `missing` or `refused`. */
  | { is: 'unreadable'; name: string; trouble: Trouble };

/**
 * Where a person's contacts, appointments, tasks and notes lie. Laws:
 *
 * - Reading leaves no trace.
 * - Everything that lies in a folder is told exactly once, in the same order each time, mail and what cannot be read too:
 *   so the sum can be made.
 * - Every method throws only `Trouble` (`lost`, `busy`, `denied`, `refused`, `missing`, `malformed`).
 * - Ending an iteration early frees what it held. After `close()` nothing is left open; twice is once.
 */
export interface GroupwareSource {
  /** For people: the address without secrets. */
  readonly name: string;
  /** All folders, empty ones and those of mail too: a contact may lie anywhere. */
  folders(): Promise<GroupwareFolder[]>;
  contents(folder: GroupwareFolder): AsyncIterable<Told>;
  close(): Promise<void>;
}
