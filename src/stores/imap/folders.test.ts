import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startImapServer } from '../../../test/servers/imap.ts';
import { troubleOf } from '../stand.suite.ts';
import { openImapSource } from './source.ts';

async function listed(refuses: (pattern: string) => boolean) {
  await using server = await startImapServer({
    script: () => ({
      command({ name, line }) {
        const pattern = /LIST "" "?([^" ]+)"?/.exec(line)?.[1];
        return name === 'LIST' && pattern !== undefined && refuses(pattern)
          ? { answer: 'NO LIST failed' }
          : null;
      },
    }),
  });
  for (const name of [
    'Clients',
    'Clients/Durand',
    'Clients/Durand/2019',
    'Partages',
    'Partages/Paul',
    'Sent',
  ])
    server.mailbox('marie', name);
  const source = openImapSource({
    ...{ name: 'imap://marie@zimbra/', host: '127.0.0.1', port: server.port, security: 'none' as const },
    auth: { by: 'password', user: 'marie', password: 'secret' },
  });
  try {
    const folders = (await source.folders()).map(({ path }) => path.join(' / ')).sort();
    return { folders, aside: source.aside?.() };
  } finally {
    await source.close();
  }
}

test('LIST of all is refused because of one folder: the others are listed level by level, that one is told', async () => {
  const { folders, aside } = await listed((pattern) => pattern === '*' || pattern.startsWith('Partages'));
  assert.deepEqual(folders, [
    ...['Clients', 'Clients / Durand', 'Clients / Durand / 2019', 'INBOX', 'Partages', 'Sent'],
  ]);
  assert.deepEqual(aside, [{ path: 'Partages', because: 'unreadable' }]);
});

test('LIST is refused with RETURN only: plain LIST tells all', async () => {
  let asked = 0;
  const { folders, aside } = await listed((pattern) => pattern === '*' && ++asked === 1);
  assert.equal(folders.length, 7);
  assert.deepEqual(aside, []);
});

test('LIST is refused in every form: that is told, with the server’s words', async () => {
  const trouble = await troubleOf(() => listed(() => true));
  assert.deepEqual([trouble?.kind, trouble?.answer], ['refused', 'NO LIST failed (to LIST in every form)']);
});
