import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startImapServer } from '../../test/servers/imap.ts';
import { startPop3Server } from '../../test/servers/pop3.ts';
import { abilitiesOf } from '../engine/abilities.ts';
import { survey } from '../engine/survey.ts';
import { surveyPage } from '../papers/survey.ts';
import { openImapSource } from '../stores/imap/source.ts';
import { openPop3Source } from '../stores/pop3/source.ts';
import type { Source } from '../stores/source.ts';
import { words } from '../words/words.ts';

const AUTH = { by: 'password', user: 'marie', password: 'secret' } as const;

async function surveyed(source: Source) {
  try {
    return await survey(source, {
      signal: new AbortController().signal,
      tell() {},
      largest: 5,
      quota: null,
      now: Date.UTC(2026, 10, 24),
      deep: true,
    });
  } finally {
    await source.close();
  }
}

test('an IMAP server is asked who it is and what it can do, and nothing there changes', async () => {
  await using server = await startImapServer({});
  const { port } = server;
  const options = { name: 'imap://marie@h/', host: '127.0.0.1', port, security: 'none', auth: AUTH } as const;
  const { server: told } = await surveyed(openImapSource(options));
  assert.equal(told?.name, 'test server');
  assert.equal(told.speaks, 'imap');
  assert.ok(told.capabilities.includes('UIDPLUS'), told.capabilities.join());
  assert.deepEqual(told.abilities, abilitiesOf(told));
  assert.ok(!server.log.some((line) => /\b(SELECT|STORE|CREATE|APPEND)\b/.test(line)));
});

test('a POP3 server by CAPA; one without CAPA tells nothing; what has dates only inside is dated by deep reading', async () => {
  await using server = await startPop3Server({
    capabilities: ['USER', 'UIDL', 'TOP', 'EXPIRE 30', 'IMPLEMENTATION Cyrus POP3 v3.6'],
  });
  const bytes =
    'Received: from a by b; Tue, 03 Mar 2026 10:00:00 +0100\r\nDate: Tue, 03 Mar 2026 09:59:00 +0100\r\nFrom: a@example.org\r\n\r\nx\r\n';
  server.maildrop('marie').add({ bytes, uid: '1' });
  const { port } = server;
  const options = { name: 'pop3://marie@h/', host: '127.0.0.1', port, security: 'none', auth: AUTH } as const;
  const found = await surveyed(openPop3Source(options));
  assert.equal(found.server?.name, 'Cyrus POP3 v3.6');
  assert.deepEqual(
    found.server.abilities.map(({ is, has, value }) => [is, value ?? has]),
    [
      ['ids', true],
      ['headers', true],
      ['pipelining', false],
      ['expires', '30'],
    ],
  );
  assert.equal(found.oldest, Date.UTC(2026, 2, 3, 9));
  assert.equal(
    found.growth.reduce((sum, { messages }) => sum + messages, 0),
    1,
  );
  const page = surveyPage([found], { made: 0, madeBy: '0' }, words('fr'));
  assert.match(page, /Cyrus POP3 v3\.6, POP3/);
  assert.match(page, /supprime de lui-même le courrier lu/);
  server.script(() => ({ without: ['CAPA'] }));
  assert.deepEqual((await surveyed(openPop3Source(options))).server?.capabilities, []);
});
