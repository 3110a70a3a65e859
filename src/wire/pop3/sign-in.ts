import { isTrouble, Trouble } from '../../trouble.ts';
import type { Credential } from '../credential.ts';
import { saslPlain, xoauth2 } from '../sasl.ts';
import { apop, timestamp } from './apop.ts';
import { auth } from './auth.ts';
import type { Connection } from './connection.ts';
import { user } from './user.ts';

/** Answers that complain of the command and not of the secret: the initial response was not understood (RFC 1734). */
const NOT_UNDERSTOOD =
  /syntax|argument|parameter|unknown|unrecogni|unimplemented|bad command|invalid command/i;

/**
 * Signs in. A password goes by AUTH PLAIN where that is announced, else by USER and PASS. On a line without TLS a server
 * that greets with a timestamp is first offered APOP, which does not show the password; under TLS never: there the
 * password is safe, and APOP would bind it to MD5.
 * Throws `denied` (wrong secret, no way offered), `busy`, `lost`.
 */
export async function signIn(conn: Connection, by: Credential): Promise<void> {
  if (by.by === 'xoauth2') return auth(conn, 'XOAUTH2', xoauth2(by.user, by.token), by.token);
  const stamp = conn.security === 'none' ? timestamp(conn.greeting ?? '') : null;
  if (stamp !== null && by.actAs === undefined && (await byApop(conn, stamp, by.user, by.password))) return;
  if (mechanisms(conn).has('PLAIN')) return plain(conn, by.user, by.password, by.actAs ?? '');
  if (by.actAs !== undefined)
    throw refusal(conn, 'the server offers no AUTH PLAIN, which acting for another needs');
  // As with LOGINDISABLED: a server that names what it has and not this would see the password for nothing.
  if (conn.capabilities !== null && !conn.has('USER') && conn.security === 'none')
    throw refusal(conn, 'the server takes no password on a line without encryption');
  await user(conn, by.user, by.password);
}

/**
 * False when the server has no APOP for this user, though its greeting looks like it.
 *
 * QUIRK(Bigfoot): tells `[AUTH]` of a right password, because it has no APOP (bigfoot-apop.txt). On a line that leaves this
 * machine `[AUTH]` is final where the server means its codes: to show a wrong password in the clear would help nobody.
 */
async function byApop(conn: Connection, stamp: string, name: string, password: string): Promise<boolean> {
  try {
    await apop(conn, stamp, name, password);
    return true;
  } catch (error) {
    if (!isTrouble(error, 'denied') || conn.closed) throw error;
    const final = conn.has('AUTH-RESP-CODE') && error.answer?.startsWith('-ERR [AUTH]');
    if (!final || conn.onLoopback) return false;
    const { tried, on, answer } = error;
    const why = 'APOP was refused, and after that no password is sent on a line without encryption';
    throw new Trouble('denied', { tried, on, answer: `${answer} (${why})`, cause: error });
  }
}

async function plain(conn: Connection, name: string, password: string, actAs: string): Promise<void> {
  const answer = saslPlain(name, password, actAs);
  try {
    await auth(conn, 'PLAIN', answer, password);
  } catch (error) {
    const misread = isTrouble(error, 'denied') && NOT_UNDERSTOOD.test(error.answer ?? '');
    if (!misread || conn.closed) throw error;
    await auth(conn, 'PLAIN', answer, password, false);
  }
}

function mechanisms(conn: Connection): ReadonlySet<string> {
  return new Set((conn.capabilities?.get('SASL') ?? '').toUpperCase().split(' '));
}

function refusal(conn: Connection, answer: string): Trouble {
  return new Trouble('denied', { tried: 'sign-in', on: conn.name, answer });
}
