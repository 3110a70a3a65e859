/**
 * A private Cyrus (3.6), unprivileged, with a password checker of ours in place of saslauthd. After the sign-in it
 * announces among others: LITERAL+ MULTIAPPEND UIDPLUS CONDSTORE QRESYNC LIST-EXTENDED LIST-STATUS SPECIAL-USE
 * CREATE-SPECIAL-USE NAMESPACE MOVE BINARY CATENATE ESEARCH QUOTA ACL ENABLE ID OBJECTID STATUS=SIZE LIST-MYRIGHTS.
 */
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
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

export interface CyrusOptions {
  users?: readonly LiveUser[];
  quotaMb?: number;
  capabilityWithout?: readonly string[];
}

/** Null when no Cyrus can be had here. */
export async function startCyrus(options: CyrusOptions = {}): Promise<LiveServer | null> {
  const found = await available('cyrus');
  if (found.is === 'absent') return null;
  const as = runAs();
  const dir = privateDir('cyrus', as);
  const users = options.users ?? [{ user: 'marie', password: 'secret-of-marie' }];
  const port = await freePort();
  layOut(dir, port, options, as, found.tree);
  const checker = await passwordChecker(join(dir, 'mux'), users);
  const daemon = new Daemon(
    join(found.tree.root, 'usr/lib/cyrus/bin/master'),
    ['-C', join(dir, 'imapd.conf'), '-M', join(dir, 'cyrus.conf'), '-p', join(dir, 'pid')],
    as,
    found.tree.env,
    // Its master ends its whole process group with itself: that must not be ours.
    { detached: true },
  );
  const stop = async (): Promise<void> => {
    await daemon.stop();
    await new Promise<void>((resolve) => (checker.listening ? checker.close(() => resolve()) : resolve()));
    removeDir(dir);
  };
  try {
    await untilGreeting(port, daemon);
  } catch (error) {
    await stop();
    throw error;
  }
  const { user, password } = users[0]!;
  return {
    name: 'cyrus',
    host: '127.0.0.1',
    port,
    popPort: null,
    user,
    password,
    url: (who = user) => `imap://${encodeURIComponent(who)}@127.0.0.1:${port}/?starttls=never`,
    dir,
    features: {
      prefix: '',
      separator: '/',
      offers: [
        'LITERAL+',
        'MULTIAPPEND',
        'UIDPLUS',
        'CONDSTORE',
        'LIST-STATUS',
        'SPECIAL-USE',
        'QUOTA',
      ].filter((name) => !options.capabilityWithout?.includes(name)),
    },
    stop,
  };
}

function layOut(dir: string, port: number, options: CyrusOptions, as: RunAs, tree: Tree): void {
  const bin = join(tree.root, 'usr/lib/cyrus/bin');
  for (const name of ['conf', 'spool', 'proc', 'lock', 'socket']) {
    mkdirSync(join(dir, name));
    if (process.getuid!() === 0) chownSync(join(dir, name), as.uid, as.gid);
  }
  const suppress = options.capabilityWithout?.length
    ? `suppress_capabilities: ${options.capabilityWithout.join(' ')}`
    : '';
  writeFileSync(
    join(dir, 'imapd.conf'),
    `configdirectory: ${dir}/conf
defaultpartition: default
partition-default: ${dir}/spool
proc_path: ${dir}/proc
mboxname_lockpath: ${dir}/lock
lmtpsocket: ${dir}/socket/lmtp
idlesocket: ${dir}/socket/idle
notifysocket: ${dir}/socket/notify
cyrus_user: ${as.user}
admins: cyrus
altnamespace: yes
unixhierarchysep: yes
allowplaintext: yes
sasl_pwcheck_method: saslauthd
sasl_saslauthd_path: ${dir}/mux
sasl_mech_list: PLAIN
autocreate_quota: ${options.quotaMb ? options.quotaMb * 1024 : 0}
maxlogins_per_user: 0
maxlogins_per_host: 0
${suppress}
`,
  );
  writeFileSync(
    join(dir, 'cyrus.conf'),
    `START {
  recover cmd="${bin}/ctl_cyrusdb -C ${dir}/imapd.conf -r"
}
SERVICES {
  imap cmd="${bin}/imapd -C ${dir}/imapd.conf -U 30" listen="127.0.0.1:${port}" prefork=1 maxchild=60
}
EVENTS {
}
`,
  );
}

/**
 * Speaks saslauthd's language: four strings (user, password, service, realm), each behind its length in two bytes;
 * the answer is one such string that begins with OK or NO.
 */
async function passwordChecker(path: string, users: readonly LiveUser[]): Promise<Server> {
  const server = createServer((socket: Socket) => {
    let asked = Buffer.alloc(0);
    socket.on('error', () => socket.destroy());
    socket.on('data', (piece: Buffer) => {
      asked = Buffer.concat([asked, piece]);
      const words = readWords(asked);
      if (words.length < 4) return;
      const good = users.some(({ user, password }) => user === words[0] && password === words[1]);
      const answer = good ? 'OK' : 'NO';
      socket.end(Buffer.from([0, answer.length, ...Buffer.from(answer)]));
    });
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve));
  chmodSync(path, 0o666);
  server.unref();
  return server;
}

function readWords(bytes: Buffer): string[] {
  const words: string[] = [];
  let at = 0;
  while (at + 2 <= bytes.length) {
    const end = at + 2 + bytes.readUInt16BE(at);
    if (end > bytes.length) break;
    words.push(bytes.toString('utf8', at + 2, end));
    at = end;
  }
  return words;
}
