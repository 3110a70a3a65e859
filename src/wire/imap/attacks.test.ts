import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startRawServer } from '../../../test/servers/imap/raw.ts';
import { CERTIFICATE, type ImapServer, type Script, startImapServer } from '../../../test/servers/imap.ts';
import { isTrouble, Trouble } from '../../trouble.ts';
import { fixedToken } from '../tokens.ts';
import { fails, Texts } from '../wire.fixture.ts';
import {
  append,
  type Connection,
  type ConnectOptions,
  connect,
  copy,
  create,
  examine,
  type Fetched,
  fetchListing,
  fetchMessages,
  list,
  noop,
  search,
  select,
  status,
} from './index.ts';

const MARIE = { by: 'password', user: 'marie', password: 'secret' } as const;

function to(port: number, more: Partial<ConnectOptions> = {}): Promise<Connection> {
  return connect({ host: '127.0.0.1', port, security: 'none', auth: MARIE, ...more });
}

async function all<B>(flow: AsyncIterable<B>): Promise<B[]> {
  const items: B[] = [];
  for await (const item of flow) items.push(item);
  return items;
}

async function serverWith(script: Script, fill = 3, tls = false): Promise<ImapServer> {
  const server = await startImapServer({ script: () => script, tls });
  const box = server.mailbox('marie', 'INBOX');
  for (let n = 1; n <= fill; n++) box.add({ bytes: `Subject: ${n}\r\n\r\nbody ${n}\r\n`, flags: ['\\Seen'] });
  return server;
}

const message = (text: string, flags: string[] = []) => {
  const bytes = Buffer.from(text, 'latin1');
  return { flags, internalDate: null, size: bytes.length, chunks: () => [bytes] };
};

// ── greeting, encryption, sign-in ──────────────────────────────────────────────────────────────────────────────────

test('attack: a server that accepts and never greets is lost at the deadline', async () => {
  await using server = await startRawServer('', () => null);
  const began = performance.now();
  await fails(to(server.port, { limits: { connectMs: 200 } }), 'lost', /no connection within/);
  assert.ok(performance.now() - began < 2_000);
});

test('attack: a server that never finishes the TLS handshake is lost at the deadline', async () => {
  await using server = await startRawServer('', () => null);
  await fails(to(server.port, { security: 'tls', limits: { connectMs: 200 } }), 'lost');
});

test('attack: a greeting of something else is malformed', async () => {
  await using http = await startRawServer('HTTP/1.1 400 Bad Request\r\n\r\n', () => null);
  await fails(to(http.port), 'malformed');
  await using smtp = await startRawServer('220 mail.example ESMTP\r\n', () => null);
  await fails(to(smtp.port), 'malformed');
  await using no = await startRawServer('* NO go away\r\n', () => null);
  await fails(to(no.port), 'malformed');
});

test('a greeting of BYE is busy when it says so, lost otherwise', async () => {
  await using many = await startRawServer('* BYE Too many connections from your address\r\n', () => null);
  await fails(to(many.port), 'busy');
  await using down = await startRawServer('* BYE going down\r\n', () => null);
  await fails(to(down.port), 'lost');
});

test('attack: answers slipped in before the STARTTLS handshake are denied', async () => {
  for (const injected of ['* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n', '* CAPABI', 'a2 OK hello\r\n', '\0']) {
    await using server = await startRawServer('* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n', (line) =>
      line.endsWith('STARTTLS') ? `${line.split(' ')[0]} OK go\r\n${injected}` : null,
    );
    await fails(
      to(server.port, { security: 'starttls', ca: CERTIFICATE }),
      'denied',
      /more before the encryption/,
    );
    assert.ok(!/LOGIN|AUTHENTICATE/.test(server.received()));
  }
});

