import { type Attempt, Trouble, type TroubleKind } from '../../trouble.ts';
import type { Status } from './parser.ts';

/**
 * What a NO, BAD or BYE means for the road: the only place where a server's answer becomes a kind of Trouble.
 *
 * QUIRK(Zimbra): maintenance is told as a refused sign-in (zimbra-maintenance.txt), too many connections as BYE "service
 * busy" (zimbra-service-busy.txt), IMAP switched off by a text (zimbra-imap-disabled.txt).
 * QUIRK(Courier): IMAP switched off is told by BYE (courier-imap-disabled.txt), a full disk by a text
 * (courier-disk-full.txt).
 * QUIRK(hMailServer): "could not be found" (hmailserver-not-found.txt), a full mailbox (hmailserver-quota.txt) and refused
 * sign-ins (hmailserver-too-many-logons.txt, hmailserver-full-address.txt) have no codes.
 * QUIRK(Gmail): texts of the sign-in (gmail-imap-disabled.txt, gmail-domain-disabled.txt, gmail-app-password.txt,
 * gmail-web-login.txt, gmail-too-many-connections.txt) and of the end (gmail-bandwidth.txt, gmail-session-expired.txt).
 * QUIRK(Cyrus): too many connections without a code (cyrus-too-many-connections.txt); an untagged NO [ALERT] refuses
 * nothing (cyrus-alert-quota.txt).
 * QUIRK(Dovecot): what passes and what does not, at the sign-in (dovecot-too-many-connections.txt, dovecot-temporary.txt,
 * dovecot-logindisabled.txt) and at the end (dovecot-inactivity.txt, dovecot-internal-error.txt).
 * QUIRK(Exchange): exchange-throttled.txt, exchange-unavailable.txt, exchange-not-connected.txt.
 * QUIRK(Mailo): asks for time without saying how much (mailo-temporary.txt).
 */

/** RFC 5530 §3, RFC 9051 §7.1, RFC 9208 §4.3, RFC 7889 §4: codes whose meaning does not depend on the command. */
const KINDS = new Map<string, TroubleKind>([
  ['OVERQUOTA', 'full'],
  ['LIMIT', 'full'],
  ['UNAVAILABLE', 'busy'],
  ['INUSE', 'busy'],
  ['SERVERBUG', 'busy'],
  ['THROTTLED', 'busy'],
  ['AUTHENTICATIONFAILED', 'denied'],
  ['AUTHORIZATIONFAILED', 'denied'],
  ['EXPIRED', 'denied'],
  ['PRIVACYREQUIRED', 'denied'],
  ['NONEXISTENT', 'missing'],
  ['TRYCREATE', 'missing'],
  ['EXPUNGEISSUED', 'missing'],
  ['TOOBIG', 'refused'],
  ['NOPERM', 'refused'],
  ['CANNOT', 'refused'],
]);

const BUSY =
  /throttl|back ?off|bandwidth limit|too many|try again|rate limit|temporar|server unavailable|(server|service) (is )?busy/i;
const THROTTLED = /throttl|bandwidth|rate limit/i;
const FULL =
  /quota|mailbox (is )?full|storage (limit|is full)|disk (is )?full|no space left|out of disk space/i;
const ABSENT =
  /does(n't| not) exist|no such (mailbox|folder)|(mailbox|folder) (could )?not (be )?found|unknown (mailbox|folder)/i;
/** Elsewhere it may be the name of a folder. */
const MAINTENANCE = /maintenance/i;
/** Of messages that another program deleted meanwhile (RFC 2180 §4.1.3). */
const EXPUNGED = /expunged|no longer exist/i;
/** The sign-in ends with BYE in place of an answer. */
const SHUT_OUT = /access (is )?(disabled|not enabled|not allowed)/i;
/** What can fail because there is no room. */
const PUTTING: ReadonlySet<Attempt> = new Set<Attempt>(['store-message', 'create-folder', 'mark-message']);
/** Exchange: the connection has lost its mailbox; only a new one helps. */
const DETACHED = /authenticated but not connected|received in invalid state/i;

/** Longest wait a server can make us promise: a day is the longest lock-out that providers document. */
const RETRY_MAX_MS = 24 * 3_600_000;

export function troubleOf(status: Status, tried: Attempt, on: string): Trouble {
  const retryAfterMs = backoff(status.text);
  const answer = `${status.is}${status.code === null ? '' : ` [${status.code}]`} ${status.text}`.trim();
  const kind = kindOf(status, tried, retryAfterMs);
  return new Trouble(kind, {
    tried,
    on,
    answer,
    ...(kind === 'busy' && retryAfterMs !== null ? { retryAfterMs } : {}),
  });
}

function kindOf(status: Status, tried: Attempt, retryAfterMs: number | null): TroubleKind {
  const { code, text } = status;
  if (status.is === 'BYE' && SHUT_OUT.test(text)) return 'denied';
  if (status.is === 'BYE')
    return retryAfterMs !== null || BUSY.test(text) || MAINTENANCE.test(text) || code === 'UNAVAILABLE'
      ? 'busy'
      : 'lost';
  if (retryAfterMs !== null) return 'busy';
  if (code !== null) {
    // A target that is out of service pauses the mailbox; it says nothing about the message.
    if (tried === 'store-message' && (code === 'UNAVAILABLE' || code === 'INUSE')) return 'full';
    const kind = KINDS.get(code);
    // Gmail says OVERQUOTA of bandwidth: the mailbox is not full, and where nothing is put, none can be.
    if (kind === 'full' && (THROTTLED.test(text) || !PUTTING.has(tried))) return 'busy';
    if (kind !== undefined && !(tried === 'sign-in' && kind === 'refused')) return kind;
  }
  if (DETACHED.test(text)) return 'lost';
  // Before all that asks for time: the answer may name a folder `Temporary`.
  if ((tried === 'open-folder' || tried === 'store-message') && ABSENT.test(text)) return 'missing';
  if (tried === 'sign-in' && MAINTENANCE.test(text)) return 'busy';
  // "Wrong password, try again" is an invitation to a person, not to wait.
  if (BUSY.test(tried === 'sign-in' ? text.replace(/try again/gi, '') : text)) return 'busy';
  if (tried === 'sign-in' || tried === 'encrypt') return 'denied';
  if (PUTTING.has(tried) && FULL.test(text)) return 'full';
  return tried === 'read-message' && EXPUNGED.test(text) ? 'missing' : 'refused';
}

/** "Account exceeded command or bandwidth limits." (Gmail): it names no time; its documentation says up to a day. */
const LOCKED = /bandwidth limit/i;

/** `Suggested Backoff Time: 299961 milliseconds` (Exchange); null when it is not said. */
function backoff(text: string): number | null {
  const m = /back ?off time:? *(\d{1,12}) *(milliseconds|ms|seconds|s)\b/i.exec(text);
  if (m === null) return LOCKED.test(text) ? RETRY_MAX_MS : null;
  const unit = m[2]!.toLowerCase().startsWith('m') ? 1 : 1000;
  return Math.min(Number(m[1]) * unit, RETRY_MAX_MS);
}
