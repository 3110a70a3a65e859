/** The laws of source and target on a real server. Each law has a mailbox of its own. */
import { after, before, describe, test } from 'node:test';
import { sourceSuite } from '../../src/stores/source.suite.ts';
import type { Skip } from '../../src/stores/stand.suite.ts';
import { targetSuite } from '../../src/stores/target.suite.ts';
import { startCourier } from '../servers/courier.ts';
import { available } from '../servers/install.ts';
import type { LiveServer } from '../servers/install-live.ts';
import { type Ground, sourceStand, targetStand } from './imap-stand.ts';

const crlf = (bytes: Buffer): Buffer => latin1(text(bytes).replace(/\r?\n/g, '\r\n'));
const text = (bytes: Buffer): string => bytes.toString('latin1');
const latin1 = (words: string): Buffer => Buffer.from(words, 'latin1');

/** The table of `quirks.ts`, as functions. */
const stored: Record<string, (bytes: Buffer) => Buffer | null> = {
  dovecot: (bytes) => latin1(text(crlf(bytes)).replaceAll('\0', '\x80')),
  cyrus: (bytes) => {
    const [head = ''] = text(bytes).split('\r\n\r\n');
    if (/\0|(?<!\r)\n/.test(text(bytes)) || !/^[!-9;-~]+:/.test(head)) return null;
    return latin1(text(bytes).replace(head, head.replace(/[\x80-\xff]/g, 'X')));
  },
  courier: (bytes) => {
    const clean = text(crlf(bytes)).replace(/\r(?!\n)/g, '');
    return latin1(clean.endsWith('\r\n') ? clean : `${clean}\r\n`);
  },
};

/** What the server says no to; Courier takes everything. */
const refused: Record<string, Buffer | null> = {
  dovecot: Buffer.alloc(0),
  cyrus: latin1('From: a@example.org\r\n\r\na\0b\r\n'),
  courier: null,
};

const mapped: Skip = {
  law: 'folders of every name can be made',
  because: 'a name the server cannot have is mapped, and the mapped one is answered: see imap-names.test.ts',
};

export const USERS = Array.from({ length: 120 }, (_, n) => ({
  user: `user${n}`,
  password: `secret-${n}-of-user`,
}));

const holds: Record<string, (path: readonly string[]) => boolean> = {
  dovecot: () => true,
  cyrus: (path) => path.every((name) => !/[!"%;<>\\^`{|}]/.test(name)),
  courier: (path) => path.every((name) => ![...name].some((point) => point.length > 1)),
};

/** One server for all laws, the next user for each. */
function many(name: string, title: string, start: () => Promise<LiveServer | null>): () => Promise<Ground> {
  let server: LiveServer | null = null;
  let next = 0;
  before(async () => {
    server = await start();
  });
  after(() => server?.stop());
  return async () => ({
    server: server!,
    ...USERS[next++]!,
    stored: stored[name]!,
    holdsPath: holds[name]!,
    refused: refused[name]!,
    quota: title === 'Dovecot mdbox' || name !== 'dovecot',
    done: async () => undefined,
  });
}

async function oneEach(): Promise<Ground> {
  const server = await startCourier({ quotaMb: 20 });
  return {
    server: server!,
    user: server!.user,
    password: server!.password,
    stored: stored.courier!,
    holdsPath: holds.courier!,
    refused: null,
    quota: true,
    done: () => server!.stop(),
  };
}

const future: Skip[] = [
  {
    law: 'dates are told in whole seconds, from 1970-01-02 to 2037-12-31',
    because: 'Dovecot makes a date in the future now: see "dates of the past"',
  },
];
const futurePut: Skip = {
  law: 'what is put is read back under the key that was told',
  because: 'Dovecot makes a date in the future now: see "dates of the past"',
};

export async function laws(
  name: 'dovecot' | 'cyrus' | 'courier',
  title: string,
  start: () => Promise<LiveServer | null>,
): Promise<void> {
  const found = await available(name);
  if (found.is === 'absent') return void test(title, { skip: `${name}: ${found.because}` }, () => undefined);
  describe(title, () => {
    const ground = name === 'courier' ? oneEach : many(name, title, start);
    const skip = name === 'dovecot' ? future : [];
    sourceSuite({ name: `${title}: source`, make: async () => sourceStand(await ground()), skip });
    targetSuite({
      name: `${title}: target`,
      make: async () => targetStand(await ground()),
      skip: [mapped, ...skip, ...(name === 'dovecot' ? [futurePut] : [])],
    });
  });
}
