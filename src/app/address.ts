import { homedir } from 'node:os';
import path from 'node:path';
import { domainToASCII } from 'node:url';
import { isLoopback } from '../wire/address.ts';
import { usage } from './usage.ts';

/** Where a secret is to be had; the secret itself only when it stood in the address. */
export type SecretRef =
  | { by: 'env'; name: string }
  | { by: 'file'; path: string }
  | { by: 'url'; secret: string }
  | { by: 'ask' }
  /**
   * Tokens only: by a consent that was given to `malleposte consent`. `of` is who gave it, where that is not the user of the
   * address: a shared mailbox is opened with the consent of somebody who may.
   */
  | { by: 'consent'; of: string | null }
  /** Tokens only: an application's own credentials (a service account of Google, a client of Microsoft). */
  | { by: 'app'; path: string };

/** An account on a server. */
export interface ServerAddress {
  kind: 'imap' | 'pop3';
  host: string;
  port: number;
  user: string;
  /** `tls` from the first byte; `starttls` required before sign-in; `none` in clear text, by wish or on loopback. */
  security: 'tls' | 'starttls' | 'none';
  /** `password` for LOGIN and AUTHENTICATE PLAIN, `token` for AUTHENTICATE XOAUTH2. */
  secretIs: 'password' | 'token';
  secret: SecretRef;
  /** SHA-256 of the server's certificate, lower-case hex without colons: trusted instead of the chain. */
  fingerprint: string | null;
  /** How many connections at once; null: the store's own. Always null for POP3, which takes one. */
  lanes: number | null;
  /** Of a `gmail://` address: which folders beside All Mail are wanted. */
  gmail?: { spam: boolean; trash: boolean };
  /** What may be moved each way within a day, in bytes. Left out: what is known of the provider. */
  daily?: number;
}

export interface FileAddress {
  kind: (typeof FILE_KINDS)[number];
  /** Absolute. */
  path: string;
}

export interface MemoryAddress {
  kind: 'memory';
  name: string;
}

export type Address = ServerAddress | FileAddress | MemoryAddress;

const FILE_KINDS = ['mbox', 'maildir', 'eml', 'pst', 'takeout'] as const;
/** `tls`: from the first byte. */
const SCHEMES = {
  imap: { kind: 'imap', tls: false, port: 143 },
  imaps: { kind: 'imap', tls: true, port: 993 },
  pop3: { kind: 'pop3', tls: false, port: 110 },
  pop3s: { kind: 'pop3', tls: true, port: 995 },
} as const;
type Scheme = keyof typeof SCHEMES;
const LANES_MAX = 16;

/**
 * Reads an address of the command line (`docs/design.md`, "The command line is a promise"). A file's path is taken as
 * it stands after the colon: no parameters, no percent-encoding.
 *
 * @throws Trouble `malformed` (`read-address`), its answer a `UsageCode`
 */
