import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ImapOptions } from '../stores/imap/pool.ts';
import type { MemoryMailbox } from '../stores/memory/mailbox.ts';
import type { Source } from '../stores/source.ts';
import type { TakeoutOptions } from '../stores/takeout/source.ts';
import type { Target } from '../stores/target.ts';
import { fixedToken, type Tokens } from '../wire/tokens.ts';
import { type FileAddress, parseAddress, publicName, type ServerAddress } from './address.ts';
import { dataFolder } from './data.ts';
import { accountKey } from './one-account.ts';
import { type Person, type PlainRef, readSecret, rereadToken, warnOf } from './secret.ts';
import { usage } from './usage.ts';

/** An address whose secret was asked for once; opens as many stores as wanted. The only place that picks implementations. */
export interface Account {
  readonly name: string;
  openSource(): Promise<Source>;
  openTarget(): Promise<Target>;
}

/** Secrets are asked for one after the other, before anything is opened. */
export async function readAccounts(
  texts: readonly string[],
  person: Person,
  data?: string,
): Promise<Account[]> {
  const accounts: Account[] = [];
  for (const text of texts) accounts.push(await readAccount(text, person, data));
  return accounts;
}

/** `data` is `--data`: consents lie there. */
export async function readAccount(text: string, person: Person, data?: string): Promise<Account> {
  const address = parseAddress(text);
  if (address.kind === 'memory') return memoryAccount(address.name);
  return 'host' in address ? serverAccount(address, person, data) : fileAccount(address, data);
}

/** Throws when one account is given twice, or is source and target at once. */
export function checkDifferent(texts: readonly string[]): void {
  const addresses = texts.map((text) => parseAddress(text));
  const keys = addresses.map(accountKey);
  const twice = addresses.find((_, i) => keys.indexOf(keys[i]!) !== i);
  if (twice !== undefined) throw usage('same-twice', publicName(twice));
}

function fileAccount(address: FileAddress, data: string | undefined): Account {
  const { kind, path } = address;
  const name = publicName(address);
  return {
    name,
    async openSource() {
      const where = { path, name };
      switch (kind) {
        case 'mbox':
          return (await import('../stores/mbox/source.ts')).openMboxSource(where);
        case 'eml':
          return (await import('../stores/eml/source.ts')).openEmlSource(where);
        case 'pst':
          // Its parts lie in any order: packed, each would cost unpacking it from the beginning.
          if (/\.zip$/i.test(path)) throw usage('zipped-pst', name);
          return (await import('./pst-in-thread.ts')).openPstInThread(where);
        case 'takeout':
          return (await import('../stores/takeout/source.ts')).openTakeoutSource(keeping(where, data));
        case 'maildir':
          return (await import('../stores/maildir/source.ts')).openMaildirSource(where);
      }
    },
    async openTarget() {
      if (kind !== 'maildir') throw usage('only-source', name);
      return (await import('../stores/maildir/target.ts')).openMaildirTarget({ path, name });
    },
  };
}

/** What a Takeout may keep beside. The folder of data is not made only for this, and may be made after the store is opened. */
function keeping(where: { path: string; name: string }, asked: string | undefined): TakeoutOptions {
  const { root, scratch } = dataFolder(asked);
  return {
    ...where,
    get index() {
      return existsSync(root) ? join(root, 'indexes') : undefined;
    },
    get scratch() {
      return existsSync(root) ? scratch : undefined;
    },
  };
}

/** Mailboxes in memory, by name: they live as long as the process. */
const mailboxes = new Map<string, MemoryMailbox>();

export async function memoryMailboxOf(name: string): Promise<MemoryMailbox> {
  const { memoryMailbox } = await import('../stores/memory/mailbox.ts');
  const mailbox = mailboxes.get(name) ?? memoryMailbox({ name });
  mailboxes.set(name, mailbox);
  return mailbox;
}

function memoryAccount(name: string): Account {
  return {
    name: `memory:${name}`,
    openSource: async () => (await memoryMailboxOf(name)).source(),
    openTarget: async () => (await memoryMailboxOf(name)).target(),
  };
}

async function serverAccount(
  address: ServerAddress,
  person: Person,
  data: string | undefined,
): Promise<Account> {
  warnOf(address, person);
  const { kind, host, port, security, fingerprint, lanes, gmail } = address;
  const name = publicName(address);
  const auth = await authOf(address, person, data);
  const options = { name, host, port, security, auth, fingerprint, ...(lanes === null ? {} : { lanes }) };
  return {
    name,
    async openSource() {
      if (kind === 'pop3') return (await import('../stores/pop3/source.ts')).openPop3Source(options);
      const choice = gmail === undefined ? {} : { gmail };
      return (await import('../stores/imap/source.ts')).openImapSource({ ...options, ...choice });
    },
    async openTarget() {
      if (kind === 'pop3') throw usage('only-source', name);
      return (await import('../stores/imap/target.ts')).openImapTarget(options);
    },
  };
}

async function authOf(
  address: ServerAddress,
  person: Person,
  data: string | undefined,
): Promise<ImapOptions['auth']> {
  const { user, secret, secretIs } = address;
  if (secret.by === 'consent' || secret.by === 'app')
    return { by: 'xoauth2', user, tokens: await tokensOf({ ...address, secret }, person, data) };
  const text = await readSecret({ ...address, secret }, person);
  if (secretIs === 'password') return { by: 'password', user, password: text };
  return { by: 'xoauth2', user, tokens: givenTokens(secret, text) };
}

/** A token lives for an hour, a move for a night: one in a file is read anew at each sign-in. */
function givenTokens(secret: PlainRef, first: string): Tokens {
  if (secret.by !== 'file') return fixedToken(first);
  return { token: async () => rereadToken(secret.path) ?? first };
}

/** Loaded only where tokens are got: a password needs none of it. */
async function tokensOf(
  address: ServerAddress & { secret: Exclude<ServerAddress['secret'], PlainRef> },
  person: Person,
  data: string | undefined,
): Promise<Tokens> {
  const { secret } = address;
  if (secret.by === 'app') return (await import('./app-tokens.ts')).appTokens(secret.path, address, person);
  return (await import('./consented.ts')).consentedTokens(address, dataFolder(data));
}
