import { type AddressInfo, createServer, type Socket } from 'node:net';

export interface RawServer extends AsyncDisposable {
  port: number;
  /** Everything received, one character per byte. */
  received(): string;
}

/**
 * A server without any sense: greets, and answers each line as the test says (a text, or null for silence). For attacks that a
 * real IMAP server could not be talked into.
 */
export async function startRawServer(
  greeting: string,
  answer: (line: string, socket: Socket) => string | Buffer | null,
): Promise<RawServer> {
  const sockets = new Set<Socket>();
  let received = '';
  const server = createServer((socket) => {
    sockets.add(socket);
    let pending = '';
    socket.on('error', () => socket.destroy());
    socket.on('data', (piece) => {
      received += piece.toString('latin1');
      pending += piece.toString('latin1');
      for (let end = pending.indexOf('\r\n'); end >= 0; end = pending.indexOf('\r\n')) {
        const line = pending.slice(0, end);
        pending = pending.slice(end + 2);
        const said = answer(line, socket);
        if (said !== null) socket.write(typeof said === 'string' ? Buffer.from(said, 'latin1') : said);
      }
    });
    socket.write(greeting);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    received: () => received,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
