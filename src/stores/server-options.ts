import type { Security } from '../wire/address.ts';

/** How a store reaches its server. `Auth` and `Limits` are those of the protocol. */
export interface ServerOptions<Auth, Limits> {
  /** The address without secrets, e.g. `imap://marie@mail.example:143/`. */
  name: string;
  host: string;
  port: number;
  security: Security;
  auth: Auth;
  /** SHA-256 of the server's certificate, in place of a chain of trust. */
  fingerprint?: string | null;
  ca?: string | Uint8Array;
  timeouts?: Partial<Limits>;
}

/** The same as the wire takes it. */
export function connectOptions<Auth, Limits>(options: ServerOptions<Auth, Limits>) {
  const { host, port, security, auth, fingerprint, ca, timeouts } = options;
  return {
    ...{ host, port, security, auth, pinnedFingerprint: fingerprint ?? null },
    ...(ca === undefined ? {} : { ca }),
    ...(timeouts === undefined ? {} : { limits: timeouts }),
  };
}
