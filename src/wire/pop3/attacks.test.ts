import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startRawServer } from '../../../test/servers/imap/raw.ts';
import { CERTIFICATE, startPop3Server } from '../../../test/servers/pop3.ts';
import { isTrouble, Trouble } from '../../trouble.ts';
import { fixedToken } from '../tokens.ts';
import { fails, Texts } from '../wire.fixture.ts';
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

const MARIE = { by: 'password', user: 'marie', password: 'very-secret' } as const;

function to(port: number, more: Partial<ConnectOptions> = {}): Promise<Connection> {
  return connect({ host: '127.0.0.1', port, security: 'none', auth: MARIE, ...more });
}

/** Signs anyone in without CAPA; the rest is the test's. */
function signedIn(answer: Parameters<typeof startRawServer>[1]) {
  return startRawServer('+OK hi\r\n', (line, socket) => {
    if (line === 'CAPA') return '-ERR no\r\n';
    return /^(USER|PASS)/.test(line) ? '+OK\r\n' : answer(line, socket);
  });
}

// ── greeting, encryption, sign-in ──────────────────────────────────────────────────────────────────────────────────

test('attack: a server that accepts and never greets, or never finishes the handshake, is lost at the deadline', async () => {
  await using server = await startRawServer('', () => null);
  const began = performance.now();
  await fails(to(server.port, { limits: { connectMs: 200 } }), 'lost', /no connection within/);
  await fails(to(server.port, { security: 'tls', limits: { connectMs: 200 } }), 'lost');
  assert.ok(performance.now() - began < 2_000);
});

test('attack: a greeting of something else is malformed, one of -ERR lost or busy', async () => {
  for (const greeting of [
    'HTTP/1.1 400 Bad Request\r\n',
    '220 mail ESMTP\r\n',
    '* OK IMAP4rev1\r\n',
    '+ go\r\n',
    '\r\n',
  ]) {
    await using server = await startRawServer(greeting, () => null);
    await fails(to(server.port), 'malformed', /no POP3 greeting/);
  }
  await using down = await startRawServer('-ERR going down\r\n', () => null);
  await fails(to(down.port), 'lost');
  await using many = await startRawServer('-ERR Too many connections from your address\r\n', () => null);
  await fails(to(many.port), 'busy');
});

test('attack: a greeting without end is malformed at its cap', async () => {
  await using server = await startRawServer(`+OK ${'x'.repeat(100_000)}`, () => null);
  await fails(to(server.port), 'malformed', /a line above/);
});

test('attack: answers slipped in before the STLS handshake are denied, and no secret goes out', async () => {
  for (const injected of ['+OK\r\n', '-ERR', '+OK CAPA\r\nUSER\r\n.\r\n', '\0']) {
    await using server = await startRawServer('+OK hi\r\n', (line) =>
      line === 'CAPA' ? '+OK\r\nSTLS\r\nUSER\r\n.\r\n' : line === 'STLS' ? `+OK go\r\n${injected}` : null,
    );
    await fails(
      to(server.port, { security: 'starttls', ca: CERTIFICATE }),
      'denied',
      /more before the encryption/,
    );
    assert.ok(!/USER|PASS|AUTH|APOP/.test(server.received().replace('CAPA', '')));
  }
});

test('attack: STLS stripped from the capabilities, refused, or unknown to a server without CAPA is denied', async () => {
  await using stripped = await startRawServer('+OK hi\r\n', () => '+OK\r\nUSER\r\n.\r\n');
  await fails(to(stripped.port, { security: 'starttls' }), 'denied', /no STLS/);
  await using refusing = await startRawServer('+OK hi\r\n', (line) =>
    line === 'CAPA' ? '+OK\r\nSTLS\r\n.\r\n' : '-ERR not today\r\n',
  );
  await fails(to(refusing.port, { security: 'starttls' }), 'denied');
  await using old = await startRawServer('+OK hi <1@b>\r\n', () => '-ERR unknown command\r\n');
  await fails(to(old.port, { security: 'starttls' }), 'denied');
  for (const server of [stripped, refusing, old]) assert.ok(!/USER |PASS|AUTH|APOP/.test(server.received()));
});