test('attack: STARTTLS stripped from the capabilities, refused, or made impossible by PREAUTH is denied', async () => {
  await using stripped = await startRawServer('* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi\r\n', () => null);
  await fails(to(stripped.port, { security: 'starttls' }), 'denied', /no STARTTLS/);
  await using preauth = await startRawServer('* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n', () => null);
  await fails(to(preauth.port, { security: 'starttls' }), 'denied', /before encryption/);
  await using refusing = await startRawServer('* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n', (line) =>
    line.endsWith('STARTTLS') ? `${line.split(' ')[0]} NO not today\r\n` : null,
  );
  await fails(to(refusing.port, { security: 'starttls' }), 'denied');
  for (const server of [stripped, preauth, refusing])
    assert.ok(!/LOGIN|AUTHENTICATE/.test(server.received()));
});

test('certificates: trusted root, untrusted, pinned, wrong pin, no pin at all', async () => {
  await using server = await startImapServer({ tls: true });
  const tls = (more: Partial<ConnectOptions>) => to(server.port, { security: 'tls', ...more });
  (await tls({ ca: CERTIFICATE })).destroy();
  await fails(tls({}), 'denied', /SELF_SIGNED/);
  const { X509Certificate } = await import('node:crypto');
  const pin = new X509Certificate(CERTIFICATE).fingerprint256;
  (await tls({ pinnedFingerprint: pin })).destroy();
  (await tls({ pinnedFingerprint: pin.replaceAll(':', '').toLowerCase() })).destroy();
  await fails(
    tls({ pinnedFingerprint: pin.replace(/^../, pin.startsWith('00') ? '01' : '00') }),
    'denied',
    /another fingerprint/,
  );
  await fails(tls({ pinnedFingerprint: '' }), 'denied', /no SHA-256/);
  await fails(tls({ ca: CERTIFICATE, host: 'localhost', pinnedFingerprint: 'abc' }), 'denied', /no SHA-256/);
});

test('STARTTLS: signs in encrypted, and what was said before is forgotten', async () => {
  await using server = await startImapServer({ startTls: true });
  const conn = await to(server.port, { security: 'starttls', ca: CERTIFICATE });
  assert.ok(!conn.has('STARTTLS'));
  assert.equal((await list(conn)).length, 1);
  conn.destroy();
  const { X509Certificate } = await import('node:crypto');
  const pinnedFingerprint = new X509Certificate(CERTIFICATE).fingerprint256;
  (await to(server.port, { security: 'starttls', pinnedFingerprint })).destroy();
  await fails(to(server.port, { security: 'starttls' }), 'denied', /SELF_SIGNED/);
});

test('LOGIN is never sent when the server says LOGINDISABLED', async () => {
  await using server = await startRawServer('* OK [CAPABILITY IMAP4rev1 LOGINDISABLED] hi\r\n', () => null);
  await fails(to(server.port), 'denied', /LOGINDISABLED/);
  assert.equal(server.received(), '');
});

test('sign-in: PLAIN with and without SASL-IR, LOGIN, acting for another, XOAUTH2', async () => {
  for (const without of [[], ['SASL-IR'], ['AUTH=PLAIN'], ['AUTH=PLAIN', 'SASL-IR']]) {
    await using server = await startImapServer({
      users: { 'zoé "q"': 'pâss\\word' },
      script: () => ({ without }),
    });
    const auth = { by: 'password', user: 'zoé "q"', password: 'pâss\\word' } as const;
    (await to(server.port, { auth })).destroy();
    await fails(to(server.port, { auth: { ...auth, password: 'wrong' } }), 'denied');
  }
  for (const without of [[], ['SASL-IR']]) {
    await using server = await startImapServer({
      tokens: { marie: 'tok' },
      users: { marie: 'x', admin: 'adm' },
      script: () => ({ without }),
    });
    (await to(server.port, { auth: { by: 'xoauth2', user: 'marie', tokens: fixedToken('tok') } })).destroy();
    const error = await fails(
      to(server.port, { auth: { by: 'xoauth2', user: 'marie', tokens: fixedToken('old-token') } }),
      'denied',
      /"status":"400"/,
    );
    assert.ok(!error.message.includes('old-token'));
    const other = { by: 'password', user: 'admin', password: 'adm', actAs: 'marie' } as const;
    (await to(server.port, { auth: other })).destroy();
  }
});

