import type { IncomingMessage } from 'node:http';
import { isIP, isIPv6 } from 'node:net';
import type { Context } from 'hono';
import { carriedIn, readNetwork } from './networks.ts';

/** Proxies whose word on the address of the client is taken: networks or addresses. */
export type Proxies = readonly ((address: string) => boolean)[];

/** Null: one of them is neither a network nor an address. */
export function readProxies(texts: readonly string[]): Proxies | null {
  const found = texts.map(readNetwork);
  return found.every((one) => one !== null) ? found : null;
}

/**
 * Where a request comes from: the other end of the connection; behind proxies of ours, the last address in `X-Forwarded-For` that
 * is none of them (what stands before it, the client wrote itself). `unknown` when there is no connection.
 */
export function addressOf(context: Context, proxies: Proxies): string {
  const incoming = (context.env as { incoming?: IncomingMessage } | undefined)?.incoming;
  const near = plain(incoming?.socket.remoteAddress ?? '');
  if (near === null) return 'unknown';
  const ours = (address: string): boolean => proxies.some((one) => one(address));
  if (!ours(near)) return near;
  const told = (context.req.header('x-forwarded-for') ?? '').slice(-2000).split(',').map(plain).reverse();
  for (const one of told) {
    if (one === null) return near;
    if (!ours(one)) return one;
  }
  return near;
}

function plain(text: string): string | null {
  const address = text.trim().replace(/%.*$/, '');
  if (!isIP(address)) return null;
  return carriedIn(address) ?? address;
}

/** What is counted as one: of IPv6 the network of a household, whose addresses cost nothing. */
export function neighbourhood(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros =
    tail === undefined ? [] : new Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0');
  return `${[...before, ...zeros, ...after].slice(0, 4).join(':').toLowerCase()}::/64`;
}
