/**
 * What sources that are never twice the same have in common: a Gmail whose labels move, an Exchange that writes each
 * message anew, and beside them an old account that holds part of the same letters.
 */
import type { Difference } from '../checker/check.ts';
import { check, readWhere } from '../checker/check.ts';
import { type Seen, see } from '../checker/message.ts';
import type { Random } from '../generate/random.ts';
import { multipart, unrendered } from '../generate/rendered.ts';
import type { Incoming } from '../servers/imap.ts';
import { startImapServer } from '../servers/imap.ts';
import { imapAddress, SECRET } from './engine.ts';
import type { Mailbox } from './stands.ts';

export interface Changing {
  /** As `--from` takes them. */
  addresses: string[];
  arrive(letters: number): void;
  /** Marks, labels and numbers become others; no letter comes or goes. */
  change(): void;
  stop(): Promise<void>;
}

/** As a server spells them. */
export const FOLDERS: readonly string[] = [
  'INBOX',
  'INBOX/Chantiers',
  'Clients',
  'Clients/&AMk-t&AOk-',
  'Notes',
  'Calendrier',
];

const DAY = Date.UTC(2022, 2, 1, 9);

export interface Written {
  id: string;
  bytes: Buffer;
  /** When it arrived, milliseconds since 1970. */
  date: number;
}

/** The letters, and how many of each lie in which account: what is counted against. */
export class Letters {
  readonly #written = new Map<string, Written>();
  /** By letter, then by account. */
  readonly #lying = new Map<string, Map<string, number>>();

  /** The letter of this name, the same each time. */
  write(id = `letter${this.#written.size + 1}`): Written {
    const there = this.#written.get(id);
    if (there) return there;
    const text = multipart(id).toString('latin1').replace('Subject', 'To: marie@atelier.example\r\nSubject');
    const letter = { id, bytes: Buffer.from(text, 'latin1'), date: DAY + this.#written.size * 1000 };
    this.#written.set(id, letter);
    return letter;
  }

  /** One more copy of it lies in this account. */
  lies({ id }: Written, account: string): void {
    const accounts = this.#lying.get(id) ?? new Map<string, number>();
    accounts.set(account, (accounts.get(account) ?? 0) + 1);
    this.#lying.set(id, accounts);
  }

  /** Of each letter as many as the account has that has most of it. */
  expected(): Seen[] {
    return [...this.#lying].flatMap(([id, accounts]) => {
      const { bytes } = this.#written.get(id)!;
      const one = see([], content(bytes), { flags: [], date: null, where: id });
      return Array.from({ length: Math.max(...accounts.values()) }, () => one);
    });
  }
}

/** Read by the checker's own client. Folders and marks move while a run goes on, so only the letters are compared. */
export async function counted(
  letters: Letters,
  target: Mailbox,
): Promise<{ there: number; expected: number; differences: Difference[] }> {
  const found = await readWhere({ is: 'imap', ...target, as: content });
  const bare = found.map((seen): Seen => ({ ...seen, folder: [], flags: [], date: null }));
  const expected = letters.expected();
  const differences = await check({
    sources: [{ is: 'list', messages: expected }],
    target: { is: 'list', messages: bare },
  });
  return { there: found.length, expected: expected.length, differences };
}

function content(bytes: Uint8Array): Buffer {
  return Buffer.from(unrendered(bytes), 'latin1');
}

/** The account from before, on a plain server. */
export async function openOld(
  random: Random,
): Promise<{ address: string; put(message: Incoming): void; stop(): Promise<void> }> {
  const server = await startImapServer({ users: { marie: SECRET } });
  return {
    address: imapAddress('marie', server.port),
    put(message) {
      server.mailbox('marie', random.pick(FOLDERS.slice(0, 4))).add(message);
    },
    stop: () => server.stop(),
  };
}

export function readMarks(random: Random): string[] {
  return random.chance(0.5) ? ['\\Seen'] : [];
}