test('attack: no secret comes back in what is told', async () => {
  for (const sasl of ['', 'SASL PLAIN\r\n']) {
    await using server = await startRawServer('+OK hi\r\n', (line) =>
      line === 'CAPA'
        ? `+OK\r\nUSER\r\n${sasl}.\r\n`
        : line.startsWith('USER')
          ? '+OK\r\n'
          : `-ERR what is ${line}?\r\n`,
    );
    const error = await fails(to(server.port), 'denied');
    const told = `${error.message} ${error.stack} ${JSON.stringify(error)}`;
    assert.ok(!told.includes('very-secret'));
    assert.ok(!told.includes(Buffer.from('\0marie\0very-secret').toString('base64')));
  }
});

test('attack: challenges without end are malformed, answered no further than a step needs', async () => {
  await using server = await startRawServer('+OK hi\r\n', (line) =>
    line === 'CAPA' ? '+OK\r\nSASL XOAUTH2\r\n.\r\n' : '+ e30=\r\n',
  );
  const auth = { by: 'xoauth2', user: 'marie', tokens: fixedToken('tok') } as const;
  await fails(to(server.port, { auth }), 'malformed', /challenge/);
});

// ── answers ────────────────────────────────────────────────────────────────────────────────────────────────────────

test('attack: what nobody asked for is malformed; an -ERR unasked is the end of the session', async () => {
  for (const extra of ['+OK\r\n', 'hello\r\n', '+ \r\n']) {
    await using server = await signedIn(() => `+OK\r\n${extra}`);
    const conn = await to(server.port);
    await noop(conn);
    await conn.gone;
    await fails(noop(conn), 'malformed', /no answer to anything asked/);
  }
  await using idle = await signedIn(() => '+OK\r\n-ERR Disconnected for inactivity.\r\n');
  const conn = await to(idle.port);
  await noop(conn);
  await conn.gone;
  await fails(noop(conn), 'lost', /inactivity/);
});

test('attack: a status line, a listing line and a capability list without end are malformed at their caps', async () => {
  const long = 'x'.repeat(20_000);
  await using status = await signedIn(() => `+OK ${long}`);
  await fails(noop(await to(status.port)), 'malformed', /a line above 8192/);
  await using row = await signedIn(() => `+OK\r\n1 ${long}`);
  await fails(uidl(await to(row.port)), 'malformed', /a line above 8192/);
  await using capa = await startRawServer('+OK hi\r\n', () => `+OK\r\n${'X-NAME\r\n'.repeat(1_000)}`);
  await fails(to(capa.port), 'malformed', /more than 200 lines/);
});

test('attack: listings without end, with a number twice, with numbers that are none', async () => {
  await using endless = await signedIn((_line, socket) => {
    let n = 0;
    const more = (): void => {
      if (socket.destroyed) return;
      const rows = Array.from({ length: 1_000 }, () => `${++n} 5\r\n`).join('');
      if (socket.write(rows)) setImmediate(more);
      else socket.once('drain', more);
    };
    setImmediate(more);
    return '+OK\r\n';
  });
  await fails(
    list(await to(endless.port, { limits: { messages: 50_000 } })),
    'malformed',
    /more than 50000 lines/,
  );
  for (const rows of ['1 5\r\n1 6\r\n', 'x 5\r\n', '0 5\r\n', '\r\n', '-1 5\r\n', '99999999999999 5\r\n']) {
    await using server = await signedIn(() => `+OK\r\n${rows}.\r\n`);
    await fails(list(await to(server.port)), 'malformed', /cannot be read|twice/);
  }
  await using odd = await signedIn(() => '+OK\r\n1 5 extra\r\n2  7\r\n3 many\r\n4\r\n.\r\n');
  assert.deepEqual(
    [...(await list(await to(odd.port)))],
    [
      [1, 5],
      [2, 7],
      [3, 0],
      [4, 0],
    ],
  );
  await using stats = await signedIn(() => '+OK many messages\r\n');
  await fails(stat(await to(stats.port)), 'malformed');
});

// ── while reading ──────────────────────────────────────────────────────────────────────────────────────────────────

