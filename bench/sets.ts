import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { accountMessages } from '../test/generate/account.ts';
import { writeMaildir } from '../test/generate/account-files.ts';

/** A case of the bench: which mail, over which line, into which target. */
export interface Case {
  name: string;
  mail: keyof typeof mails;
  /** Milliseconds each way, on both sides. */
  delay: number;
  /** Capabilities that the target does not show. */
  without: readonly string[];
  says: string;
  /** Who runs in it unless peers are named; null: everyone. */
  peers: readonly string[] | null;
}

/** The mail there is. The seeds are part of the measurement. */
export const mails = {
  real: { messages: 20_000, folders: 40, seed: 20_261, sizes: 'real' },
  small: { messages: 20_000, folders: 40, seed: 20_262, sizes: 'small' },
  wan: { messages: 1_000, folders: 8, seed: 20_263, sizes: 'real' },
  few: { messages: 1_000, folders: 8, seed: 20_264, sizes: 'small' },
  none: { messages: 0, folders: 1, seed: 0, sizes: 'small' },
  many: { messages: 200_000, folders: 40, seed: 20_265, sizes: 'small' },
  some: { messages: 2_000, folders: 40, seed: 20_265, sizes: 'small' },
} as const;

const fast = ['malleposte', 'copier', 'doveadm', 'mbsync', 'imapflow', 'imapsync'];

export const cases: readonly Case[] = [
  {
    name: 'real',
    mail: 'real',
    delay: 0,
    without: [],
    says: '20,000 messages, 1.7 GB, 40 folders, local',
    peers: fast,
  },
  {
    name: 'small',
    mail: 'small',
    delay: 0,
    without: [],
    says: '20,000 × 3 KB, 40 folders, local',
    peers: fast,
  },
  {
    name: 'wan',
    mail: 'wan',
    delay: 20,
    without: [],
    says: '1,000 messages, 8 folders, 40 ms round trip',
    peers: null,
  },
  {
    name: 'far',
    mail: 'real',
    delay: 20,
    without: [],
    says: 'the real set at 40 ms round trip',
    peers: ['malleposte', 'copier'],
  },
  {
    name: 'literal',
    mail: 'few',
    delay: 20,
    without: ['LITERAL+'],
    says: '1,000 × 3 KB at 40 ms into a target without LITERAL+',
    peers: ['malleposte', 'imapsync', 'mbsync'],
  },
  {
    name: 'plain',
    mail: 'few',
    delay: 20,
    without: ['LITERAL+', 'MULTIAPPEND'],
    says: '1,000 × 3 KB at 40 ms into a target without LITERAL+ and MULTIAPPEND',
    peers: ['malleposte', 'imapsync', 'mbsync'],
  },
  {
    name: 'memory',
    mail: 'many',
    delay: 0,
    without: [],
    says: '200,000 × 3 KB, local',
    peers: ['malleposte'],
  },
  {
    name: 'memory-some',
    mail: 'some',
    delay: 0,
    without: [],
    says: '2,000 × 3 KB, local',
    peers: ['malleposte'],
  },
];

/** Where generated mail is kept between runs: `$MALLEPOSTE_CACHE`, else the system's temporary directory. */
export function cacheDir(): string {
  return process.env.MALLEPOSTE_CACHE ?? join(tmpdir(), 'malleposte-bench');
}

/** The home directory (a Maildir++ in `maildir`) with this mail; written when it is not there yet. */
export function home(name: keyof typeof mails, quick: boolean): string {
  const mail = quick ? { ...mails[name], messages: Math.min(500, mails[name].messages) } : mails[name];
  const dir = join(cacheDir(), `${name}-${mail.messages}-${mail.seed}-${generator()}`);
  if (!existsSync(dir)) {
    const making = `${dir}.making`;
    rmSync(making, { recursive: true, force: true });
    mkdirSync(join(making, 'maildir'), { recursive: true });
    writeMaildir(join(making, 'maildir'), accountMessages(mail));
    renameSync(making, dir);
  }
  return dir;
}

/** Which generator wrote it: mail made by an older one is not used. */
function generator(): string {
  const dir = fileURLToPath(new URL('../test/generate/', import.meta.url));
  const hash = createHash('sha256');
  for (const name of readdirSync(dir).sort())
    if (!name.endsWith('.test.ts')) hash.update(readFileSync(join(dir, name)));
  return hash.digest('hex').slice(0, 8);
}

export function messagesOf(name: keyof typeof mails, quick: boolean): number {
  return quick ? Math.min(500, mails[name].messages) : mails[name].messages;
}

/** Reads every message once, so that no tool pays for a cold disk. Returns their bytes as IMAP counts them. */
export function warm(dir: string): number {
  let bytes = 0;
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    const size = /,W=(\d+):/.exec(entry.name);
    if (size === null || !entry.isFile()) continue;
    readFileSync(join(entry.parentPath, entry.name));
    bytes += Number(size[1]);
  }
  return bytes;
}