test('attack: a server that repeats the password finds it in no Trouble', async () => {
  for (const capabilities of ['IMAP4rev1', 'IMAP4rev1 AUTH=PLAIN SASL-IR']) {
    await using server = await startRawServer(
      `* OK [CAPABILITY ${capabilities}] hi\r\n`,
      (line) => `${line.split(' ')[0]} BAD what is ${line}?\r\n`,
    );
    const auth = { by: 'password', user: 'marie', password: 'very-secret' } as const;
    const error = await fails(to(server.port, { auth }), 'denied');
    const told = `${error.message} ${error.stack} ${JSON.stringify(error)}`;
    assert.ok(!told.includes('very-secret'));
    assert.ok(!told.includes(Buffer.from('\0marie\0very-secret').toString('base64')));
  }
});

test('capabilities: told with the greeting and the sign-in they are not asked for; changed by the sign-in they are known', async () => {
  await using server = await startImapServer();
  (await to(server.port)).destroy();
  assert.ok(!server.log.some((line) => line.includes('CAPABILITY')));
  await using silent = await startRawServer('* OK hi\r\n', (line) => {
    const [tag, word] = line.split(' ');
    if (word === 'CAPABILITY')
      return `* CAPABILITY IMAP4rev1 ${/LOGIN/.test(silent.received()) ? 'MOVE' : 'X1'}\r\n${tag} OK\r\n`;
    return `${tag} OK in\r\n`;
  });
  const conn = await to(silent.port);
  assert.deepEqual([...conn.capabilities], ['IMAP4REV1', 'MOVE']);
  conn.destroy();
});

test('PREAUTH is accepted and nothing is signed in', async () => {
  await using server = await serverWith({ greeting: '* PREAUTH [CAPABILITY IMAP4rev1] marie is here' });
  const conn = await to(server.port);
  assert.equal((await examine(conn, 'INBOX')).exists, 3);
  assert.ok(!server.log.some((line) => /LOGIN|AUTHENTICATE/.test(line)));
  conn.destroy();
});

// ── while reading ──────────────────────────────────────────────────────────────────────────────────────────────────

test('a cut at every byte: what was whole is given, then lost, and no sink stays open', async () => {
  for (let cut = 0; cut < 900; cut += 7) {
    await using server = await serverWith({ cutAfterBytes: cut });
    const texts = new Texts();
    const got: Fetched<string>[] = [];
    const run = async () => {
      const conn = await to(server.port);
      examine(conn, 'INBOX').catch(() => undefined);
      for await (const item of fetchMessages(conn, '1:*', texts)) got.push(item);
      conn.destroy();
    };
    const error = await run().then(
      () => null,
      (thrown: unknown) => thrown,
    );
    assert.ok(error === null || isTrouble(error, 'lost', 'missing', 'denied'), `${cut}: ${error}`);
    assert.equal(texts.open, 0, `${cut}`);
    for (const one of got) assert.equal(one.body, `Subject: ${one.uid}\r\n\r\nbody ${one.uid}\r\n`);
  }
});

for (const [telling, tls] of [
  ['bye-in-literal', false],
  ['cut-in-literal', false],
  ['cut-in-literal', true],
] as const) {
  test(`attack: ${telling}${tls ? ' under TLS' : ''}: the half message is never given`, async () => {
    await using server = await serverWith({ tell: (uid) => (uid === 2 ? telling : null) }, 3, tls);
    const conn = await to(server.port, tls ? { security: 'tls', ca: CERTIFICATE } : {});
    await examine(conn, 'INBOX');
    const texts = new Texts();
    const got: number[] = [];
    const read = async () => {
      for await (const item of fetchMessages(conn, '1:*', texts)) got.push(item.uid);
    };
    await fails(read(), 'lost');
    assert.deepEqual(got, [1]);
    assert.equal(texts.open, 0);
  });
}

test('attack: challenges without end are malformed, answered no further than a step needs', async () => {
  await using server = await startRawServer(
    '* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN LOGINDISABLED] hi\r\n',
    () => '+ \r\n',
  );
  await fails(to(server.port), 'malformed', /challenges without end/);
  assert.equal(server.received().split('\r\n').length, 4);
});

