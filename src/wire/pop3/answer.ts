import { type Attempt, Trouble, type TroubleKind } from '../../trouble.ts';
import type { Status } from './status.ts';

/**
 * What an -ERR means for the road: the only place where a server's answer becomes a kind of Trouble.
 *
 * QUIRK(hMailServer): a lock without a code (hmailserver-pop3-locked.txt), "too many" of wrong passwords
 * (hmailserver-pop3-too-many-logons.txt).
 * QUIRK(Zimbra): maintenance (zimbra-pop3-maintenance.txt), POP switched off (zimbra-pop3-disabled.txt).
 * QUIRK(Courier): POP switched off (courier-pop3-disabled.txt), a message that moved (courier-pop3-gone.txt).
 * QUIRK(Gmail): POP switched off is told by STAT (gmail-pop3-disabled.txt).
 * QUIRK(Dovecot): dovecot-pop3-in-use.txt, dovecot-pop3-expunged.txt.
 * QUIRK(Cyrus): cyrus-pop3-in-use.txt, cyrus-pop3-login-delay.txt.
 * QUIRK(UW-imap): uw-pop3-lock.txt, uw-pop3-autologout.txt.
 */

/** RFC 2449 §8.1, RFC 3206 §4: codes whose meaning does not depend on the command. */
const KINDS = new Map<string, TroubleKind>([
  ['IN-USE', 'busy'],
  ['LOGIN-DELAY', 'busy'],
  ['SYS/TEMP', 'busy'],
  ['AUTH', 'denied'],
]);

/** QUIRK(NetEase): "Download exceed" is of the account and not of the message (netease-download-exceed.txt). */
const THROTTLED = /throttl|back ?off|bandwidth|too many|rate limit|download exceed/i;
const WRONG = /(invalid|incorrect|wrong|bad) (user|login|password|credential)/i;
const BUSY = /try again|temporar|unavailable|server (is )?busy|try later|maintenance/i;
/** A maildrop that someone else has open, as servers without response codes say it. */
const LOCKED =
  /(maildrop|mailbox|inbox|folder)[^.]{0,40}lock|already locked|lock busy|\block on|in use|already (open|active|logged)|another (session|process|pop)/i;
/** The server ends the session, and says so in place of the answer that is owed. */
const ENDING = /auto-?log|inactiv|idle|timed? ?-?out|disconnect|shutting down|closing/i;
const ABSENT =
  /no such message|(does not|doesn't) exist|not exist|deleted|expunged|out of range|unknown message|invalid message number|not found|\bgone\b|no longer/i;
const SEPARATE: ReadonlySet<Attempt> = new Set<Attempt>(['sign-in', 'greet']);

/**
 * @param loginDelayMs what LOGIN-DELAY of the capabilities says, where it does: how long to wait is told nowhere else
 */
export function troubleOf(status: Status, tried: Attempt, on: string, loginDelayMs: number | null): Trouble {
  const kind = kindOf(status, tried);
  const answer = `${status.is}${status.code === null ? '' : ` [${status.code}]`} ${status.text}`.trim();
  const delayed = kind === 'busy' && status.code === 'LOGIN-DELAY' && loginDelayMs !== null;
  return new Trouble(kind, { tried, on, answer, ...(delayed ? { retryAfterMs: loginDelayMs } : {}) });
}

function kindOf({ code, text }: Status, tried: Attempt): TroubleKind {
  const kind = code === null ? undefined : KINDS.get(code);
  if (kind !== undefined) return kind;
  // RFC 3206 §4: a person must see to it.
  if (code === 'SYS/PERM') return tried === 'read-message' ? 'refused' : 'denied';
  // Wrong passwords and how many there were may stand in one answer: calling again would only lock out longer.
  if (THROTTLED.test(text)) return tried === 'sign-in' && WRONG.test(text) ? 'denied' : 'busy';
  // "Wrong password, try again" is an invitation to a person; of one message it is a verdict: waiting would block the others.
  if (tried !== 'read-message' && BUSY.test(tried === 'sign-in' ? text.replace(/try again/gi, '') : text))
    return 'busy';
  if (SEPARATE.has(tried) && LOCKED.test(text)) return 'busy';
  if (ENDING.test(text)) return 'lost';
  if (tried === 'sign-in' || tried === 'encrypt') return 'denied';
  if (tried === 'greet') return 'lost';
  return tried === 'read-message' && ABSENT.test(text) ? 'missing' : 'refused';
}
