import assert from 'node:assert/strict';
import { readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openPop3Source } from '../../src/stores/pop3/source.ts';
import { sourceSuite } from '../../src/stores/source.suite.ts';
import { folderAt, keysOf, letters, readKeys } from '../../src/stores/stand.suite.ts';
import { type CourierPop3, startCourierPop3 } from '../servers/courier-pop3.ts';
import { available } from '../servers/install.ts';
import { latin1, onWire, type Pop3Ground, pop3Stand } from './pop3-stand.ts';

const found = await available('courier-pop3');

/** A delivery agent and a mail program on the Maildir itself; all laws use the one mailbox, emptied before each. */
function handsOf({ maildir, own, port, user, password }: CourierPop3): Pop3Ground['hands'] {
  let delivered = 0;
  for (const part of ['new', 'cur'])
    for (const name of readdirSync(join(maildir, part))) rmSync(join(maildir, part, name));
  rmSync(join(maildir, 'courierpop3dsizelist'), { force: true });
  const files = (): string[] => readdirSync(join(maildir, 'cur')).sort();
  const fileOf = async (key: string): Promise<string> => {
    const auth = { by: 'password', user, password } as const;
    const source = openPop3Source({ name: 'hands', host: '127.0.0.1', port, security: 'none', auth });
    const keys = await keysOf(source, await folderAt(source, ['INBOX']));
    await source.close();
    return join(maildir, 'cur', files()[keys.indexOf(key)]!);
  };
  return {
    async seed(messages) {
      for (const { bytes } of messages) {
        const path = join(maildir, 'new', `${1_700_000_000 + delivered++}.M1P1.example`);
        writeFileSync(path, latin1(Buffer.from(bytes).toString('latin1').replaceAll('\r\n', '\n')));
        own(path);
      }
    },
    expunge: async (_path, key) => rmSync(await fileOf(key)),
    async flag(_path, key, marks) {
      const path = await fileOf(key);
      renameSync(path, path.replace(/:2,.*$/, `:2,${marks.length > 0 ? 'S' : ''}`));
    },
    /** Courier counts anew when its list of ids is gone; they hold the second in which it was made. */
    async renumber() {
      await sleep(1_100);
      rmSync(join(maildir, 'courierpop3dsizelist'), { force: true });
    },
    close: async () => undefined,
  };
}

if (found.is === 'absent') test('Courier: POP3', { skip: `courier: ${found.because}` }, () => undefined);
else
  describe('Courier: POP3', () => {
    let server: CourierPop3;
    before(async () => {
      server = (await startCourierPop3())!;
    });
    after(() => server?.stop());

    sourceSuite({
      name: 'source',
      make: async () =>
        pop3Stand({
          ...server,
          told: (bytes) => latin1(onWire(bytes)),
          hands: handsOf(server),
        }),
    });

    test('reading marks nothing as read', async () => {
      const hands = handsOf(server);
      await hands.seed(letters(5));
      const { port, user, password } = server;
      const auth = { by: 'password', user, password } as const;
      const source = openPop3Source({ name: 'pop3', host: '127.0.0.1', port, security: 'none', auth });
      const folder = await folderAt(source, ['INBOX']);
      assert.equal((await readKeys(source, folder, await keysOf(source, folder))).length, 5);
      await source.close();
      const names = readdirSync(join(server.maildir, 'cur'));
      assert.equal(names.length, 5);
      for (const name of names) assert.ok(name.endsWith(':2,'), name);
    });
  });
