import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { connect, createServer } from 'node:net';
import { test } from 'node:test';
import { startDelay } from './servers.ts';

test('what is said comes back whole, a round trip later, and turns are counted', async () => {
  const echo = createServer({ allowHalfOpen: true }, (socket) => void socket.pipe(socket)).listen(
    0,
    '127.0.0.1',
  );
  await new Promise((resolve) => echo.once('listening', resolve));
  const line = await startDelay(20, [(echo.address() as { port: number }).port]);
  try {
    const socket = connect({ port: line.ports[0]!, host: '127.0.0.1', allowHalfOpen: true });
    const started = performance.now();
    socket.write('x');
    await new Promise((resolve) => socket.once('data', resolve));
    const first = performance.now() - started;
    assert.ok(first >= 58 && first < 400, `opening and one round trip took ${first} ms`);
    const sent = randomBytes(5_000_000);
    const heard: Buffer[] = [];
    socket.on('data', (piece: Buffer) => heard.push(piece)).end(sent);
    await new Promise((resolve) => socket.once('end', resolve));
    assert.ok(Buffer.concat(heard).equals(sent));
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.ok(line.turns() >= 2);
  } finally {
    line.stop();
    echo.close();
  }
});
