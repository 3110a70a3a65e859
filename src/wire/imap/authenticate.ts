import { isTrouble, Trouble } from '../../trouble.ts';
import type { Credential, Password } from '../credential.ts';
import { Challenges, saslPlain, xoauth2 } from '../sasl.ts';
import { capability } from './capability.ts';
import type { Connection } from './connection.ts';
import { login } from './login.ts';

/**
 * Signs in the quickest way the server has, and knows its capabilities afterwards. PREAUTH: nothing to do.
 * Throws `denied` (wrong secret, no way offered), `busy`, `lost`.
 */
export async function signIn(conn: Connection, auth: Credential): Promise<void> {
  if (conn.greeting?.is === 'PREAUTH') return void (await capability(conn));
  await capability(conn);
  const told = conn.capabilitiesTold;
  if (auth.by === 'xoauth2') await authenticate(conn, 'XOAUTH2', xoauth2(auth.user, auth.token), auth.token);
  else {
    const plain = conn.has('AUTH=PLAIN');
    const quick = plain && conn.has('SASL-IR');
    const asked = auth.actAs !== undefined;
    if (asked && !plain)
      throw refusal(conn, 'the server offers no AUTH=PLAIN, which acting for another needs');
    if (quick || asked || (plain && conn.has('LOGINDISABLED'))) await byPlain(conn, auth);
    else await login(conn, auth.user, auth.password);
  }
  // Signed in, a server can do more than before; some say so with their OK, others wait to be asked (RFC 9051 §7.2.2).
  if (conn.capabilitiesTold === told) conn.forgetCapabilities();
  await capability(conn);
}

/**
 * Answers that complain of the mechanism and not of the secret.
 *
 * QUIRK(hMailServer): so where PLAIN is announced and not to be had (hmailserver-plain-refused.txt).
 */
const NO_SUCH_WAY =
  /mechanism|unsupported|not supported|unknown command|unrecogni[sz]ed|syntax|authenticate is not enabled/i;

/** By LOGIN where the server takes back that it has PLAIN, and LOGIN may be sent. A wrong password is not tried twice. */
async function byPlain(conn: Connection, { user, password, actAs }: Password): Promise<void> {
  try {
    await authenticate(conn, 'PLAIN', saslPlain(user, password, actAs ?? ''), password);
  } catch (error) {
    const other = isTrouble(error, 'denied') && NO_SUCH_WAY.test(error.answer ?? '');
    if (!other || conn.closed || actAs !== undefined || conn.has('LOGINDISABLED')) throw error;
    await login(conn, user, password);
  }
}

/**
 * AUTHENTICATE (RFC 9051 §6.2.2) of one step; the answer goes with the command where the server has SASL-IR (RFC 4959).
 * A second challenge is an error report (XOAUTH2): it is answered empty, and what it says is told with the Trouble.
 */
async function authenticate(
  conn: Connection,
  mechanism: string,
  answer: Buffer,
  secret: string,
): Promise<void> {
  const blob = answer.toString('base64');
  conn.secrets.keep(blob, secret);
  const early = conn.has('SASL-IR');
  const challenges = new Challenges(blob, early);
  try {
    await conn.run({
      tried: 'sign-in',
      on: '',
      pieces: () => [`AUTHENTICATE ${mechanism}${early ? ` ${blob}` : ''}`],
      challenge: (text) => challenges.answer(text),
      done: () => undefined,
    });
  } catch (error) {
    throw challenges.told(error, conn.secrets);
  }
}

function refusal(conn: Connection, answer: string): Trouble {
  return new Trouble('denied', { tried: 'sign-in', on: conn.name, answer });
}
