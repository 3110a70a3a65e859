import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Trouble } from '../trouble.ts';
import { type Brought, readRedirect } from '../wire/oauth/index.ts';

/** Where the browser comes back to (RFC 8252 §7.3): this machine only, a port of the system's choosing, one answer. */
export interface Loopback {
  port: number;
  /** What the browser brings that belongs to `state`. Throws the signal's reason. */
  brought(state: string, signal: AbortSignal): Promise<Exclude<Brought, { is: 'foreign' }>>;
  /** The page for the browser that brought it. */
  answer(page: string): Promise<void>;
  close(): Promise<void>;
}

/** A browser that never reads its page must not keep us. */
const ANSWER_MS = 5_000;
const REQUEST_MS = 10_000;
const CONNECTIONS_MAX = 16;

/** @throws Trouble `lost` (`start-server`) */
export async function openLoopback(): Promise<Loopback> {
  const waiting: { state: string | null; done(brought: Exclude<Brought, { is: 'foreign' }>): void } = {
    state: null,
    done() {},
  };
  let asking: ServerResponse | null = null;
  const server = createServer(
    { requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS, connectionsCheckingInterval: 1_000 },
    (request, response) => {
      const query = asking === null && waiting.state !== null ? queryOf(request, portOf()) : null;
      const brought = query === null ? null : readRedirect(query, waiting.state!);
      if (brought === null || brought.is === 'foreign') return refuse(response);
      asking = response;
      waiting.done(brought);
    },
  );
  server.maxConnections = CONNECTIONS_MAX;
  const portOf = (): number => (server.address() as AddressInfo).port;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: Error) => {
      const facts = { tried: 'start-server', on: '127.0.0.1', answer: cause.message, cause } as const;
      reject(new Trouble('lost', facts));
    });
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: portOf(),
    brought(state, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<Exclude<Brought, { is: 'foreign' }>>();
      waiting.done = resolve;
      waiting.state = state;
      const aborted = (): void => reject(signal.reason);
      if (signal.aborted) aborted();
      signal.addEventListener('abort', aborted, { once: true });
      return promise.finally(() => signal.removeEventListener('abort', aborted));
    },
    async answer(page) {
      if (asking === null) return;
      const response = asking;
      const gone = new Promise<void>((resolve) => {
        response.once('finish', resolve);
        response.once('close', resolve);
        setTimeout(resolve, ANSWER_MS).unref();
      });
      response.writeHead(200, { ...HEADERS, 'content-type': 'text/html; charset=utf-8' }).end(page);
      await gone;
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** No script, nothing from elsewhere, nothing kept: the code stands in the address of this page. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  connection: 'close',
};

/** Null when it is no redirect to us: another path, another method, or another name for this machine (DNS rebinding). */
function queryOf({ method, url = '', headers }: IncomingMessage, port: number): URLSearchParams | null {
  const here = headers.host === `127.0.0.1:${port}` || headers.host === `localhost:${port}`;
  if (method !== 'GET' || !here || !url.startsWith('/?')) return null;
  return new URLSearchParams(url.slice(2));
}

function refuse(response: ServerResponse): void {
  response.writeHead(404, { ...HEADERS, 'content-type': 'text/plain' }).end();
}
