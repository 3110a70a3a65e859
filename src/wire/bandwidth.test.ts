import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket as NetSocket, type Server } from 'node:net';
import { afterEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import fc from 'fast-check';
import { CERTIFICATE, KEY } from '../../test/servers/imap/certificate.ts';
import { bandwidth, LEAST_BYTES_PER_SECOND, openBandwidth } from './bandwidth.ts';
import { Socket } from './socket.ts';
import type { TlsOptions } from './tls.ts';

/** A clock that stands still until it is moved, and what waits for it. */
function stopped() {
  let at = 0;
  const waiting = new Map<() => void, number>();
  return {
    timing: {
      now: () => at,
      after(ms: number, act: () => void) {
        waiting.set(act, at + ms);
        return () => void waiting.delete(act);
      },
    },
    /** To the next one that waits; false when none does. */
    next(): boolean {
      const first = [...waiting].sort(([, a], [, b]) => a - b)[0];
      if (!first) return false;
      at = Math.max(at, first[1]);
      waiting.delete(first[0]);
      first[0]();
      return true;
    },
    get at() {
      return at;
    },
    pass(ms: number) {
      at += ms;
    },
  };
}

test('without a limit nothing is owed, whatever is moved', () => {
  const open = openBandwidth(stopped().timing);
  open.spend(1e12);
  assert.equal(open.owes, false);
  assert.equal(open.limited, false);
});

test('a limit that would starve connections is refused', () => {
  const open = openBandwidth(stopped().timing);
  for (const bad of [0, -1, Number.NaN, 1_000, LEAST_BYTES_PER_SECOND - 1])
    assert.throws(() => open.limit(bad), RangeError);
  open.limit(LEAST_BYTES_PER_SECOND);
});

test('turns come in order, each after what was owed before it is paid', () => {
  const clock = stopped();
  const open = openBandwidth(clock.timing);
  open.limit(100_000);
  const served: string[] = [];
  const turn = (name: string) => () => {
    served.push(`${name} ${clock.at}`);
    open.spend(9_616); // 100 ms of it, headers and all
  };
  turn('first')();
  open.whenPaid(turn('second'));
  const giveUp = open.whenPaid(turn('never'));
  open.whenPaid(turn('third'));
  giveUp();
  while (clock.next());
  assert.deepEqual(served, ['first 0', 'second 101', 'third 201']);
});

test('lifting the limit serves everybody at once; a lower one does not make an old debt longer', () => {
  const clock = stopped();
  const open = openBandwidth(clock.timing);
  open.limit(10_000_000);
  open.spend(10_000_000);
  let served = 0;
  open.whenPaid(() => served++);
  open.limit(LEAST_BYTES_PER_SECOND);
  clock.next();
  assert.ok(served === 1 && clock.at < 1_100, `${clock.at} ms`);
  open.spend(1e9);
  open.whenPaid(() => served++);
  open.limit(null);
  assert.equal(served, 2);
});

test('whatever is moved, and when: the mean never passes the limit by more than one turn of each', () => {
  const piece = fc.record({ bytes: fc.integer({ min: 1, max: 70_000 }), idleMs: fc.nat(3_000) });
  const property = fc.property(
    fc.integer({ min: LEAST_BYTES_PER_SECOND, max: 50_000_000 }),
    fc.array(fc.array(piece, { minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 5 }),
    (limit, connections) => {
      const clock = stopped();
      const open = openBandwidth(clock.timing);
      open.limit(limit);
      let moved = 0;
      const most = connections.flat().reduce((max, { bytes }) => Math.max(max, bytes), 0);
      const move = (pieces: readonly { bytes: number; idleMs: number }[]): void => {
        const [first, ...rest] = pieces;
        if (!first) return;
        clock.pass(first.idleMs);
        moved += first.bytes;
        open.spend(first.bytes);
        const allowed = (limit * clock.at) / 1000 + connections.length * most + limit / 20;
        assert.ok(moved <= allowed, `${moved} of ${allowed}`);
        open.whenPaid(() => move(rest));
      };
      for (const pieces of connections) open.whenPaid(() => move(pieces));
      while (clock.next());
      assert.equal(
        moved,
        connections.flat().reduce((sum, { bytes }) => sum + bytes, 0),
        'all have their turn',
      );
    },
  );
  fc.assert(property);
});

// ── on real sockets ───────────────────────────────────────────────────────────────────────────────────────────────

afterEach(() => bandwidth.limit(null));

async function listening(talk: (peer: NetSocket) => void): Promise<Server & { port: number }> {
  const peers = new Set<NetSocket>();
  const server = createServer((peer) => {
    peers.add(peer);
    peer.on('error', () => undefined); // the other side goes when it has seen enough
    talk(peer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = server.close.bind(server);
  return Object.assign(server, {
    port,
    close(...args: Parameters<typeof close>) {
      for (const peer of peers) peer.destroy();
      return close(...args);
    },
  });
}

function connected(
  port: number,
  bytes: (piece: Buffer) => void,
  how: TlsOptions | 'upgradable' | null = null,
): Promise<Socket> {
  const tls = how === 'upgradable' ? null : how;
  const to = { host: '127.0.0.1', port, on: 'test', tls, upgradable: how === 'upgradable' };
  return Socket.open({ ...to, signal: new AbortController().signal }, { bytes, gone: () => undefined });
}

async function until(met: () => boolean): Promise<void> {
  for (let n = 0; n < 6_000 && !met(); n++) await sleep(5);
  assert.ok(met(), 'not within half a minute');
}

const LIMIT = 400_000;

/** As fast as the other side takes it. */
function flood(peer: NetSocket, sent: { bytes: number }): void {
  const pour = (): void => {
    while (peer.writable && peer.write(Buffer.alloc(65_536, 'x'))) sent.bytes += 65_536;
  };
  peer.on('drain', pour);
  peer.on('error', () => undefined); // the other side goes when it has seen enough
  pour();
}

const PINNED = {
  ...{ host: 'localhost', on: 'test', ca: null },
  pinnedFingerprint: new X509Certificate(CERTIFICATE).fingerprint256,
};

const FLOODS = {
  async plain(sent: { bytes: number }) {
    const server = await listening((peer) => flood(peer, sent));
    return { server, connect: (bytes: (piece: Buffer) => void) => connected(server.port, bytes) };
  },
  async tls(sent: { bytes: number }) {
    const server = await listening((peer) => {
      const secure = new TLSSocket(peer, { isServer: true, key: KEY, cert: CERTIFICATE });
      flood(secure, sent);
    });
    return { server, connect: (bytes: (piece: Buffer) => void) => connected(server.port, bytes, PINNED) };
  },
  /** What comes before the handshake is so much that reading is held up when it begins. */
  async starttls(sent: { bytes: number }) {
    const answer = Buffer.alloc(100_000, 'a');
    const server = await listening((peer) => {
      peer.once('data', () => {
        peer.write(answer);
        flood(new TLSSocket(peer, { isServer: true, key: KEY, cert: CERTIFICATE }), sent);
      });
    });
    async function connect(bytes: (piece: Buffer) => void): Promise<Socket> {
      let answered = 0;
      const socket = await connected(
        server.port,
        (piece) => {
          if (answered < answer.length) answered += piece.length;
          else bytes(piece);
        },
        'upgradable',
      );
      socket.write(Buffer.from('begin TLS'), () => undefined);
      await until(() => answered === answer.length);
      await socket.startTls(PINNED);
      return socket;
    }
    return { server, connect };
  },
};

for (const [name, open] of Object.entries(FLOODS)) {
  test(`reading, ${name}: three connections that are flooded get no more than the limit together; TCP is stopped`, async () => {
    const sent = { bytes: 0 };
    const { server, connect } = await open(sent);
    const began = performance.now();
    bandwidth.limit(LIMIT);
    const got = [0, 0, 0];
    const sockets = await Promise.all(
      got.map((_, n) =>
        connect((piece) => {
          got[n]! += piece.length;
        }),
      ),
    );
    const all = (): number => got.reduce((sum, n) => sum + n);
    try {
      await until(() => all() > 600_000);
      const allowed = (LIMIT * (performance.now() - began)) / 1000;
      // What TLS decrypts at once comes at once, and is paid for afterwards.
      const ahead = name === 'plain' ? 0 : 3 * 65_536;
      assert.ok(all() <= allowed + ahead, `${all()} bytes; ${allowed} allowed`);
      assert.ok(Math.min(...got) > 0.5 * Math.max(...got), `shared out: ${got}`);
      const rest = all();
      // What was sent and not read lies with the kernels: some megabytes for each at the very most.
      assert.ok(sent.bytes - rest < 3 * 12 * 1024 * 1024, `${sent.bytes - rest} bytes lie somewhere`);
      bandwidth.limit(null);
      await until(() => all() > rest + 30_000_000);
    } finally {
      for (const socket of sockets) socket.destroy();
      server.close();
    }
  });
}

test('writing: held to the limit, in order and whole, and told when the kernel has it', async () => {
  const seen: Buffer[] = [];
  const server = await listening((peer) => peer.on('data', (piece: Buffer) => void seen.push(piece)));
  const socket = await connected(server.port, () => undefined);
  try {
    const began = performance.now();
    bandwidth.limit(LIMIT);
    const pieces = Array.from({ length: 8 }, (_, n) => Buffer.alloc(50_000, 97 + n));
    const done: number[] = [];
    for (const [n, piece] of pieces.entries()) socket.write(piece, () => done.push(n));
    await until(() => done.length === 8);
    const ms = performance.now() - began;
    assert.ok(ms >= (400_000 / LIMIT) * 1000 * 0.9, `${ms} ms`);
    await until(() => seen.reduce((sum, { length }) => sum + length, 0) === 400_000);
    assert.ok(Buffer.concat(seen).equals(Buffer.concat(pieces)));
    assert.deepEqual(done, [0, 1, 2, 3, 4, 5, 6, 7]);
  } finally {
    socket.destroy();
    server.close();
  }
});

test('a reader that pauses stays paused when its turn comes; one that is destroyed gives its turn up', async () => {
  const server = await listening((peer) => peer.write(Buffer.alloc(200_000)));
  bandwidth.limit(LIMIT);
  let got = 0;
  const socket = await connected(server.port, (piece) => {
    got += piece.length;
  });
  const other = await connected(server.port, () => other.destroy());
  try {
    await until(() => got > 0);
    socket.pause();
    const at = got;
    let turns = 0;
    bandwidth.whenPaid(() => turns++);
    await until(() => turns === 1);
    await sleep(20);
    assert.ok(got - at <= 256 * 1024, 'at most a piece that was on its way');
    const still = got;
    await sleep(20);
    assert.equal(got, still);
    socket.resume();
    await until(() => got === 200_000);
  } finally {
    socket.destroy();
    server.close();
  }
});
