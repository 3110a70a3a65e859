import type { ImapOptions } from '../stores/imap/pool.ts';
import type { MemoryMailbox } from '../stores/memory/mailbox.ts';
import type { Source } from '../stores/source.ts';
import type { Target } from '../stores/target.ts';
import { fixedToken } from '../wire/tokens.ts';
import { type FileAddress, parseAddress, publicName, type ServerAddress } from './address.ts';
import { type Person, readSecret, rereadToken, warnOf } from './secret.ts';
import { usage } from './usage.ts';

/** An address whose secret was asked for once; opens as many stores as wanted. The only place that picks implementations. */
export interface Account {
  readonly name: string;
  openSource(): Promise<Source>;
  openTarget(): Promise<Target>;
}

/** Secrets are asked for one after the other, before anything is opened. */
export async function readAccounts(texts: readonly string[], person: Person): Promise<Account[]> {
  const accounts: Account[] = [];
  for (const text of texts) accounts.push(await readAccount(text, person));
  return accounts;
}

export async function readAccount(text: string, person: Person): Promise<Account> {
  const address = parseAddress(text);
  if (address.kind === 'memory') return memoryAccount(address.name);
  return 'host' in address ? serverAccount(address, person) : fileAccount(address);
}

/** Throws when one account is given twice, or is source and target at once. */
export function checkDifferent(texts: readonly string[]): void {
  const names = texts.map((text) => publicName(parseAddress(text)));
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw usage('same-twice', twice);
}

function fileAccount(address: FileAddress): Account {
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
          return (await import('../stores/pst/source.ts')).openPstSource(where);
        case 'takeout':
          return (await import('../stores/takeout/source.ts')).openTakeoutSource(where);
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

async function serverAccount(address: ServerAddress, person: Person): Promise<Account> {
  warnOf(address, person);
  const { kind, host, port, user, security, fingerprint, lanes } = address;
  const name = publicName(address);
  const secret = await readSecret(address, person);
  const auth =
    address.secretIs === 'token'
      ? tokenAuth(address, secret)
      : { by: 'password' as const, user, password: secret };
  const options = { name, host, port, security, auth, fingerprint, ...(lanes === null ? {} : { lanes }) };
  return {
    name,
    async openSource() {
      if (kind === 'pop3') return (await import('../stores/pop3/source.ts')).openPop3Source(options);
      return (await import('../stores/imap/source.ts')).openImapSource(options);
    },
    async openTarget() {
      if (kind === 'pop3') throw usage('only-source', name);
      return (await import('../stores/imap/target.ts')).openImapTarget(options);
    },
  };
}

/** A token lives for an hour, a move for a night: one in a file is read anew at each sign-in. */
function tokenAuth({ user, secret: ref }: ServerAddress, first: string): ImapOptions['auth'] {
  if (ref.by !== 'file') return { by: 'xoauth2', user, tokens: fixedToken(first) };
  return { by: 'xoauth2', user, tokens: { token: async () => rereadToken(ref.path) ?? first } };
}
