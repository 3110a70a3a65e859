/**
 * A private Dovecot (2.3; Debian 12 has 2.3.19). After the sign-in it announces among others: LITERAL+ MULTIAPPEND
 * UIDPLUS CONDSTORE QRESYNC LIST-EXTENDED LIST-STATUS STATUS=SIZE SPECIAL-USE NAMESPACE MOVE BINARY ESEARCH NOTIFY
 * ENABLE ID SASL-IR, and QUOTA when a quota is set. Before it, only LITERAL+ and the ways to sign in.
 */
import { chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { available, type Tree } from './install.ts';
import {
  Daemon,
  freePort,
  type LiveServer,
  type LiveUser,
  privateDir,
  type RunAs,
  removeDir,
  runAs,
  untilGreeting,
} from './install-live.ts';

export interface DovecotOptions {
  users?: readonly LiveUser[];
  /** Bytes allowed for each user. */
  quotaMb?: number;
  format?: 'mdbox' | 'sdbox' | 'maildir';
  /** Names left out of CAPABILITY (the server still understands them). */
  capabilityWithout?: readonly string[];
  /** Connections of one user at once; 100 by default. */
  connectionsMax?: number;
  /** Personal namespace; `INBOX.` with `.` is what many hosts show. */
  prefix?: string;
  separator?: string;
  /** POP3 on the same mailboxes (`popPort`); otherwise only where the installed Dovecot has it. */
  pop3?: boolean;
}

const OFFERS =
  'IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY THREAD=REFERENCES THREAD=REFS THREAD=ORDEREDSUBJECT ' +
  'MULTIAPPEND URL-PARTIAL CATENATE UNSELECT CHILDREN NAMESPACE UIDPLUS LIST-EXTENDED I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ' +
  'ESORT SEARCHRES WITHIN CONTEXT=SEARCH LIST-STATUS BINARY MOVE SNIPPET=FUZZY PREVIEW=FUZZY PREVIEW STATUS=SIZE SAVEDATE ' +
  'LITERAL+ NOTIFY SPECIAL-USE';

/** Null when no Dovecot can be had here. Throws when there is one and it does not start. */
export async function startDovecot(options: DovecotOptions = {}): Promise<LiveServer | null> {
  const found = await available(options.pop3 ? 'dovecot-pop3' : 'dovecot');
  if (found.is === 'absent') return null;
  const as = runAs();
  const dir = privateDir('dovecot', as);
  const users = options.users ?? [{ user: 'marie', password: 'secret-of-marie' }];
  const format = options.format ?? 'mdbox';
  const separator = options.separator ?? (format === 'maildir' ? '.' : '/');
  const offers = [...OFFERS.split(' '), ...(options.quotaMb ? ['QUOTA'] : [])].filter(
    (name) => !options.capabilityWithout?.includes(name),
  );
  const pop = existsSync(join(found.tree.root, 'usr/lib/dovecot/pop3'));
  const port = await freePort();
  const popPort = pop ? await freePort() : null;
  const setUp = { ...options, users, format, separator, offers, port, popPort, dir, as, tree: found.tree };
  layOut(setUp);
  const daemon = new Daemon(
    join(found.tree.root, 'usr/sbin/dovecot'),
    ['-F', '-c', join(dir, 'dovecot.conf')],
    as,
    found.tree.env,
  );
  const log = (): string =>
    existsSync(join(dir, 'log')) ? readFileSync(join(dir, 'log'), 'utf8').slice(-4_000) : '';
  const stop = async (): Promise<void> => {
    await daemon.stop();
    removeDir(dir);
  };
  try {
    await untilGreeting(port, daemon, log, basename(dir));
  } catch (error) {
    await stop();
    throw error;
  }
  const { user, password } = users[0]!;
  return {
    name: 'dovecot',
    host: '127.0.0.1',
    port,
    popPort,
    user,
    password,
    url: (who = user) => `imap://${encodeURIComponent(who)}@127.0.0.1:${port}/?starttls=never`,
    dir,
    features: { prefix: options.prefix ?? '', separator, offers },
    stop,
  };
}

interface SetUp extends Omit<DovecotOptions, 'format'> {
  users: readonly LiveUser[];
  format: string;
  separator: string;
  offers: readonly string[];
  port: number;
  popPort: number | null;
  dir: string;
  as: RunAs;
  tree: Tree;
}

function layOut(at: SetUp): void {
  const rows = at.users.map(
    ({ user, password }) => `${user}:{PLAIN.b64}${Buffer.from(password).toString('base64')}`,
  );
  writeFileSync(join(at.dir, 'passwd'), `${rows.join('\n')}\n`, { mode: 0o600 });
  writeFileSync(join(at.dir, 'dovecot.conf'), configuration(at), { mode: 0o600 });
  mkdirSync(join(at.dir, 'home'));
  if (process.getuid!() !== 0) return;
  for (const name of ['passwd', 'dovecot.conf', 'home']) chownSync(join(at.dir, name), at.as.uid, at.as.gid);
}

function configuration(at: SetUp): string {
  const { dir, as } = at;
  const library = at.tree.env.LD_LIBRARY_PATH;
  const unpacked = library
    ? `libexec_dir = ${at.tree.root}/usr/lib/dovecot
mail_plugin_dir = ${at.tree.root}/usr/lib/dovecot/modules
import_environment = TZ LD_LIBRARY_PATH=${library}`
    : '';
  const listener = (name: string, port: number | null): string =>
    port === null
      ? ''
      : `service ${name}-login {
  chroot =
  service_count = 0
  process_min_avail = 1
  inet_listener ${name} {
    address = 127.0.0.1
    port = ${port}
  }
  inet_listener ${name}s {
    port = 0
  }
}`;
  const quota = at.quotaMb
    ? `mail_plugins = quota
protocol imap {
  mail_plugins = quota imap_quota
}
plugin {
  quota = count:User quota
  quota_vsizes = yes
  quota_rule = *:storage=${at.quotaMb}M
}`
    : '';
  const use = (name: string): string => `  mailbox ${name} {
    auto = subscribe
    special_use = \\${name}
  }`;
  return `protocols = imap${at.popPort === null ? '' : ' pop3'}
login_greeting = ${basename(at.dir)}
${unpacked}
base_dir = ${dir}/run
state_dir = ${dir}/state
instance_name = ${dir.replaceAll('/', '-')}
log_path = ${dir}/log
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
default_internal_user = ${as.user}
default_internal_group = ${as.group}
default_login_user = ${as.user}
first_valid_uid = 1
mail_location = ${at.format}:~/${at.format}
mail_max_userip_connections = ${at.connectionsMax ?? 100}
imap_capability = ${at.offers.join(' ')}
passdb {
  driver = passwd-file
  args = ${dir}/passwd
}
userdb {
  driver = static
  args = uid=${as.uid} gid=${as.gid} home=${dir}/home/%u
}
${listener('imap', at.port)}
${listener('pop3', at.popPort)}
service anvil {
  chroot =
}
service stats {
  chroot =
}
${quota}
namespace inbox {
  inbox = yes
  separator = ${at.separator}
  prefix = ${at.prefix ?? ''}
${['Drafts', 'Junk', 'Sent', 'Trash'].map(use).join('\n')}
}
`;
}