test('attack: silence in the middle of a literal is lost after silenceMs', async () => {
  await using server = await serverWith({ tell: () => 'stall-in-literal' });
  const conn = await to(server.port, { limits: { silenceMs: 200 } });
  await examine(conn, 'INBOX');
  const texts = new Texts();
  await fails(all(fetchMessages(conn, '1:*', texts)), 'lost', /no byte/);
  assert.equal(texts.open, 0);
  await fails(noop(conn), 'lost');
});

test('attack: silence behind a command is lost after silenceMs, behind an APPEND after appendSilenceMs', async () => {
  await using server = await serverWith({
    command: (command) => (/NOOP|APPEND/.test(command.name) ? 'stall' : null),
  });
  const limits = { silenceMs: 150, appendSilenceMs: 700 };
  const conn = await to(server.port, { limits });
  await fails(noop(conn), 'lost', /no byte for 150/);
  const second = await to(server.port, { limits });
  const began = performance.now();
  await fails(append(second, 'INBOX', [message('a: b\r\n\r\n')]), 'lost', /no byte for 700/);
  assert.ok(performance.now() - began > 600);
});

test('attack: a literal that drips one byte at a time is lost by its pace', async () => {
  await using server = await startRawServer('* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n', (_line, socket) => {
    const timer = setInterval(() => socket.write('x'), 20);
    socket.on('close', () => clearInterval(timer));
    return '* 1 FETCH (UID 1 BODY[] {100000}\r\n';
  });
  const conn = await to(server.port, { limits: { silenceMs: 200 } });
  await fails(all(fetchMessages(conn, '1', new Texts())), 'lost', /bytes in 200 ms/);
});

test('attack: chatter without an answer is lost after uselessMs', async () => {
  await using server = await startRawServer('* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n', (_line, socket) => {
    const timer = setInterval(() => socket.write('* OK still here\r\n'), 20);
    socket.on('close', () => clearInterval(timer));
    return null;
  });
  const conn = await to(server.port, { limits: { uselessMs: 300 } });
  await fails(noop(conn), 'lost', /no answer for 300/);
});

test('attack: a flood that nobody asked for is malformed, idle or not', async () => {
  await using server = await startRawServer('* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n', () =>
    '* 7 EXISTS\r\n'.repeat(20_000),
  );
  const conn = await to(server.port, { limits: { floodBytes: 100_000 } });
  await fails(noop(conn), 'malformed', /flood/);
  await conn.gone;
  await fails(noop(conn), 'malformed');
});

test('attack: one command answered without end is malformed', async () => {
  await using server = await startRawServer('* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n', (_line, socket) => {
    socket.on('drain', () =>
      socket.write('* 1 FETCH (UID 1 FLAGS () INTERNALDATE NIL RFC822.SIZE 1)\r\n'.repeat(1000)),
    );
    return '* 1 FETCH (UID 1 FLAGS () INTERNALDATE NIL RFC822.SIZE 1)\r\n'.repeat(5_000);
  });
  const conn = await to(server.port, { limits: { answers: 4_000 } });
  await fails(all(fetchListing(conn, '1')), 'malformed', /more than 4000 answers/);
});

test('attack: a hundred thousand and one folders are malformed', async () => {
  await using server = await startRawServer('* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n', (line) => {
    const lines = Array.from({ length: 200 }, (_, n) => `* LIST () "/" f${n}\r\n`).join('');
    return `${lines}${line.split(' ')[0]} OK\r\n`;
  });
  const conn = await to(server.port, { limits: { mailboxes: 199 } });
  await fails(list(conn), 'malformed', /more than 199 folders/);
});

test('attack: tags that were never given, or given twice, and a + that nobody waits for are malformed', async () => {
  for (const answer of [
    'a99 OK done\r\n',
    'a1 OK\r\na1 OK\r\n',
    '+ send more\r\n',
    'x\r\n',
    '\r\n',
    'a1 MAYBE\r\n',
    'a1\r\n',
  ]) {
    await using server = await startRawServer('* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n', () => answer);
    const conn = await to(server.port);
    const [first, second] = await Promise.allSettled([noop(conn), noop(conn)]);
    const reasons = [first, second].flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    assert.ok(reasons.length > 0 && reasons.every((reason) => isTrouble(reason, 'malformed')), answer);
  }
});

