import { Trouble } from '../../trouble.ts';
import type { Connection } from './connection.ts';
import { COMMAND_MAX_BYTES } from './limits.ts';

/**
 * AUTH (RFC 5034 §4) of one step. The answer goes with the command where that stays within the length of a command,
 * unless `early` is false. A second challenge is an error report (XOAUTH2): it is answered empty, and what it says is
 * told with the Trouble. Throws `denied`, `busy`, `lost`.
 */
export async function auth(
  conn: Connection,
  mechanism: string,
  answer: Buffer,
  secret: string,
  early = true,
): Promise<void> {
  const blob = answer.toString('base64');
  conn.secrets.keep(blob, secret);
  const whole = `AUTH ${mechanism} ${blob}`;
  let given = early && whole.length + 2 <= COMMAND_MAX_BYTES;
  let report: string | null = null;
  try {
    await conn.run({
      tried: 'sign-in',
      on: '',
      line: given ? whole : `AUTH ${mechanism}`,
      slow: true,
      challenge: (text) => {
        if (!given) {
          given = true;
          return blob;
        }
        // One step has no third challenge: a server that asks on would be answered for ever.
        if (report !== null)
          throw new Trouble('malformed', { tried: 'sign-in', on: '', answer: 'challenges without end' });
        report = Buffer.from(text, 'base64').toString('latin1').slice(0, 300);
        return '';
      },
      done: () => undefined,
    });
  } catch (error) {
    if (!report || !(error instanceof Trouble)) throw error;
    const { kind, tried, on, retryAfterMs } = error;
    const words = conn.secrets.without(`${error.answer ?? ''} ${report}`);
    throw new Trouble(kind, {
      tried,
      on,
      answer: words,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }
}

/** RFC 4616 §2. NUL separates: it cannot be inside. Throws `denied`. */
export function saslPlain(user: string, password: string, actAs: string): Buffer {
  const parts = [actAs, user, password];
  if (parts.some((part) => part.includes('\0'))) throw unfit('NUL in a name or password');
  return Buffer.from(parts.join('\0'), 'utf8');
}

/** Google's and Microsoft's `user=…^Aauth=Bearer …^A^A`. Throws `denied`. */
export function xoauth2(user: string, token: string): Buffer {
  if (/\u0001/.test(user + token)) throw unfit('a control character in a name or token');
  return Buffer.from(`user=${user}\u0001auth=Bearer ${token}\u0001\u0001`, 'utf8');
}

function unfit(answer: string): Trouble {
  return new Trouble('denied', { tried: 'sign-in', on: '', answer });
}
