import { lookup } from 'node:dns/promises';
import { isIP, isIPv6 } from 'node:net';
import { Trouble } from '../../../trouble.ts';
import { readNetwork, whereabouts } from './networks.ts';

/** Hosts inside a local network that may be connected to all the same. */
export interface AllowList {
  names(host: string, port: number): boolean;
  holds(address: string, port: number): boolean;
}

export const ALLOW_VARIABLE = 'MALLEPOSTE_ALLOW_HOSTS';

/** All addresses of a name. Throws errors of `dns.lookup`. */
export type Resolve = (host: string) => Promise<{ address: string }[]>;

/** Where to connect: to this address, whatever the name says a moment later; the name is for TLS. */
export interface Reachable {
  /** As it is looked up and checked: lower case, without a dot at its end. */
  host: string;
  address: string;
  family: 4 | 6;
}

const ENTRIES_MAX = 1000;
const RESOLVE_MS = 10_000;
const ADDRESSES_MAX = 64;

/**
 * Networks, addresses and names, between commas or spaces: `10.0.0.0/8, mail.intern, *.intern, [fd00::7]:993`. A port narrows.
 *
 * @throws Trouble `malformed` (`read-address`) naming the part that is none of these
 */
export function readAllowList(text: string): AllowList {
  const parts = text.split(/[\s,]+/).filter(Boolean);
  if (parts.length > ENTRIES_MAX) throw unreadable(`${parts.length} > ${ENTRIES_MAX}`);
  const entries = parts.map(readEntry);
  return {
    names: (host, port) => entries.some((one) => one.name?.(host) && fits(one, port)),
    holds: (address, port) => entries.some((one) => one.network?.(address) && fits(one, port)),
  };
}

interface AllowEntry {
  name?: (host: string) => boolean;
  network?: (address: string) => boolean;
  port: number | null;
}

function readEntry(text: string): AllowEntry {
  const whole = readNetwork(text);
  if (whole !== null) return { network: whole, port: null };
  const [, host = '', port] = /^(.+?)(?::(\d{1,5}))?$/.exec(text) ?? [];
  const of = { port: port === undefined ? null : Number(port) };
  const network = readNetwork(host);
  if (network !== null) return { network, ...of };
  const name = /^(\*\.)?([a-z0-9_-]+(?:\.[a-z0-9_-]+)*)\.?$/i.exec(host);
  if (name === null || /^[\d.]+$/.test(host)) throw unreadable(text);
  const [wanted, below] = [name[2]!.toLowerCase(), name[1] !== undefined];
  return { name: (one) => (below ? one.endsWith(`.${wanted}`) : one === wanted), ...of };
}

function fits({ port }: AllowEntry, asked: number): boolean {
  return port === null || port === asked;
}

function unreadable(part: string): Trouble {
  return new Trouble('malformed', { tried: 'read-address', on: ALLOW_VARIABLE, answer: part });
}

/**
 * Whether this server connects there. Who types a host name may point it at the router, at a printer, at the cloud's own
 * addresses; unless the allow-list names them, only what lies in the open is connected to. All addresses of a name are checked,
 * and the one to connect to is given back: a name that changes its mind in between gains nothing.
 *
 * @throws Trouble (`connect`) `denied` with the answer `private: ADDRESS` or `never: ADDRESS`, `lost` with `unknown` when
 *   nothing has this name, `malformed` with `unreadable`
 */
export async function mayReach(
  host: string,
  port: number,
  allow: AllowList,
  resolve: Resolve = resolveSoon,
): Promise<Reachable> {
  const name = plainHost(host);
  if (name === null || !Number.isInteger(port) || port < 1 || port > 65_535)
    throw trouble('malformed', `${host.slice(0, 255)}:${port}`, 'unreadable');
  const on = `${isIPv6(name) ? `[${name}]` : name}:${port}`;
  const addresses = isIP(name) ? [name] : await addressesOf(name, on, resolve);
  for (const address of addresses) check(address, name, port, allow, on);
  const [address] = addresses as [string];
  return { host: name, address, family: isIPv6(address) ? 6 : 4 };
}

function check(address: string, name: string, port: number, allow: AllowList, on: string): void {
  const where = whereabouts(address);
  if (where === 'never') throw trouble('denied', on, `never: ${address}`);
  if (where === 'public' || allow.names(name, port) || allow.holds(address, port)) return;
  throw trouble('denied', on, `private: ${address}`);
}

/**
 * A host as the resolver will understand it: `0x7f.1`, `2130706433`, `0177.0.0.1` and full-width digits become the address that
 * they are, names become ASCII (the URL standard's host parser). Null: nothing that could be a host.
 */
export function plainHost(host: string): string | null {
  const text = host.trim();
  if (text.length === 0 || text.length > 255 || /[\s/\\?#@%<>^|]/.test(text)) return null;
  const bracketed = isIPv6(text) ? `[${text}]` : text;
  // A colon outside of brackets would be a port.
  if (/:/.test(bracketed) && !/^\[[0-9a-f.:]+\]$/i.test(bracketed)) return null;
  const parsed = URL.parse(`http://${bracketed}/`)?.hostname ?? '';
  const plain = parsed.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  return plain === '' ? null : plain;
}

async function addressesOf(name: string, on: string, resolve: Resolve): Promise<string[]> {
  let found: { address: string }[];
  try {
    found = await resolve(name);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === undefined) throw cause;
    throw trouble('lost', on, 'unknown', cause);
  }
  const addresses = found.slice(0, ADDRESSES_MAX).map(({ address }) => address.replace(/%.*$/, ''));
  if (addresses.length === 0 || !addresses.every((one) => isIP(one))) throw trouble('lost', on, 'unknown');
  return addresses;
}

/** By the system, so that its hosts file and its search domains count as they will when it is connected to. */
async function resolveSoon(host: string): Promise<{ address: string }[]> {
  const { promise, reject } = Promise.withResolvers<never>();
  const late = setTimeout(() => {
    reject(Object.assign(new Error(`${host} was not found in time`), { code: 'ETIMEOUT' }));
  }, RESOLVE_MS);
  try {
    return await Promise.race([lookup(host, { all: true, order: 'verbatim' }), promise]);
  } finally {
    clearTimeout(late);
  }
}

function trouble(
  kind: 'denied' | 'lost' | 'malformed',
  on: string,
  answer: string,
  cause?: unknown,
): Trouble {
  return new Trouble(kind, { tried: 'connect', on, answer, cause });
}

/** What `mayReach` said no to, for the words; null: it was something else. */
export function reachOf({ tried, on, answer }: Pick<Trouble, 'tried' | 'on' | 'answer'>): {
  is: 'private' | 'never' | 'unknown' | 'unreadable';
  host: string;
  address: string;
  entry: string;
} | null {
  const [, is, address = ''] =
    /^(private|never|unknown|unreadable)(?:: ([0-9a-f.:]+))?$/.exec(answer ?? '') ?? [];
  if (tried !== 'connect' || is === undefined) return null;
  const host = on.replace(/:\d+$/, '');
  return { is: is as 'private', host, address, entry: host.replace(/^\[|\]$/g, '') };
}
