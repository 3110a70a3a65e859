import { readFingerprint, type TlsOptions } from '../tls.ts';
import type { Limits } from './limits.ts';

/** `starttls`: TLS or nothing. */
export type Security = 'tls' | 'starttls' | 'none';

export interface Address {
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

/** `imap://user@host:port/`: for people and reports, without a secret. */
export function nameOf(address: Address): string {
  const user = address.user === undefined ? '' : `${encodeURIComponent(address.user)}@`;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `${address.security === 'tls' ? 'imaps' : 'imap'}://${user}${host}:${address.port}/`;
}

/** Throws `denied` when the pin is no fingerprint. */
export function tlsOf(address: Address, on: string): TlsOptions {
  const pin = address.pinnedFingerprint ?? null;
  return {
    host: address.host,
    on,
    pinnedFingerprint: pin === null ? null : readFingerprint(pin, on),
    ca: address.ca ?? null,
  };
}
