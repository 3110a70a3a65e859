import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accountMessages, type Mail } from '../../../test/generate/account.ts';
import { writeMaildir, writeMbox } from '../../../test/generate/account-files.ts';
import { startDovecot } from '../../../test/servers/dovecot.ts';
import { type LiveServer, runAs } from '../../../test/servers/install-live.ts';
import { COLLEAGUES, type Colleague, owner } from './people.ts';

/** An account as it stands in the prepared file. */
export interface Lying {
  address: string;
  /** Null: a file needs none, or it has not been handed over. */
  password: string | null;
}

/** One person on the stage: where the mail lies, and where it goes. */
export interface Actor {
  colleague: Colleague;
  from: Lying[];
  to: Lying;
  /** Messages in all places together, copies counted as often as they lie there. */
  lying: number;
  /** The old mailbox: new mail is delivered into it during the demo. */
  old: { folder: string; messages: number };
}

/** The sample organisation, set up in a folder of its own, on private servers where there are any. */
export interface Stage {
  actors: Actor[];
  /** Null where no server can be had: then the old mailbox and the new one are Maildirs. */
  servers: { old: LiveServer; new: LiveServer } | null;
  /** Where the files of mail lie. */
  files: string;
  stop(): Promise<void>;
}

/** What the old host allows each person. */
const OLD_QUOTA_MB = 60;
/** Of servers that this run starts and ends: they open nothing else. */
export const PASSWORDS = { old: 'old-and-tiny', new: 'new-and-roomy' } as const;

export async function setStage(folder: string): Promise<Stage> {
  const usersWith = (password: string) => COLLEAGUES.map(({ login }) => ({ user: login, password }));
  const old = await startDovecot({
    users: usersWith(PASSWORDS.old),
    format: 'maildir',
    quotaMb: OLD_QUOTA_MB,
  });
  const fresh = old && (await startDovecot({ users: usersWith(PASSWORDS.new), format: 'mdbox' }));
  const servers = old && fresh ? { old, new: fresh } : null;
  const actors = COLLEAGUES.map((colleague) => place(colleague, folder, servers));
  if (servers && process.getuid?.() === 0) {
    const { uid, gid } = runAs();
    execFileSync('chown', ['-R', `${uid}:${gid}`, join(servers.old.dir, 'home')]);
  }
  return {
    actors,
    servers,
    files: filesIn(folder),
    async stop() {
      await Promise.all([old?.stop(), fresh?.stop()]);
    },
  };
}

function filesIn(folder: string): string {
  return join(folder, 'mail');
}

function place(colleague: Colleague, folder: string, servers: Stage['servers']): Actor {
  const mails = [...accountMessages({ ...colleague.mail, owner: owner(colleague) })];
  const { login } = colleague;
  const home = join(filesIn(folder), login);
  mkdirSync(home, { recursive: true });
  const from: Lying[] = [];
  const file = (address: string): Lying => ({ address, password: null });
  let lying = 0;
  let oldFolder = '';
  for (const { kind, from: start, to: end } of colleague.places) {
    const part = mails.slice(Math.floor(start * mails.length), Math.floor(end * mails.length));
    if (kind === 'mbox') {
      from.push(file(`mbox:${join(home, 'archive.mbox')}`));
      lying += writeMbox(join(home, 'archive.mbox'), part);
    } else if (kind === 'maildir') {
      from.push(file(`maildir:${join(home, 'maildir')}`));
      lying += writeMaildir(join(home, 'maildir'), part);
    } else {
      oldFolder = servers ? join(servers.old.dir, 'home', login, 'maildir') : join(home, 'old-mailbox');
      mkdirSync(oldFolder, { recursive: true });
      from.push(
        servers || !colleague.passwordGiven ? atOldServer(colleague, servers) : file(`maildir:${oldFolder}`),
      );
      lying += writeMaildir(oldFolder, withinQuota(part));
    }
  }
  const to = servers
    ? { address: servers.new.url(login), password: PASSWORDS.new }
    : file(`maildir:${join(home, 'new-mailbox')}`);
  return { colleague, from, to, lying, old: { folder: oldFolder, messages: 0 } };
}

/** Where there is no server, who waits for a password still has an old mailbox to wait for. */
function atOldServer({ login, passwordGiven }: Colleague, servers: Stage['servers']): Lying {
  const address = servers?.old.url(login) ?? `imaps://${login}@mail.ateliers-mistral.example/`;
  return { address, password: passwordGiven ? PASSWORDS.old : null };
}

/** The old host never held more than its quota: large messages had to go elsewhere long ago. */
function withinQuota(mails: readonly Mail[]): Mail[] {
  let bytes = 0;
  return mails.filter((mail) => {
    if (bytes + mail.bytes.length > OLD_QUOTA_MB * 900_000) return false;
    bytes += mail.bytes.length;
    return true;
  });
}

/** New mail for a person arrives in the old mailbox, as the old host delivers it: into `new/`, unread. */
export function deliver(actor: Actor, messages: number): void {
  const { colleague, old } = actor;
  const { name, address } = owner(colleague);
  const seconds = Math.floor(Date.now() / 1000);
  for (let n = 0; n < messages; n++) {
    const serial = ++old.messages;
    const text = [
      `Message-ID: <demo-${serial}-${colleague.login}@ateliers-mistral.example>`,
      `Date: ${new Date(seconds * 1000).toUTCString().replace('GMT', '+0000')}`,
      'From: Accueil <accueil@ateliers-mistral.example>',
      `To: ${name} <${address}>`,
      `Subject: Message du jour ${serial}`,
      'Content-Type: text/plain; charset=us-ascii',
      '',
      `Bonjour ${colleague.first}, voici le message du jour ${serial}.`,
      '',
    ].join('\n');
    const file = join(old.folder, 'new', `${seconds}.M9${serial}P1.demo`);
    writeFileSync(file, text);
    if (process.getuid?.() === 0) {
      const { uid, gid } = runAs();
      execFileSync('chown', [`${uid}:${gid}`, file]);
    }
  }
}
