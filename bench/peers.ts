import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type End, urlOf } from './imap.ts';
import type { Command } from './measure.ts';
import type { Side } from './servers.ts';

/** One copy to be made. `dir` is private to it and kept from the first pass to the second. */
export interface Job {
  from: End;
  to: End;
  pass: 'first' | 'second';
  dir: string;
  target: Side;
}

export interface Peer {
  name: string;
  /** Why it cannot run here; null when it can. */
  absent(): string | null;
  command(job: Job): Command;
}

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const onPath = (program: string): boolean =>
  (process.env.PATH ?? '').split(delimiter).some((dir) => existsSync(join(dir, program)));
const wants = (program: string, how: string) => (): string | null =>
  onPath(program) ? null : `no ${program} (${how})`;

/** Every tool that the bench knows, ours first. */
export function peers(imapsyncPath: string | null, options: readonly string[]): Peer[] {
  return [malleposte(options), copier, doveadm, mbsync, imapflow, imapsync(imapsyncPath), offlineimap];
}

function malleposte(options: readonly string[]): Peer {
  const url = ({ user, host, port }: End): string =>
    `imap://${encodeURIComponent(user)}@${host}:${port}/?starttls=never&secret=env:BENCH_SECRET`;
  return {
    name: 'malleposte',
    absent: () => (existsSync(here('../src/cli/main.ts')) ? null : 'no src/cli/main.ts yet'),
    command: ({ from, to, dir }) => ({
      argv: [
        ...[process.execPath, here('../bin/malleposte.mjs'), 'move', '--from', url(from), '--to', url(to)],
        ...['--data', join(dir, 'data'), '--json', ...options],
      ],
      env: { BENCH_SECRET: from.password },
      ok: [0, 3],
    }),
  };
}

const copier: Peer = {
  name: 'copier',
  absent: () => null,
  command: ({ from, to, pass }) => ({
    argv: [
      ...[process.execPath, here('copier.ts'), '--from', urlOf(from), '--to', urlOf(to)],
      ...(pass === 'second' ? ['--second'] : []),
    ],
  }),
};

const imapflow: Peer = {
  name: 'imapflow',
  absent: () => null,
  command: ({ from, to }) => ({
    argv: [process.execPath, here('imapflow.ts'), '--from', urlOf(from), '--to', urlOf(to)],
  }),
};

/** Writes the target's storage itself, with no IMAP server on that side: the hardest to beat. */
const doveadm: Peer = {
  name: 'doveadm',
  absent: () => null,
  command: ({ from, to, target }) => ({
    argv: [
      ...target.doveadm.argv,
      ...['-o', `imapc_host=${from.host}`, '-o', `imapc_port=${from.port}`, '-o', `imapc_user=${from.user}`],
      ...[
        '-o',
        `imapc_password=${from.password}`,
        '-o',
        'imapc_list_prefix=',
        '-o',
        'imapc_features=rfc822.size fetch-headers',
      ],
      ...['backup', '-R', '-u', to.user, 'imapc:'],
    ],
    env: target.doveadm.env,
    // 2: something changed while it ran, as it always says of a mailbox it has just made
    ok: [0, 2],
  }),
};

/** New mail only (`PullNew`), which is its fastest way. */
const mbsync: Peer = {
  name: 'mbsync',
  absent: wants('mbsync', 'apt-get install isync'),
  command: ({ from, to, dir }) => {
    const account = (name: string, end: End): string =>
      `IMAPAccount ${name}\nHost ${end.host}\nPort ${end.port}\nUser ${end.user}\nPass ${end.password}\nSSLType None\nAuthMechs LOGIN\n\n` +
      `IMAPStore ${name}\nAccount ${name}\n\n`;
    const rc = `${account('from', from)}${account('to', to)}Channel all\nFar :from:\nNear :to:\nPatterns *\nCreate Near\nSync PullNew\nCopyArrivalDate yes\nSyncState ${dir}/state/\n`;
    writeFileSync(join(dir, 'mbsyncrc'), rc, { mode: 0o600 });
    spawnSync('mkdir', ['-p', join(dir, 'state')]);
    return { argv: ['mbsync', '-q', '-c', join(dir, 'mbsyncrc'), 'all'] };
  },
};

/** Not in Debian; the script's path is given by `--imapsync` or `$IMAPSYNC`. */
function imapsync(path: string | null): Peer {
  return {
    name: 'imapsync',
    absent: () =>
      path === null
        ? 'no path given (--imapsync PATH or $IMAPSYNC)'
        : existsSync(path)
          ? null
          : `no file ${path}`,
    command: ({ from, to, dir }) => ({
      argv: [
        ...[
          'perl',
          path!,
          '--host1',
          from.host,
          '--port1',
          String(from.port),
          '--user1',
          from.user,
          '--password1',
          from.password,
        ],
        ...['--host2', to.host, '--port2', String(to.port), '--user2', to.user, '--password2', to.password],
        ...[
          '--nossl1',
          '--nossl2',
          '--notls1',
          '--notls2',
          '--nolog',
          '--noreleasecheck',
          '--nofoldersizes',
          '--nofoldersizesatend',
        ],
        ...['--tmpdir', dir, '--pidfile', join(dir, 'pid')],
      ],
    }),
  };
}

const offlineimap: Peer = {
  name: 'offlineimap',
  absent: wants('offlineimap', 'apt-get install offlineimap3'),
  command: ({ from, to, dir }) => {
    const repository = (name: string, end: End, more: string): string =>
      `[Repository ${name}]\ntype = IMAP\nremotehost = ${end.host}\nremoteport = ${end.port}\nremoteuser = ${end.user}\n` +
      `remotepass = ${end.password}\nssl = no\nstarttls = no\nauth_mechanisms = LOGIN\n${more}\n`;
    const rc = `[general]\naccounts = all\nmetadata = ${dir}/metadata\nui = quiet\nfsync = yes\n\n[Account all]\nlocalrepository = to\nremoterepository = from\n\n${repository('to', to, '')}${repository('from', from, 'readonly = yes\n')}`;
    writeFileSync(join(dir, 'offlineimaprc'), rc, { mode: 0o600 });
    return { argv: ['offlineimap', '-o', '-c', join(dir, 'offlineimaprc')] };
  },
};
