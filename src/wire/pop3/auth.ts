import { Challenges } from '../sasl.ts';
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
  const given = early && whole.length + 2 <= COMMAND_MAX_BYTES;
  const challenges = new Challenges(blob, given);
  try {
    await conn.run({
      tried: 'sign-in',
      on: '',
      line: given ? whole : `AUTH ${mechanism}`,
      slow: true,
      challenge: (text) => challenges.answer(text),
      done: () => undefined,
    });
  } catch (error) {
    throw challenges.told(error, conn.secrets);
  }
}
