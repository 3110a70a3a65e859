/** Two small IMAP servers that can be told to misbehave, one to read from and one to write to, and an errand between them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Box, type ImapServer, type ImapServerOptions, startImapServer } from '../servers/imap.ts';
import { type Errand, imapAddress, SECRET } from './engine.ts';

export interface Pair extends AsyncDisposable {
  source: ImapServer;
  target: ImapServer;
  inbox: Box;
  errand: Errand;
  dir: string;
  /** Subjects at the target, sorted: each should be there once. */
  arrived(): string[];
}

export const USER = 'marie';

export async function openPair(
  options: { source?: ImapServerOptions; target?: ImapServerOptions; letters?: number } = {},
): Promise<Pair> {
  const users = { [USER]: SECRET };
  const source = await startImapServer({ users, ...options.source });
  const target = await startImapServer({ users, ...options.target });
  const dir = mkdtempSync(join(tmpdir(), 'malleposte-pair-'));
  const inbox = source.mailbox(USER, 'INBOX');
  for (let n = 1; n <= (options.letters ?? 12); n++) inbox.add(lettre(n));
  return {
    ...{ source, target, inbox, dir },
    errand: {
      from: [imapAddress(USER, source.port)],
      to: imapAddress(USER, target.port),
      data: join(dir, 'data'),
    },
    arrived() {
      const boxes = [...target.account(USER).boxes.values()];
      return boxes.flatMap(({ messages }) => messages.map(({ bytes }) => subjectOf(bytes))).sort();
    },
    async [Symbol.asyncDispose]() {
      await source.stop();
      await target.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

export function lettre(n: number): { bytes: string; flags: string[]; internalDate: number } {
  const head = `Message-ID: <${n}@atelier.example>\r\nFrom: marie@atelier.example\r\nSubject: ${subject(n)}\r\n`;
  return {
    bytes: `${head}\r\n${`Une ligne de la lettre ${n}.\r\n`.repeat(40)}`,
    flags: ['\\Seen'],
    internalDate: Date.UTC(2020, 0, n),
  };
}

export function subject(n: number): string {
  return `Lettre ${String(n).padStart(4, '0')}`;
}

/** The subjects of these letters, sorted. */
export function subjects(count: number, ...without: number[]): string[] {
  const numbers = Array.from({ length: count }, (_, i) => i + 1);
  return numbers.filter((n) => !without.includes(n)).map(subject);
}

function subjectOf(bytes: Buffer): string {
  return /^Subject: ([^\r\n]*)/m.exec(bytes.toString('latin1'))?.[1] ?? '?';
}
