import { Trouble } from '../trouble.ts';

/** Why a connection did not come about, or is no more: one Trouble for each, `name` being the server's. */

/** The socket is gone. */
export function gone(name: string, cause: Error | null, greeted: boolean): Trouble {
  if (cause instanceof Trouble) return cause;
  const answer = cause === null ? 'the server closed the connection' : words(cause);
  return new Trouble('lost', { tried: greeted ? 'converse' : 'connect', on: name, answer, cause });
}

/** Opening failed. The system's errors have a code; anything else is a bug and stays one. */
export function unopened(name: string, error: unknown): unknown {
  if (error instanceof Trouble || !(error instanceof Error) || !('code' in error)) return error;
  return new Trouble('lost', { tried: 'connect', on: name, answer: words(error), cause: error });
}

export function late(name: string, ms: number): Trouble {
  return new Trouble('lost', { tried: 'connect', on: name, answer: `no connection within ${ms} ms` });
}

/** RFC 9051 §11.1: what comes between the OK of STARTTLS and the handshake was put there by someone else. */
export function injected(name: string): Trouble {
  const answer = 'the server, or someone between, sent more before the encryption began';
  return new Trouble('denied', { tried: 'encrypt', on: name, answer });
}

/** Several addresses that all failed have no words of their own, only a code. */
function words(error: Error & { code?: unknown }): string {
  return error.message !== '' ? error.message : String(error.code ?? error.name);
}
