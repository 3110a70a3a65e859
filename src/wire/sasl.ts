import { Trouble } from '../trouble.ts';

/** What is common to AUTHENTICATE of IMAP and AUTH of POP3: mechanisms of one step. */

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

/** More of a report is not told. */
const REPORT_MAX_CHARS = 300;

/** The server's challenges in one sign-in. */
export class Challenges {
  readonly #answer: string;
  #given: boolean;
  #report: string | null = null;

  /** @param given the answer went with the command */
  constructor(answer: string, given: boolean) {
    this.#answer = answer;
    this.#given = given;
  }

  /**
   * What is to be said to a challenge. A second one is an error report (XOAUTH2), which is answered empty; there is no
   * third: a server that asks on would be answered for ever. Throws `malformed`.
   */
  answer(text: string): string {
    if (!this.#given) {
      this.#given = true;
      return this.#answer;
    }
    if (this.#report !== null)
      throw new Trouble('malformed', { tried: 'sign-in', on: '', answer: 'challenges without end' });
    this.#report = Buffer.from(text, 'base64').toString('latin1').slice(0, REPORT_MAX_CHARS);
    return '';
  }

  /** The refusal together with what the server reported before it. */
  told(error: unknown, secrets: { without(text: string): string }): unknown {
    if (!this.#report || !(error instanceof Trouble)) return error;
    const { kind, tried, on, retryAfterMs } = error;
    const answer = secrets.without(`${error.answer ?? ''} ${this.#report}`);
    return new Trouble(kind, { tried, on, answer, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
  }
}
