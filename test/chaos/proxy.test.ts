import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { framing, stripLine } from './lines.ts';
import { type ChaosOptions, type ChaosProxy, chaosProxy } from './proxy.ts';
import { type ConnectionFault, seededSchedule } from './schedule.ts';

/** Stores what APPEND sends, when the whole command is there, and says so; the rest is answered OK. */
interface Appender {
  port: number;
  stored: string[];
  close(): Promise<void>;
}

async function appender(): Promise<Appender> {
  const stored: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.write('* OK [CAPABILITY IMAP4rev1 UIDPLUS LITERAL+ IDLE] ready\r\n');
    let tag = '';
    let message: Buffer[] = [];
    const lines = framing({
      line(line, literalBytes) {
        const text = line.toString('latin1');
        tag ||= text.split(' ', 1)[0]!;
        if (literalBytes !== null) {
          if (/\{\d+\}\r\n$/.test(text)) socket.write('+ go on\r\n');
          return;
        }
        if (message.length > 0) {
          stored.push(Buffer.concat(message).toString('latin1'));
          socket.write(`${tag} OK [APPENDUID 7 ${stored.length}] done\r\n`);
        } else socket.write(`${tag} OK done\r\n`);
        tag = '';
        message = [];
      },
      literal(piece) {
        message.push(Buffer.from(piece));
      },
    });
    socket.on('data', (chunk: Buffer) => lines.push(chunk));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    stored,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Run {
  /** What the client got, until the connection ended or nothing came any more. */
  got: string;
  ended: 'fin' | 'rst' | 'open';
  server: Appender;
  proxy: ChaosProxy;
  ms: number;
}

/** One client that sends all this at once. */
async function run(
  send: string,
  fault: ConnectionFault,
  more: Partial<ChaosOptions> = {},
  waitMs = 150,
): Promise<Run> {
  const server = await appender();
  const proxy = await chaosProxy({
    to: { host: '127.0.0.1', port: server.port },
    schedule: () => fault,
    ...more,
  });
  after(async () => {
    await proxy.close();
    await server.close();
  });
  const begun = performance.now();
  const client = connect({ host: '127.0.0.1', port: proxy.port });
  let got = '';
  let ended: Run['ended'] = 'open';
  client.on('data', (chunk) => {
    got += chunk.toString('latin1');
  });
  client.on('end', () => {
    ended = 'fin';
  });
  client.on('error', () => {
    ended = 'rst';
  });
  client.write(send, 'latin1');
  await Promise.race([once(client, 'close').catch(() => {}), delay(waitMs, undefined, { ref: false })]);
  const ms = performance.now() - begun;
  client.destroy();
  return { got, ended, server, proxy, ms };
}

function append(n: number, body: string, more = ''): string {
  return `a${n} APPEND INBOX (\\Seen) {${body.length}+}\r\n${body}${more}\r\n`;
}

test('without a fault bytes pass untouched', async () => {
  const { got, server } = await run(append(1, 'one') + append(2, 'x'.repeat(300_000)), { is: 'none' });
  assert.deepEqual(server.stored, ['one', 'x'.repeat(300_000)]);
  assert.match(
    got,
    /^\* OK \[CAPABILITY IMAP4rev1 UIDPLUS LITERAL\+ IDLE\] ready\r\na1 OK .*\r\na2 OK .*\r\n$/,
  );
});

test('cut at a byte, in each direction, with FIN and RST', async () => {
  const send = append(1, 'one') + append(2, 'two');
  for (const how of ['fin', 'rst'] as const) {
    const toServer = await run(send, { is: 'cut', way: 'to-server', atByte: send.length - 1, how });
    assert.equal(toServer.ended, how);
    assert.deepEqual(toServer.server.stored.slice(1), []);
    assert.equal(toServer.proxy.happened.length, 1);
    const toClient = await run(send, { is: 'cut', way: 'to-client', atByte: 20, how });
    assert.ok(toClient.got.length <= 20);
    if (how === 'fin') assert.equal(toClient.got.length, 20);
  }
});

test('cut inside a literal: the server stores nothing of it', async () => {
  const send = append(1, 'one') + append(2, 'two two two') + append(3, 'three');
  const { server, proxy, got, ended } = await run(send, {
    is: 'cut-literal',
    literal: 2,
    part: 0.5,
    how: 'fin',
  });
  assert.deepEqual(server.stored, ['one']);
  assert.doesNotMatch(got, /a2 OK/);
  assert.equal(ended, 'fin');
  assert.equal(proxy.happened[0]?.fault.is, 'cut-literal');
});

test('the tagged OK is swallowed: stored, and the client does not know', async () => {
  const send = append(1, 'one') + append(2, 'two') + append(3, 'three');
  const { server, got, ended } = await run(send, { is: 'swallow-ok', command: 2, how: 'fin' });
  assert.deepEqual(server.stored.slice(0, 2), ['one', 'two']);
  assert.match(got, /a1 OK .*\r\n$/);
  assert.equal(ended, 'fin');
});

test('late delivery: cut off first, stored later; with literals that wait, too', async () => {
  const send = append(1, 'one') + append(2, 'two', ` {5+}\r\nthree`);
  const { server, got, ended, proxy } = await run(
    send,
    { is: 'late', command: 2, ms: 120, how: 'fin' },
    {},
    60,
  );
  assert.equal(ended, 'fin');
  assert.doesNotMatch(got, /a2 OK/);
  assert.deepEqual(server.stored, ['one']);
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.deepEqual(server.stored, ['one', 'twothree']);
  await proxy.close();

  const waiting = await run('b1 APPEND INBOX {3}\r\n', { is: 'late', command: 1, ms: 10, how: 'fin' });
  assert.match(waiting.got, /\+ go on\r\n$/);
});

test('a delay adds to each direction, and what is sent arrives whole', async () => {
  const large = 'x'.repeat(20_000_000);
  const { server, ms, got } = await run(
    `${append(1, large)}a2 LOGOUT\r\n`,
    { is: 'cut', way: 'to-client', atByte: 90, how: 'fin' },
    { delayMs: { toServer: 20, toClient: 20 } },
    10_000,
  );
  assert.equal(server.stored[0]?.length, large.length);
  assert.match(got, /a1 OK/);
  assert.ok(ms >= 40, `${ms} ms`);
  // A line that let through only what fits one delay (64 KiB in 40 ms) would need 12 s: the run would have been cut.
});

test('trickle: slow, complete', async () => {
  const fault = { is: 'trickle', way: 'to-server', atByte: 5, bytes: 4, everyMs: 5, pieces: 20 } as const;
  const { server, ms } = await run(append(1, 'one '.repeat(50)), fault, {}, 400);
  assert.deepEqual(server.stored, ['one '.repeat(50)]);
  assert.ok(ms >= 100);
});

test('half open: nothing moves, nobody is told', async () => {
  const { ended, server } = await run(append(1, 'one') + append(2, 'two'), {
    is: 'half-open',
    way: 'to-server',
    atByte: 45,
  });
  assert.equal(ended, 'open');
  assert.deepEqual(server.stored, ['one']);
});

test('capabilities are stripped, and the codes of UIDPLUS with it', async () => {
  const strip = ['UIDPLUS', 'LITERAL+'];
  const { got, proxy } = await run(`${append(1, 'one')}a2 UID EXPUNGE 7\r\n`, { is: 'none' }, { strip });
  assert.equal(got, '* OK [CAPABILITY IMAP4rev1 IDLE] ready\r\na1 OK done\r\na2 OK done\r\n');
  assert.deepEqual(proxy.violations, ['a2 UID EXPUNGE 7']);
  const words = new Set(['UIDPLUS']);
  const cases = [
    ['* CAPABILITY IMAP4rev1 UIDPLUS\r\n', '* CAPABILITY IMAP4rev1\r\n'],
    ['A OK [CAPABILITY UIDPLUS X UIDPLUSX] in\r\n', 'A OK [CAPABILITY X UIDPLUSX] in\r\n'],
    ['A OK [COPYUID 1 2:3 4:5] done\r\n', 'A OK done\r\n'],
    ['* 1 FETCH (BODY[] "UIDPLUS")\r\n', '* 1 FETCH (BODY[] "UIDPLUS")\r\n'],
  ];
  for (const [line, kept] of cases) assert.equal(stripLine(Buffer.from(line!), words).toString(), kept);
});

test('the same seed gives the same faults, every kind among them', () => {
  const faults = (seed: number): ConnectionFault[] =>
    Array.from({ length: 300 }, (_, n) =>
      seededSchedule({
        seed,
        kinds: ['cut', 'cut-literal', 'swallow-ok', 'late', 'trickle', 'half-open'],
      })(n + 1),
    );
  assert.deepEqual(faults(7), faults(7));
  assert.notDeepEqual(faults(7), faults(8));
  assert.equal(new Set(faults(7).map((fault) => fault.is)).size, 7);
});