test('attack: messages nobody asked for are not given, their bodies let go', async () => {
  await using server = await startRawServer('* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n', (line) => {
    const tag = line.split(' ')[0];
    return `* 1 FETCH (UID 9 BODY[] {3}\r\nbad)\r\n* 1 FETCH (FLAGS (\\Seen))\r\n* 1 FETCH (BODY[] {3}\r\nbad)\r\n* 2 FETCH (BODY[] {3}\r\nyes UID 2 FLAGS ())\r\n* 2 FETCH (UID 2 FLAGS (\\Seen))\r\n${tag} OK\r\n`;
  });
  const conn = await to(server.port);
  const texts = new Texts();
  const got = await all(fetchMessages(conn, '1:5', texts));
  assert.deepEqual(
    got.map((one) => [one.uid, one.body]),
    [[2, 'yes']],
  );
  assert.equal(texts.open, 0);
  const rows = await all(fetchListing(conn, '1:5', { flagsOnly: true }));
  assert.deepEqual(
    rows.flat().map((row) => [row.uid, row.flags]),
    [
      [2, []],
      [2, ['\\Seen']],
    ],
  );
});

test('attack: one FETCH answer that cannot be read costs one message when reading, the whole listing when listing', async () => {
  await using server = await startRawServer('* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n', (line) => {
    const tag = line.split(' ')[0];
    return `* 1 FETCH (UID 1 BODY[] {3}\r\none BROKEN "\r\n* 2 FETCH (UID 2 BODY[] {3}\r\ntwo)\r\n* 3 FETCH (UID x FLAGS ())\r\n${tag} OK\r\n`;
  });
  const conn = await to(server.port);
  const texts = new Texts();
  assert.deepEqual(
    (await all(fetchMessages(conn, '1:5', texts))).map((one) => one.uid),
    [2],
  );
  assert.equal(texts.open, 0);
  await fails(all(fetchListing(conn, '1:5')), 'malformed');
});

test('bodies as NIL, as a quoted string, left out, of another size than said', async () => {
  await using server = await serverWith({
    tell: (uid) => (uid === 1 ? 'nil' : uid === 2 ? 'leave-out' : null),
  });
  server.mailbox('marie', 'INBOX').find(3)!.claimedSize = 7_000_000;
  const conn = await to(server.port);
  await examine(conn, 'INBOX');
  const got = await all(fetchMessages(conn, '1:*', new Texts(), { size: true }));
  assert.deepEqual(
    got.map((one) => [one.uid, one.body, one.size]),
    [
      [1, null, 22],
      [3, 'Subject: 3\r\n\r\nbody 3\r\n', 7_000_000],
    ],
  );
  conn.destroy();
  await using quoting = await serverWith({ tell: () => 'quoted' }, 0);
  quoting.mailbox('marie', 'INBOX').add({ bytes: 'all in one line' });
  const second = await to(quoting.port);
  await examine(second, 'INBOX');
  assert.equal((await all(fetchMessages(second, '1', new Texts())))[0]?.body, 'all in one line');
  second.destroy();
});

test('a sink that throws ends the connection with its own error, and every other sink is given back', async () => {
  await using server = await serverWith({});
  const conn = await to(server.port);
  await examine(conn, 'INBOX');
  const full = new Trouble('full', { tried: 'write-file', on: 'disk' });
  let aborted = 0;
  const hold = {
    begin: () => ({
      write: () => {
        throw full;
      },
      end: () => 0,
      abort: () => {
        aborted++;
      },
    }),
  };
  await assert.rejects(all(fetchMessages(conn, '1:*', hold)), (error) => isTrouble(error, 'full'));
  assert.equal(aborted, 1);
});

// ── SELECT as a barrier ────────────────────────────────────────────────────────────────────────────────────────────

