import { isIP, type Socket as NetSocket, type OnReadOpts } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { Trouble } from '../trouble.ts';

export interface TlsOptions {
  /** The name the certificate must hold. */
  host: string;
  /** Where it is said in a Trouble: an address without secrets. */
  on: string;
  /** SHA-256 of the certificate in hex, colons allowed. */
  pinnedFingerprint: string | null;
  /** Roots in place of the system's. */
  ca: string | Uint8Array | null;
}

interface Opening {
  socket: TLSSocket;
  /** The handshake is done and the certificate accepted. Rejects with `denied` or the system's error. */
  ready: Promise<void>;
}

export function connectTls(host: string, port: number, options: TlsOptions, onread: OnReadOpts): Opening {
  return opening(connect({ ...settings(options), host, port, onread } as ConnectionOptions), options);
}

/** TLS over a connection that is already open (STARTTLS). */
export function wrapTls(plain: NetSocket, options: TlsOptions): Opening {
  return opening(connect({ ...settings(options), socket: plain }), options);
}

/** 64 hex digits in lower case; throws `denied` when it is no SHA-256 fingerprint: a wrong pin must never mean "no check". */
export function readFingerprint(text: string, on: string): string {
  const hex = text.replace(/[:\s]/g, '').toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(hex)) {
    throw new Trouble('denied', {
      tried: 'verify-certificate',
      on,
      answer: 'the pinned fingerprint is no SHA-256',
    });
  }
  return hex;
}

function settings(options: TlsOptions): ConnectionOptions {
  const common: ConnectionOptions = {
    ...(isIP(options.host) ? {} : { servername: options.host }),
    ...(options.ca === null ? {} : { ca: options.ca as string }),
  };
  if (options.pinnedFingerprint === null)
    return { ...common, minVersion: 'TLSv1.2', rejectUnauthorized: true };
  // Old servers: expired, self-signed, short keys, TLS 1.0. The pin proves who it is; the chain has nothing to add.
  return { ...common, rejectUnauthorized: false, minVersion: 'TLSv1', ciphers: 'DEFAULT:@SECLEVEL=0' };
}

function opening(socket: TLSSocket, options: TlsOptions): Opening {
  socket.setNoDelay(true);
  const ready = new Promise<void>((resolve, reject) => {
    socket.once('secureConnect', () => {
      const trouble = options.pinnedFingerprint === null ? null : comparePin(socket, options);
      if (trouble === null) return resolve();
      socket.destroy(trouble);
      reject(trouble);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => reject(explained(error, options.on)));
    socket.once('close', () => reject(closedEarly(options.on)));
  });
  return { socket, ready };
}

function comparePin(socket: TLSSocket, options: TlsOptions): Trouble | null {
  const seen = readFingerprint(socket.getPeerCertificate().fingerprint256 ?? '', options.on);
  if (seen === readFingerprint(options.pinnedFingerprint!, options.on)) return null;
  return new Trouble('denied', {
    tried: 'verify-certificate',
    on: options.on,
    answer: `the server's certificate has another fingerprint: ${seen}`,
  });
}

/** What the system's error means: a certificate or handshake that will fail the same way next time is `denied`. */
export function explained(error: NodeJS.ErrnoException, on: string): Error {
  if (error instanceof Trouble) return error;
  const code = error.code ?? '';
  if (
    /CERT|SELF_SIGNED|UNABLE_TO|ALTNAME|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|EE_KEY|CA_KEY|MD_TOO_WEAK/.test(
      code,
    )
  ) {
    return new Trouble('denied', {
      tried: 'verify-certificate',
      on,
      answer: `${code}: ${error.message}`,
      cause: error,
    });
  }
  if (code.startsWith('ERR_SSL') || code === 'EPROTO') {
    return new Trouble('denied', { tried: 'encrypt', on, answer: `${code}: ${error.message}`, cause: error });
  }
  return error;
}

/** The other side closed before the connection was of any use. */
export function closedEarly(on: string): Trouble {
  return new Trouble('lost', { tried: 'connect', on, answer: 'closed before the connection was open' });
}