test('a cut at every byte: what was whole is given, then lost, and no sink stays open', async () => {
  for (const pieceBytes of [1, 1_000])
    for (let cut = 0; cut < 700; cut += 3) {
      await using server = await startPop3Server({
        users: { marie: 'very-secret' },
        script: () => ({ cutAfterBytes: cut, pieceBytes }),
      });
      for (let n = 1; n <= 3; n++)
        server.maildrop('marie').add({ bytes: `Subject: ${n}\r\n\r\n.body ${n}\r\n` });
      const texts = new Texts();
      const got: string[] = [];
      const run = async () => {
        const conn = await to(server.port);
        await Promise.all([1, 2, 3].map((n) => retr(conn, n, texts, 10).then((text) => got.push(text))));
        await quit(conn);
      };
      const error = await run().then(
        () => null,
        (thrown: unknown) => thrown,
      );
      assert.ok(error === null || isTrouble(error, 'lost'), `${cut}: ${error}`);
      assert.equal(texts.open, 0, `${cut}`);
      for (const text of got) assert.match(text, /^Subject: (\d)\r\n\r\n\.body \1\r\n$/);
    }
});

test('attack: silence in a message, behind a command, behind a listing', async () => {
  await using half = await signedIn(() => '+OK\r\nSubject: half\r\n');
  const texts = new Texts();
  const conn = await to(half.port, { limits: { silenceMs: 200 } });
  await fails(retr(conn, 1, texts, 1), 'lost', /no byte for 200/);
  assert.equal(texts.open, 0);
  await fails(noop(conn), 'lost');
  await using mute = await signedIn(() => null);
  const limits = { silenceMs: 150, listSilenceMs: 600 };
  await fails(noop(await to(mute.port, { limits })), 'lost', /no byte for 150/);
  const began = performance.now();
  await fails(list(await to(mute.port, { limits })), 'lost', /no byte for 600/);
  assert.ok(performance.now() - began > 500);
});

test('attack: a message that drips one byte at a time is lost by its pace', async () => {
  await using server = await signedIn((_line, socket) => {
    const timer = setInterval(() => socket.write('x'), 20);
    socket.on('close', () => clearInterval(timer));
    return '+OK\r\n';
  });
  const texts = new Texts();
  await fails(
    retr(await to(server.port, { limits: { silenceMs: 200 } }), 1, texts, 1),
    'lost',
    /bytes in 200 ms/,
  );
  assert.equal(texts.open, 0);
});

test('attack: a status line that drips is lost after uselessMs', async () => {
  await using server = await signedIn((_line, socket) => {
    const timer = setInterval(() => socket.write('x'), 20);
    socket.on('close', () => clearInterval(timer));
    return '+OK ';
  });
  await fails(noop(await to(server.port, { limits: { uselessMs: 300 } })), 'lost', /no answer for 300/);
});

test('attack: a message without end, and a header without end, are malformed at their caps', async () => {
  await using server = await signedIn((_line, socket) => {
    const line = 'x'.repeat(10_000);
    const more = (): void => {
      if (socket.destroyed) return;
      if (socket.write(line)) setImmediate(more);
      else socket.once('drain', more);
    };
    setImmediate(more);
    return '+OK\r\n';
  });
  const texts = new Texts();
  const limits = { bodyBytes: 3_000_000, headerBytes: 100_000 };
  await fails(retr(await to(server.port, { limits }), 1, texts, 1), 'malformed', /larger than 3000000/);
  await fails(top(await to(server.port, { limits }), 1, 0, texts), 'malformed', /larger than 100000/);
  assert.equal(texts.open, 0);
});

test('lines of 100 KB, bare LF, dots, NUL and 8-bit bytes pass as they are', async () => {
  const bytes = Buffer.from(
    `Subject: x\r\n\r\n${'y'.repeat(100_000)}\r\n.${'z'.repeat(100_000)}\nbare\n.\nlf\r\n.\r\n..\r\n\0\xff\xe9\r\rend`,
    'latin1',
  );
  for (const pieceBytes of [977, 65_536]) {
    await using server = await startPop3Server({
      users: { marie: 'very-secret' },
      script: () => ({ pieceBytes }),
    });
    server.maildrop('marie').add({ bytes, claimedSize: 3 });
    const conn = await to(server.port);
    assert.equal(await retr(conn, 1, new Texts(), 3), `${bytes.toString('latin1')}\r\n`);
    conn.destroy();
  }
});

test('a sink that throws ends the connection with its own error, and every other sink is given back', async () => {
  await using server = await startPop3Server({ users: { marie: 'very-secret' } });
  server.maildrop('marie').add({ bytes: 'a: b\r\n\r\nx\r\n' });
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
  const conn = await to(server.port);
  await fails(retr(conn, 1, hold, 1), 'full');
  assert.equal(aborted, 1);
  await fails(noop(conn), 'full');
});
