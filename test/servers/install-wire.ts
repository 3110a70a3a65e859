/** A wire between client and server that a test can cut, stop and count. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Wire {
  port: number;
  /** Connections open now. */
  open(): number;
  /** Waits until what the client closed is known here to be closed, half a second at most. */
  settled(): Promise<void>;
  /** Every connection of now ends. */
  cutAll(): void;
  /** Nothing passes any more, either way, on any connection. */
  stall(): void;
  /** The connection that next sends the `n`th match of `text` to the client ends `bytes` behind it. */
  cutDown(text: string, n: number, bytes: number): void;
  /** The connection whose client next sends `text` ends `ms` later; no answer passes in between. */
  cutUp(text: string, ms: number): void;
  close(): Promise<void>;
}

export async function openWire(to: number): Promise<Wire> {
  const links = new Set<[Socket, Socket]>();
  let stalled = false;
  let down: { text: string; n: number; bytes: number } | null = null;
  let up: { text: string; ms: number } | null = null;

  function end(link: [Socket, Socket]): void {
    links.delete(link);
    for (const socket of link) socket.destroy();
  }

  const server: Server = createServer({ noDelay: true }, (client) => {
    const far = connect({ port: to, host: '127.0.0.1', noDelay: true });
    const link: [Socket, Socket] = [client, far];
    links.add(link);
    let deaf = false;
    client.on('data', (piece: Buffer) => {
      if (stalled) return;
      far.write(piece);
      if (up && piece.includes(up.text)) {
        deaf = true;
        setTimeout(() => end(link), up.ms);
        up = null;
      }
    });
    far.on('data', (piece: Buffer) => {
      if (stalled || deaf) return;
      const cut = down && placeOf(piece, down);
      if (cut === null) return void client.write(piece);
      down = null;
      deaf = true;
      client.write(piece.subarray(0, cut), () => end(link));
    });
    for (const socket of link) socket.on('error', () => end(link)).on('close', () => end(link));
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    open: () => links.size,
    async settled() {
      for (let wait = 0; wait < 50 && links.size > 0; wait += 1) await sleep(10);
    },
    cutAll: () => {
      for (const link of [...links]) end(link);
    },
    stall: () => {
      stalled = true;
    },
    cutDown: (text, n, bytes) => {
      down = { text, n, bytes };
    },
    cutUp: (text, ms) => {
      up = { text, ms };
    },
    async close() {
      for (const link of [...links]) end(link);
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Counts matches over pieces; null: the cut does not lie in this one. */
function placeOf(piece: Buffer, down: { text: string; n: number; bytes: number }): number | null {
  for (let at = piece.indexOf(down.text); at >= 0; at = piece.indexOf(down.text, at + 1)) {
    down.n -= 1;
    if (down.n === 0) return Math.min(at + down.bytes, piece.length);
  }
  return null;
}
