import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { startRawServer } from '../../../test/servers/imap/raw.ts';
import { CERTIFICATE, startPop3Server } from '../../../test/servers/pop3.ts';
import type { TroubleKind } from '../../trouble.ts';
import { fixedToken } from '../tokens.ts';
import { fails } from '../wire.fixture.ts';
import { timestamp } from './apop.ts';
import {
  type Connection,
  type ConnectOptions,
  connect,
  list,
  noop,
  quit,
  retr,
  stat,
  top,
  uidl,
} from './index.ts';

const MARIE = { by: 'password', user: 'marie', password: 'secret' } as const;

function to(port: number, more: Partial<ConnectOptions> = {}): Promise<Connection> {
  return connect({ host: '127.0.0.1', port, security: 'none', auth: MARIE, ...more });
}

const texts = {
  begin() {
    let text = '';
    return {
      write: (piece: Uint8Array) => {
        text += Buffer.from(piece).toString('latin1');
      },
      end: () => text,
      abort: () => undefined,
    };
  },
};

test('a session: STAT, LIST, UIDL, TOP, RETR, NOOP, QUIT, pipelined where announced', async () => {
  for (const without of [[], ['PIPELINING'], ['CAPA']]) {
    await using server = await startPop3Server({ script: () => ({ without }) });
    const drop = server.maildrop('marie');
    for (let n = 1; n <= 40; n++)
      drop.add({ bytes: `Subject: ${n}\r\n\r\n.${n}\r\nsecond\r\n`, uid: `id-${n}` });
    const conn = await to(server.port);
    assert.equal(conn.pipelining, without.length === 0);
    const bodies = Array.from({ length: 40 }, (_, n) => retr(conn, n + 1, texts, 100));
    const [counted, sizes, ids, head] = await Promise.all([
      stat(conn),
      list(conn),
      uidl(conn),
      top(conn, 3, 1, texts),
    ]);
    assert.equal(counted.messages, 40);
    assert.equal(
      [...sizes.values()].reduce((a, b) => a + b),
      counted.bytes,
    );
    assert.equal(ids!.get(40), 'id-40');
    assert.equal(head, 'Subject: 3\r\n\r\n.3\r\n');
    assert.deepEqual(
      await Promise.all(bodies),
      Array.from({ length: 40 }, (_, n) => `Subject: ${n + 1}\r\n\r\n.${n + 1}\r\nsecond\r\n`),
    );
    await noop(conn);
    await quit(conn);
    await conn.gone;
    await fails(noop(conn), 'lost');
    assert.deepEqual(server.log.slice(-2), ['RSET', 'QUIT']);
    assert.ok(!server.log.some((line) => line.startsWith('DELE')));
    assert.equal(drop.messages.length, 40);
  }
});

test('sign-in: PLAIN, USER and PASS, without CAPA, acting for another, names and passwords in any script', async () => {
  const zoe = { by: 'password', user: 'zoé "q"', password: 'pâss wörd\\' } as const;
  for (const without of [[], ['SASL'], ['CAPA'], ['SASL', 'USER']] as string[][]) {
    await using server = await startPop3Server({
      users: { [zoe.user]: zoe.password },
      script: () => ({ without }),
    });
    if (without.includes('USER')) {
      await fails(to(server.port, { auth: zoe }), 'denied', /no password on a line without encryption/);
      assert.ok(!server.log.some((line) => line.startsWith('PASS')));
      continue;
    }
    (await to(server.port, { auth: zoe })).destroy();
    await fails(to(server.port, { auth: { ...zoe, password: 'wrong' } }), 'denied', /\[AUTH\]/);
  }
  await using server = await startPop3Server({ users: { marie: 'x', admin: 'adm' } });
  (
    await to(server.port, { auth: { by: 'password', user: 'admin', password: 'adm', actAs: 'marie' } })
  ).destroy();
  for (const bad of ['a\r\nQUIT', 'a\nb', 'nul\0'])
    await fails(to(server.port, { auth: { ...MARIE, user: bad } }), 'denied');
});