export function parseAddress(text: string): Address {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) throw usage('unknown-scheme', publicName(text));
  const rest = text.slice(scheme.length + 1);
  for (const kind of FILE_KINDS) if (scheme === kind) return { kind, path: filePath(rest, text) };
  if (scheme === 'memory') return { kind: 'memory', name: rest.replace(/^\/\//, '') };
  if (scheme === 'gmail') return gmailAddress(text);
  if (Object.hasOwn(SCHEMES, scheme)) return serverAddress(scheme as Scheme, text);
  throw usage('unknown-scheme', publicName(text));
}

/**
 * The address as it may be shown and kept: scheme, user, host and port, or kind and path. Works on any text, also on
 * one that is no address, and never answers a part that could be a secret.
 */
export function publicName(address: Address | string): string {
  if (typeof address === 'string') return withoutSecrets(address);
  if (address.kind === 'memory') return `memory:${address.name}`;
  if (!('host' in address)) return `${address.kind}:${address.path}`;
  if (address.gmail) return `gmail://${address.user}/`;
  const scheme = address.security === 'tls' ? `${address.kind}s` : address.kind;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `${scheme}://${address.user}@${host}:${address.port}/`;
}

/** Longest name shown of a text that may be anything. */
const SHOWN_MAX_CHARS = 200;

function withoutSecrets(text: string): string {
  const [, scheme = '', slashes = '', rest = ''] = /^([^:/?@]*:)?(\/\/)?(.*)$/s.exec(text) ?? [];
  return `${scheme}${slashes}${slashes ? withoutPassword(text, rest) : plainOrHidden(scheme, rest)}`.slice(
    0,
    SHOWN_MAX_CHARS,
  );
}

function plainOrHidden(scheme: string, rest: string): string {
  const isPath = /^(mbox|maildir|eml|pst|takeout|memory):$/i.test(scheme);
  return isPath || !/[:@]/.test(scheme + rest) ? rest : rest && '…';
}

function withoutPassword(text: string, rest: string): string {
  if (URL.canParse(text) && new URL(text).username !== '') {
    const { username, host } = new URL(text);
    return `${username.replaceAll('%40', '@')}@${host}/`;
  }
  // A password may hold any of / ? # @: what stands before the last @ is shown up to its first colon only.
  const at = rest.lastIndexOf('@');
  const user = at < 0 ? '' : `${rest.slice(0, at).split(/[:/?#]/)[0]}@`;
  return `${user}${rest.slice(at + 1).split(/[/?#]/)[0]}/`;
}

function filePath(rest: string, text: string): string {
  const plain = rest.startsWith('//') ? rest.slice(2) : rest;
  if (plain === '') throw usage('no-path', publicName(text));
  // The shell does not write out a tilde behind a colon.
  return path.resolve(plain.startsWith('~/') ? path.join(homedir(), plain.slice(2)) : plain);
}

function serverAddress(scheme: Scheme, text: string): ServerAddress {
  const on = publicName(text);
  const url = readUrl(text, on);
  const host = hostOf(url, on);
  const user = decode(url.username, on);
  if (user === '') throw usage('no-user', on);
  if (/[\u0000-\u001f\u007f]/.test(user)) throw usage('unreadable', on);
  if (url.pathname !== '' && url.pathname !== '/') throw usage('has-path', on);
  const parameters = readParameters(url, on);
  if (parameters.has('lanes') && SCHEMES[scheme].kind === 'pop3') throw usage('unknown-parameter', on);
  const security = securityOf(scheme, host, parameters.get('starttls'), on);
  const fingerprint = fingerprintOf(parameters.get('fingerprint'), on);
  if (fingerprint !== null && security === 'none') throw usage('fingerprint-in-clear', on);
  return {
    kind: SCHEMES[scheme].kind,
    host,
    port: portOf(url.port, scheme, on),
    user,
    security,
    ...secretOf(decode(url.password, on), parameters, on),
    fingerprint,
    lanes: lanesOf(parameters.get('lanes'), on),
    ...dailyOf(parameters.get('daily'), on),
  };
}

const GMAIL_HOST = 'imap.gmail.com';

/**
 * `gmail://marie@gmail.com/`: what stands before the slash is the account, the server is Google's. `server=host:port` names
 * another one, for tests and for a relay inside a company.
 */
function gmailAddress(text: string): ServerAddress {
  const on = publicName(text);
  const url = readUrl(text, on);
  const domain = hostOf(url, on);
  const name = decode(url.username, on);
  if (name === '') throw usage('no-user', on);
  const user = `${name}@${domain}`;
  if (/[\u0000-\u001f\u007f]/.test(user) || name.includes('@')) throw usage('unreadable', on);
  if (url.port !== '') throw usage('bad-port', on);
  if (url.pathname !== '' && url.pathname !== '/') throw usage('has-path', on);
  const parameters = readParameters(url, on, true);
  const { host, port } = serverOf(parameters.get('server'), on);
  const starttls = parameters.get('starttls');
  if (starttls !== undefined && (starttls !== 'never' || !isLoopback(host))) throw usage('bad-starttls', on);
  const fingerprint = fingerprintOf(parameters.get('fingerprint'), on);
  if (fingerprint !== null && starttls !== undefined) throw usage('fingerprint-in-clear', on);
  return {
    ...{ kind: 'imap', host, port, user, security: starttls === undefined ? 'tls' : 'none', fingerprint },
    ...secretOf(decode(url.password, on), parameters, on),
    lanes: lanesOf(parameters.get('lanes'), on),
    gmail: { spam: yesOrNo(parameters.get('spam'), on), trash: yesOrNo(parameters.get('trash'), on) },
    ...dailyOf(parameters.get('daily'), on),
  };
}

function serverOf(text: string | undefined, on: string): { host: string; port: number } {
  if (text === undefined) return { host: GMAIL_HOST, port: SCHEMES.imaps.port };
  const url = URL.canParse(`imaps://${text}/`) ? new URL(`imaps://${text}/`) : null;
  if (url === null || url.username !== '' || url.pathname !== '/' || url.search !== '')
    throw usage('bad-server', on);
  return { host: hostOf(url, on), port: portOf(url.port, 'imaps', on) };
}

/** Left out: no. What was thrown away, and what Google holds to be spam, stays where it is. */
function yesOrNo(text: string | undefined, on: string): boolean {
  if (text !== undefined && text !== 'yes' && text !== 'no') throw usage('bad-yes-no', on);
  return text === 'yes';
}

const DAILY_MAX_MB = 10_000_000;

/** Megabytes of a million bytes. */
function dailyOf(text: string | undefined, on: string): { daily?: number } {
  if (text === undefined) return {};
  const megabytes = /^\d{1,8}$/.test(text) ? Number(text) : 0;
  if (megabytes < 1 || megabytes > DAILY_MAX_MB) throw usage('bad-daily', on);
  return { daily: megabytes * 1_000_000 };
}

function readUrl(text: string, on: string): URL {
  if (/:\d{6,}([/?#]|$)/.test(text)) throw usage('bad-port', on);
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null)
    throw usage(/:[^/@]*$/.test(text.split(/[/?#]/)[2] ?? '') ? 'bad-port' : 'unreadable', on);
  return url;
}

function hostOf(url: URL, on: string): string {
  if (url.hostname === '') throw usage('no-host', on);
  if (url.hostname.startsWith('[')) return url.hostname.slice(1, -1);
  const host = domainToASCII(decode(url.hostname, on));
  if (host === '') throw usage('no-host', on);
  return host;
}

function portOf(port: string, scheme: Scheme, on: string): number {
  if (port === '') return SCHEMES[scheme].port;
  if (Number(port) === 0) throw usage('bad-port', on);
  return Number(port);
}

const PARAMETERS = new Set(['starttls', 'secret', 'token', 'fingerprint', 'lanes', 'daily']);
const GMAIL_PARAMETERS = new Set([...PARAMETERS, 'server', 'spam', 'trash']);

function readParameters(url: URL, on: string, gmail = false): Map<string, string> {
  const known = gmail ? GMAIL_PARAMETERS : PARAMETERS;
  const parameters = new Map<string, string>();
  for (const pair of url.search.slice(1).split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = equals < 0 ? pair : pair.slice(0, equals);
    if (!known.has(name) || parameters.has(name)) throw usage('unknown-parameter', on);
    // A plus stays a plus: these are paths and names, not a web form.
    parameters.set(name, equals < 0 ? '' : decode(pair.slice(equals + 1), on));
  }
  return parameters;
}

function securityOf(
  scheme: Scheme,
  host: string,
  starttls: string | undefined,
  on: string,
): ServerAddress['security'] {
  if (starttls !== undefined && starttls !== 'required' && starttls !== 'never')
    throw usage('bad-starttls', on);
  if (SCHEMES[scheme].tls) {
    if (starttls !== undefined) throw usage('bad-starttls', on);
    return 'tls';
  }
  if (starttls === 'required') return 'starttls';
  return starttls === 'never' || isLoopback(host) ? 'none' : 'starttls';
}

function secretOf(
  inUrl: string,
  parameters: Map<string, string>,
  on: string,
): { secretIs: ServerAddress['secretIs']; secret: SecretRef } {
  const secret = parameters.get('secret');
  const token = parameters.get('token');
  if ([inUrl || undefined, secret, token].filter((way) => way !== undefined).length > 1) {
    throw usage('two-secrets', on);
  }
  if (inUrl !== '') return { secretIs: 'password', secret: { by: 'url', secret: inUrl } };
  const secretIs = token === undefined ? 'password' : 'token';
  const way = token ?? secret;
  if (way === undefined) return { secretIs, secret: { by: 'ask' } };
  const [consent, of = null] = /^consent(?::(.+))?$/s.exec(token ?? '') ?? [];
  if (consent !== undefined) return { secretIs, secret: { by: 'consent', of } };
  const app = /^app:(.+)$/s.exec(token ?? '')?.[1];
  if (app !== undefined) return { secretIs, secret: { by: 'app', path: path.resolve(app) } };
  return { secretIs, secret: secretRef(way, on) };
}

function secretRef(way: string, on: string): SecretRef {
  const [, by, name] = /^(env|file):(.+)$/s.exec(way) ?? [];
  if (name === undefined) throw usage('bad-secret', on);
  return by === 'env' ? { by, name } : { by: 'file', path: path.resolve(name) };
}

function fingerprintOf(text: string | undefined, on: string): string | null {
  if (text === undefined) return null;
  const digits = text
    .replace(/^sha256[:=]/i, '')
    .replaceAll(':', '')
    .toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(digits)) throw usage('bad-fingerprint', on);
  return digits;
}

function lanesOf(text: string | undefined, on: string): number | null {
  if (text === undefined) return null;
  const lanes = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  if (lanes < 1 || lanes > LANES_MAX) throw usage('bad-lanes', on);
  return lanes;
}

function decode(text: string, on: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw usage('unreadable', on);
  }
}
