/** Puts mail into accounts, and changes it there, by another way than Malleposte's. */
import { mkdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type FetchMessageObject, ImapFlow } from 'imapflow';
import type { ImapPlace } from '../checker/imap.ts';
import type { Mail } from '../generate/account.ts';
import { modifiedUtf7 } from '../generate/account-files.ts';

/** A message that lies in an account of a journey. */
export interface Posted {
  mark(flags: readonly string[]): Promise<void>;
}

export interface Post {
  put(mail: Mail): Promise<Posted>;
  close(): Promise<void>;
}

/** A client that is not ours, signed in. */
export async function imapClient({ host, port, user, password }: ImapPlace): Promise<ImapFlow> {
  const client = new ImapFlow({
    ...{ host, port, secure: false, doSTARTTLS: false, logger: false },
    auth: { user, pass: password },
  });
  // Courier is signed in from the start; without a listener a broken connection would end the process.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

export async function imapPost(place: ImapPlace): Promise<Post> {
  const client = await imapClient(place);
  const known = new Set(['INBOX']);
  return {
    async put({ folder, bytes, flags, keywords, date }) {
      const path = folder.join('/');
      if (!known.has(path)) await client.mailboxCreate([...folder]);
      known.add(path);
      const put = await client.append(path, bytes, [...flags, ...keywords], new Date(date));
      if (!put || put.uid === undefined) throw new Error(`${path}: the message was not taken`);
      const { uid } = put;
      return {
        async mark(marks) {
          await client.mailboxOpen(path);
          await client.messageFlagsSet(String(uid), [...marks], { uid: true });
          await client.mailboxClose();
        },
      };
    },
    close: () => client.logout(),
  };
}

/** One table of keywords for all folders: letters must not change their meaning while mail comes in. */
const KEYWORDS = ['$Forwarded', '$label1', '$MDNSent', 'NonJunk', 'a-relancer', 'facture'];
const LETTERS: Record<string, string> = {
  '\\Draft': 'D',
  '\\Flagged': 'F',
  '\\Answered': 'R',
  '\\Seen': 'S',
};

/** A Maildir++ that mail is delivered to while journeys run. */
export function maildirPost(root: string): Post {
  let serial = 0;
  const known = new Set<string>();
  const letters = (marks: readonly string[]): string =>
    marks
      .map((mark) => LETTERS[mark] ?? String.fromCharCode(97 + KEYWORDS.indexOf(mark)))
      .sort()
      .join('');
  return {
    async put({ folder, bytes, flags, keywords, date }) {
      const name = folder.map(modifiedUtf7).join('.');
      const directory = name === 'INBOX' ? root : join(root, `.${name}`);
      if (!known.has(name)) {
        for (const part of ['cur', 'new', 'tmp']) mkdirSync(join(directory, part), { recursive: true });
        writeFileSync(
          join(directory, 'dovecot-keywords'),
          KEYWORDS.map((word, i) => `${i} ${word}\n`).join(''),
        );
      }
      known.add(name);
      const base = `${date / 1000}.M${String(++serial).padStart(7, '0')}P1.malle`;
      let file = join(directory, 'cur', `${base}:2,${letters([...flags, ...keywords])}`);
      const parked = join(directory, 'tmp', base);
      writeFileSync(parked, bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
      utimesSync(parked, date / 1000, date / 1000);
      renameSync(parked, file);
      return {
        async mark(marks) {
          const next = join(dirname(file), `${base}:2,${letters(marks)}`);
          renameSync(file, next);
          file = next;
        },
      };
    },
    close: async () => undefined,
  };
}

/** The bytes, flags and date of every message of a folder, as they lie there; empty when there is no such folder. */
export async function readFolder(client: ImapFlow, folder: readonly string[]): Promise<FetchMessageObject[]> {
  const { exists } = await client.mailboxOpen([...folder], { readOnly: true });
  if (exists === 0) return [];
  const query = { uid: true, flags: true, internalDate: true, source: true };
  return client.fetchAll('1:*', query);
}
