import assert from 'node:assert/strict';
import { type AddressInfo, connect as connectTcp, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { constants, createDeflateRaw, createInflateRaw } from 'node:zlib';
import { startImapServer } from '../../../test/servers/imap.ts';
import { isTrouble } from '../../trouble.ts';
import { append, connect, examine, fetchMessages, noop } from './index.ts';

/** Stands before a server that has no compression and compresses for it, from COMPRESS on. */
async function compressing(port: number, broken = false) {
  const open: Socket[] = [];
  const proxy = createServer((near) => {
    const far = connectTcp(port, '127.0.0.1');
    open.push(near, far);
    for (const one of [near, far])
      one.on('error', () => undefined).on('close', () => [near.destroy(), far.destroy()]);
    const inflater = createInflateRaw();
    const deflater = createDeflateRaw();
    let on = false;
    deflater.on('data', (piece) => near.write(piece));
    inflater.on('data', (piece) => far.write(piece)).on('error', () => near.destroy());
    near.on('data', (piece) => {
      const m = on ? null : /^(\S+) COMPRESS DEFLATE\r\n/.exec(piece.toString('latin1'));
      if (m !== null) {
        on = true;
        near.write(`${m[1]} OK compressing\r\n`);
      } else if (on) inflater.write(piece);
      else far.write(piece);
    });
    far.on('data', (piece) => {
      if (!on) near.write(piece);
      else if (broken) near.write('this is no deflate stream at all');
      else {
        deflater.write(piece);
        deflater.flush(constants.Z_SYNC_FLUSH);
      }
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    port: (proxy.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const one of open) one.destroy();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}

const auth = { by: 'password', user: 'marie', password: 'secret' } as const;
const whole = Buffer.from(`Subject: x\r\n\r\n${'a line that repeats itself\r\n'.repeat(20_000)}`);
const hold = {
  begin: () => {
    const pieces: Buffer[] = [];
    return {
      write: (piece: Uint8Array) => void pieces.push(Buffer.from(piece)),
      end: () => Buffer.concat(pieces),
      abort: () => undefined,
    };
  },
};

test('COMPRESS: both directions, with a slow reader', async () => {
  await using server = await startImapServer({ script: () => ({ with: ['COMPRESS=DEFLATE'] }) });
  await using proxy = await compressing(server.port);
  const conn = await connect({
    host: '127.0.0.1',
    port: proxy.port,
    security: 'none',
    auth,
    compress: true,
    limits: { waiting: 2 },
  });
  const letter = { flags: [], internalDate: null, size: whole.length, chunks: () => [whole] };
  await Promise.all(Array.from({ length: 10 }, () => append(conn, 'INBOX', [letter])));
  examine(conn, 'INBOX');
  let read = 0;
  for await (const one of fetchMessages(conn, '1:*', hold)) {
    assert.ok(whole.equals(one.body!));
    read++;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.equal(read, 10);
  conn.destroy();
});

test('attack: a compressed stream that is none is malformed', async () => {
  await using server = await startImapServer({ script: () => ({ with: ['COMPRESS=DEFLATE'] }) });
  await using proxy = await compressing(server.port, true);
  const conn = await connect({ host: '127.0.0.1', port: proxy.port, security: 'none', auth, compress: true });
  await assert.rejects(noop(conn), (error) => isTrouble(error, 'malformed'));
});

test('without COMPRESS=DEFLATE nothing is compressed', async () => {
  await using server = await startImapServer();
  const conn = await connect({
    host: '127.0.0.1',
    port: server.port,
    security: 'none',
    auth,
    compress: true,
  });
  await noop(conn);
  assert.ok(!server.log.some((line) => line.includes('COMPRESS')));
  conn.destroy();
});
