import type { Security } from '../imap/address.ts';
import type { Limits } from './limits.ts';

export type { Security } from '../imap/address.ts';

export interface Address {
  host: string;
  port: number;
  /** `starttls`: STLS (RFC 2595 §4) or nothing. */
  security: Security;
  /** For the name only. */
  user?: string;
  /** SHA-256 of the server's certificate in hex: accepts exactly this one in place of a chain of trust. */
  pinnedFingerprint?: string | null;
  /** Roots in place of the system's (private authorities, tests). */
  ca?: string | Uint8Array;
  limits?: Partial<Limits>;
}

/** `pop3://user@host:port/`: for people and reports, without a secret. */
export function nameOf(address: Address): string {
  const user = address.user === undefined ? '' : `${encodeURIComponent(address.user)}@`;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `${address.security === 'tls' ? 'pop3s' : 'pop3'}://${user}${host}:${address.port}/`;
}