test('sign-in: APOP on a line without encryption, never under TLS; fallen back from where the server has none', async () => {
  const stamp = '<1896.697170952@dbc.mtview.ca.us>';
  await using server = await startPop3Server({ timestamp: stamp });
  (await to(server.port)).destroy();
  assert.deepEqual(server.log.slice(0, 2), ['CAPA', 'APOP …']);
  // Not on this machine, as far as the name tells.
  const away = { host: '0.0.0.0', auth: { ...MARIE, password: 'wrong' } };
  server.log.length = 0;
  const refused = await fails(to(server.port, away), 'denied');
  assert.deepEqual(server.log.slice(0, 2), ['CAPA', 'APOP …']);
  assert.ok(
    !server.log.some((line) => /PASS|AUTH/.test(line)),
    'a wrong password is not shown in the clear after APOP',
  );
  assert.match(refused.answer ?? '', /^-ERR \[AUTH\] .*no password is sent on a line without encryption/);
  server.log.length = 0;
  await fails(to(server.port, { auth: { ...MARIE, password: 'wrong' } }), 'denied');
  assert.deepEqual(server.log.slice(0, 3), ['CAPA', 'APOP …', 'AUTH …'], 'but where nobody can listen');
  await using tls = await startPop3Server({ timestamp: stamp, tls: true });
  (await to(tls.port, { security: 'tls', ca: CERTIFICATE })).destroy();
  assert.ok(!tls.log.includes('APOP …'));
  await using only = await startPop3Server({
    timestamp: stamp,
    script: () => ({ command: ({ name }) => (name === 'APOP' ? { answer: '-ERR unknown command' } : null) }),
  });
  (await to(only.port)).destroy();
  assert.deepEqual(only.log.slice(0, 3), ['CAPA', 'APOP …', 'AUTH …']);
});

test('the digest of APOP is that of RFC 1939 §7', async () => {
  await using server = await startRawServer(
    '+OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>\r\n',
    (line) => (line === 'CAPA' ? '-ERR\r\n' : '+OK\r\n'),
  );
  (await to(server.port, { auth: { by: 'password', user: 'mrose', password: 'tanstaaf' } })).destroy();
  assert.match(server.received(), /APOP mrose c4c9334bac560ecc979e58001b3e22fb/);
  assert.equal(timestamp('hi <a@b> there'), '<a@b>');
  for (const none of ['hi', '<a>', '<a @b>', '<a\x80@b>', `<${'a'.repeat(300)}@b>`])
    assert.equal(timestamp(none), null);
});

test('sign-in: XOAUTH2 with and without initial response; the error report is told, the token is not', async () => {
  for (const token of ['tok', 't'.repeat(2_000)]) {
    await using server = await startPop3Server({ tokens: { marie: token }, capabilities: ['SASL XOAUTH2'] });
    (await to(server.port, { auth: { by: 'xoauth2', user: 'marie', tokens: fixedToken(token) } })).destroy();
    const old = { by: 'xoauth2', user: 'marie', tokens: fixedToken(`old-token${token}`) } as const;
    const error = await fails(to(server.port, { auth: old }), 'denied', /"status":"400"/);
    assert.ok(!error.message.includes('old-token'));
  }
});

test('a server that knows no initial response is asked without', async () => {
  await using server = await startPop3Server({
    script: () => ({
      command: ({ name, rest }) =>
        name === 'AUTH' && rest.includes(' ') ? { answer: '-ERR syntax error' } : null,
    }),
  });
  (await to(server.port)).destroy();
  assert.deepEqual(server.log.slice(0, 3), ['CAPA', 'AUTH …', 'AUTH …']);
});

test('UTF8 is asked for where announced, and does without', async () => {
  for (const refused of [false, true]) {
    await using server = await startPop3Server({
      script: () => ({
        with: ['UTF8 USER'],
        command: ({ name }) => (refused && name === 'UTF8' ? { answer: '-ERR no' } : null),
      }),
    });
    (await to(server.port)).destroy();
    assert.equal(server.log[1], 'UTF8');
  }
});

test('certificates: trusted root, untrusted, pinned, wrong pin; STLS the same', async () => {
  const pin = new X509Certificate(CERTIFICATE).fingerprint256;
  for (const security of ['tls', 'starttls'] as const) {
    await using server = await startPop3Server({
      tls: security === 'tls',
      startTls: security === 'starttls',
    });
    (await to(server.port, { security, ca: CERTIFICATE })).destroy();
    await fails(to(server.port, { security }), 'denied', /SELF_SIGNED/);
    const conn = await to(server.port, { security, pinnedFingerprint: pin });
    assert.ok(!conn.has('STLS'), 'what was said before is forgotten');
    assert.equal((await stat(conn)).messages, 0);
    conn.destroy();
    const wrong = pin.replace(/^../, pin.startsWith('00') ? '01' : '00');
    await fails(to(server.port, { security, pinnedFingerprint: wrong }), 'denied', /another fingerprint/);
    await fails(to(server.port, { security, pinnedFingerprint: '' }), 'denied', /no SHA-256/);
  }
});

