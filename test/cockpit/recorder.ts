/** Servers that write down what they are sent, for what must not be sent to them. */
import { createServer as createHttp, type IncomingMessage } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

export interface Recorder extends AsyncDisposable {
  port: number;
  connections: number;
  /** All that came, as it came. */
  heard: string;
}

/** Speaks enough IMAP to be told a password, and lets nobody in. */
export async function recordImap(): Promise<Recorder> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    recorder.connections++;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.write('* OK [CAPABILITY IMAP4rev1] ready\r\n');
    socket.on('data', (piece) => {
      recorder.heard += piece.toString('latin1');
      for (const line of piece.toString('latin1').split('\r\n')) {
        const [tag, command] = line.split(' ');
        if (tag && command) socket.write(`${tag} ${answerTo(command)}\r\n`);
      }
    });
  });
  const recorder = await recording(server, () => {
    for (const socket of sockets) socket.destroy();
  });
  return recorder;
}

function answerTo(command: string): string {
  if (/^(CAPABILITY|NOOP)$/i.test(command)) return 'OK done';
  if (/^LOGOUT$/i.test(command)) return 'OK bye';
  return 'NO [AUTHENTICATIONFAILED] not here';
}

/** Answers what `statusOf` says, and keeps what was posted. */
export async function recordHttp(
  answer: (request: IncomingMessage) => { status: number; location?: string },
): Promise<Recorder & { bodies: string[] }> {
  const bodies: string[] = [];
  const server = createHttp((request, response) => {
    recorder.connections++;
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const body = Buffer.concat(pieces).toString();
      recorder.heard += `${request.method} ${request.url} ${request.headers.host}\n${body}\n`;
      const { status, location } = answer(request);
      if (status < 300) bodies.push(body);
      response.writeHead(status, location === undefined ? {} : { location }).end();
    });
  });
  const recorder = Object.assign(await recording(server, () => server.closeAllConnections()), { bodies });
  return recorder;
}

async function recording(server: Server, cut: () => void): Promise<Recorder> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    ...{ port: (server.address() as AddressInfo).port, connections: 0, heard: '' },
    async [Symbol.asyncDispose]() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
