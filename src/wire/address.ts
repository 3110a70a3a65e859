import { readFingerprint, type TlsOptions } from './tls.ts';

/** `starttls`: TLS or nothing (STARTTLS of IMAP, STLS of POP3). */
export type Security = 'tls' | 'starttls' | 'none';

/** A server and how it is reached. */
export interface Address<Limits> {
  host: string;
  port: number;
  security: Security;
  /** For the name only. */
  user?: string;
  /** SHA-256 of the server's certificate in hex: accepts exactly this one in place of a chain of trust. */
  pinnedFingerprint?: string | null;
  /** Roots in place of the system's (private authorities, tests). */
  ca?: string | Uint8Array;
  limits?: Partial<Limits>;
}

/** What is said to these hosts never leaves the machine. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** `imap://user@host:port/`: for people and reports, without a secret. */
export function nameOf(protocol: 'imap' | 'pop3', address: Address<unknown>): string {
  const user = address.user === undefined ? '' : `${encodeURIComponent(address.user)}@`;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `${protocol}${address.security === 'tls' ? 's' : ''}://${user}${host}:${address.port}/`;
}

/** Throws `denied` when the pin is no fingerprint. */
export function tlsOf(address: Address<unknown>, on: string): TlsOptions {
  const pin = address.pinnedFingerprint ?? null;
  return {
    host: address.host,
    on,
    pinnedFingerprint: pin === null ? null : readFingerprint(pin, on),
    ca: address.ca ?? null,
  };
}