test('EXAMINE and FETCH travel in one write; a FETCH behind an EXAMINE that fails fails with it', async () => {
  await using server = await serverWith({});
  server.mailbox('marie', 'Other').add({ bytes: 'other' });
  const conn = await to(server.port);
  const opened = examine(conn, 'INBOX');
  const first = all(fetchMessages(conn, '1:*', new Texts()));
  const gone = examine(conn, 'Gone');
  const second = all(fetchMessages(conn, '1:*', new Texts()));
  const found = search(conn, ['ALL']);
  const other = examine(conn, 'Other');
  const third = all(fetchMessages(conn, '1:*', new Texts()));
  const unrelated = status(conn, 'INBOX', ['MESSAGES']);
  const settled = Promise.allSettled([second, gone, found]);
  assert.equal((await opened).exists, 3);
  assert.equal((await first).length, 3);
  for (const one of await settled) assert.ok(one.status === 'rejected' && isTrouble(one.reason, 'missing'));
  assert.equal((await other).handle, 'Other');
  assert.deepEqual(
    (await third).map((one) => one.body),
    ['other'],
  );
  assert.equal((await unrelated).messages, 3);
  conn.destroy();
});

test('attack: a server that stays in the old mailbox after a failed EXAMINE leaks none of it', async () => {
  await using server = await startRawServer('* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n', (line) => {
    const tag = line.split(' ')[0];
    if (line.includes('EXAMINE')) return `${tag} NO [NONEXISTENT] no\r\n`;
    return `* 1 FETCH (UID 1 BODY[] {5}\r\nwrong)\r\n${tag} OK\r\n`;
  });
  const conn = await to(server.port);
  const opened = examine(conn, 'Gone');
  const texts = new Texts();
  const read = all(fetchMessages(conn, '1:*', texts));
  await fails(opened, 'missing');
  await fails(read, 'missing');
  await fails(all(fetchMessages(conn, '1:*', texts)), 'missing');
  assert.equal(texts.open, 0);
});

// ── back-pressure ──────────────────────────────────────────────────────────────────────────────────────────────────

test('a slow consumer stops the socket; leaving early gives everything back and the connection stays usable', async () => {
  await using server = await startImapServer();
  const box = server.mailbox('marie', 'INBOX');
  for (let n = 0; n < 300; n++) box.add({ bytes: `Subject: ${n}\r\n\r\n${'x'.repeat(50_000)}` });
  const conn = await to(server.port, { limits: { waiting: 8 } });
  await examine(conn, 'INBOX');
  const texts = new Texts();
  let begun = 0;
  let released = 0;
  const hold = {
    begin: () => {
      begun++;
      return texts.begin();
    },
  };
  const flow = fetchMessages(conn, '1:*', hold, { release: () => released++ });
  await new Promise((resolve) => setTimeout(resolve, 150));
  assert.ok(begun < 40, `${begun} messages came to a consumer that took none`);
  let taken = 0;
  for await (const one of flow) if (one.uid > 0 && ++taken === 10) break;
  await noop(conn);
  assert.equal(texts.open, 0);
  assert.ok(begun < 40 && begun >= taken + released, `begun ${begun} taken ${taken} released ${released}`);
  assert.equal((await all(fetchMessages(conn, '5', texts))).length, 1);
  conn.destroy();
});

test('attack: BYE for too many connections in the middle is busy', async () => {
  await using server = await serverWith({
    command: (one) => (one.name === 'NOOP' ? { bye: 'Too many connections, try again later' } : null),
  });
  const conn = await to(server.port);
  await fails(noop(conn), 'busy');
});

test('names with line breaks, quotes and 8-bit bytes arrive as they are and inject nothing', async () => {
  await using server = await serverWith({});
  const conn = await to(server.port);
  for (const name of ['a"b\\c', 'x\r\na9 DELETE INBOX', 'Envoy\xe9s', ' ', 'a'.repeat(300)]) {
    await create(conn, name);
    assert.equal((await select(conn, name)).handle, name);
    assert.ok(
      (await list(conn)).some((mailbox) => mailbox.handle === name),
      name,
    );
  }
  await fails(create(conn, 'nul\0'), 'refused');
  await fails(copy(conn, '1 ', 'INBOX'), 'refused');
  assert.equal(server.mailbox('marie', 'INBOX').messages.length, 3);
  conn.destroy();
});