test('what an -ERR means', async () => {
  const rows: [string, string, TroubleKind][] = [
    ['PASS', '-ERR [IN-USE] Do you have another POP session running?', 'busy'],
    ['PASS', '-ERR [LOGIN-DELAY] minimum time between mail checks violation', 'busy'],
    ['PASS', '-ERR [SYS/TEMP] Temporary authentication failure', 'busy'],
    ['PASS', '-ERR [SYS/PERM] Your mailbox is gone', 'denied'],
    ['PASS', '-ERR [AUTH] Authentication failed, try again', 'denied'],
    ['PASS', '-ERR wrong password, please try again', 'denied'],
    ['PASS', '-ERR maildrop already locked', 'busy'],
    ['PASS', '-ERR Unable to lock maildrop: mailbox is locked by POP server', 'busy'],
    ['PASS', '-ERR account locked', 'denied'],
    ['PASS', '-ERR Too many connections', 'busy'],
    ['RETR', '-ERR no such message, only 2 messages in maildrop', 'missing'],
    ['RETR', '-ERR message 1 already deleted', 'missing'],
    ['RETR', '-ERR [SYS/TEMP] later', 'busy'],
    ['RETR', '-ERR [SYS/PERM] damaged', 'refused'],
    ['RETR', '-ERR message temporarily unavailable', 'refused'],
    ['RETR', '-ERR [UTF8] message has UTF-8 headers', 'refused'],
    ['RETR', '-ERR Disconnected for inactivity.', 'lost'],
  ];
  for (const [command, answer, kind] of rows) {
    await using server = await startPop3Server({
      script: () => ({
        without: ['SASL'],
        with: ['LOGIN-DELAY 60'],
        command: ({ name }) => (name === command ? { answer } : null),
      }),
    });
    server.maildrop('marie').add({ bytes: 'x' });
    const run = async () => {
      const conn = await to(server.port);
      await retr(conn, 1, texts, 1).finally(() => conn.destroy());
    };
    const error = await fails(run(), kind);
    assert.ok(error.answer!.startsWith(answer.slice(0, 30)), `${error.answer}`);
    assert.equal(error.retryAfterMs, /LOGIN-DELAY/.test(answer) ? 60_000 : undefined);
    assert.ok(!error.message.includes('secret'));
  }
});

test('unique-ids of any length, repeated, empty; UIDL probed where CAPA does not name it', async () => {
  await using server = await startPop3Server({ capabilities: ['USER'] });
  const drop = server.maildrop('marie');
  for (const uid of ['x'.repeat(500), 'same', 'same', '', '.dot', 'with space'])
    drop.add({ bytes: 'x', uid });
  const conn = await to(server.port);
  assert.deepEqual(
    [...(await uidl(conn))!.values()],
    ['x'.repeat(500), 'same', 'same', '', '.dot', 'with space'],
  );
  conn.destroy();
  await using none = await startPop3Server({ script: () => ({ without: ['UIDL'] }) });
  const other = await to(none.port);
  assert.equal(await uidl(other), null);
  other.destroy();
});

test('this client has no command that deletes', async () => {
  const { globSync, readFileSync } = await import('node:fs');
  const files = [
    ...globSync('*.ts', { cwd: import.meta.dirname }),
    ...globSync('../../stores/pop3/*.ts', { cwd: import.meta.dirname }),
  ];
  assert.ok(files.length > 20);
  for (const file of files) {
    if (file.endsWith('.test.ts')) continue;
    const code = readFileSync(`${import.meta.dirname}/${file}`, 'utf8').replace(
      /\/\*[\s\S]*?\*\/|\/\/.*/g,
      '',
    );
    assert.ok(!/DELE/.test(code), file);
  }
});

test('a connection refused, and one that ends at once, are lost', async () => {
  await fails(to(1), 'lost');
  await using server = await startPop3Server({ script: () => ({ cutAfterBytes: 0 }) });
  await fails(to(server.port), 'lost');
});
