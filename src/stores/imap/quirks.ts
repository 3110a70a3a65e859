import { isTrouble, type Trouble } from '../../trouble.ts';

/**
 * What servers do that the texts do not say, and what we do about it.
 *
 * QUIRK(Dovecot, Cyrus): a tagged OK to APPEND does not mean "stored as sent". Measured, the same message on three servers:
 *
 * | sent                      | Dovecot 2.3                  | Cyrus 3.6                    | Courier 5.0            |
 * |---------------------------|------------------------------|------------------------------|------------------------|
 * | NUL byte                  | OK, another byte in its place| NO "contains NUL characters" | OK, kept               |
 * | bare LF                   | OK, becomes CRLF             | NO "contains bare newlines"  | OK, becomes CRLF       |
 * | lone CR                   | kept                         | kept                         | dropped                |
 * | 8-bit header              | kept                         | OK, rewritten                | kept                   |
 * | no header                 | OK                           | NO "invalid header"          | OK                     |
 * | empty message             | NO                           | NO                           | OK, two bytes          |
 * | no final line end         | kept                         | kept                         | CRLF added             |
 * | date 31-Feb               | OK, becomes now              | OK, becomes 2 March          | not measured           |
 * | date 1969, 1601           | OK, becomes 2038, 2009       | BAD                          | NO                     |
 * | date 2099                 | OK, becomes now              | kept                         | not measured           |
 * | `\Recent`, `\Foo`, 8-bit keyword | BAD for the whole command | BAD                      | not measured           |
 *
 * So all that is put is read back by the engine, and only flags that every server takes are sent (`storable`).
 * Of these, dovecot-nul.txt and cyrus-nul-refused.txt.
 *
 * QUIRK(Dovecot): a folder that is open shows neither what came nor what went since until a command ends that nothing
 * follows: a NOOP with commands pipelined behind it does nothing. So reading opens the folder anew (`reader.ts`), and
 * the answers to STORE may be those of the next command (`target.ts`). dovecot-open-folder.txt
 * QUIRK(Dovecot): an internal date in the future becomes now, with OK (dovecot-future-date.txt).
 * QUIRK(Courier, hosts like it): personal namespace `INBOX.`; see `names.ts` (courier-namespace.txt).
 * QUIRK(Cyrus): `! " % ; < > \ ^ ` { | }` in a name are refused; Dovecot refuses `~` at the start, control characters and,
 * on Maildir, `/`; Courier characters
 * beyond the basic plane; all three refuse names longer than a file's (`handleFor`). cyrus-names.txt
 * QUIRK(Courier): NO "Cannot create this folder" also when it is there already (`places.ts`, courier-create-exists.txt).
 * QUIRK(Cyrus): a refused name with `{10}` in it is taken for the head of a literal, and the connection is lost (`names.ts`,
 * cyrus-names.txt).
 * QUIRK(Dovecot): two FETCHes sent one behind the other run side by side and their answers come mixed (`bodies.ts`,
 * dovecot-mixed-fetch.txt).
 * QUIRK(Courier): UIDVALIDITY is the second in which the folder was made: one made anew within it looks unchanged
 * but for its UIDNEXT (`changes.ts`, courier-uidvalidity.txt).
 * QUIRK(Cyrus): announces APPENDLIMIT=4294967295, which is no limit (cyrus-appendlimit.txt).
 * QUIRK(Exchange): answers FETCH of a damaged message with a message of its own that says so; that is no message
 * (exchange-placeholder.txt).
 * QUIRK(Exchange): ends the session with BYE when the token of its sign-in ends (exchange-token-ended.txt): lost, and the
 * next connection signs in with another.
 * QUIRK(Exchange): writes each message anew at each FETCH, and RFC822.SIZE is an estimate (exchange-rendered.txt): sizes
 * are hints, and what has other bytes is known by its content (`engine/unstable.test.ts`).
 * QUIRK(Exchange, Domino): FETCH says OK and leaves messages out: what was asked for is compared with what came
 * (`bodies.ts`, exchange-left-out.txt).
 * QUIRK(Domino, Courier): FETCH answers come in any order (domino-fetch-out-of-order.txt) and with the number 0
 * (courier-zero-fetch.txt): only UIDs count.
 * QUIRK(hMailServer): no UIDPLUS, so APPEND tells no key (`put.ts`, hmailserver-no-uidplus.txt).
 * QUIRK(Ionos): LITERAL-, so small messages go at once and larger ones wait (ionos-literal-minus.txt).
 * QUIRK(Exchange): a message above the limit is refused by a text alone (exchange-too-large.txt).
 * QUIRK(Exchange): a name with a quote comes as a literal in LIST and STATUS (exchange-literal-names.txt).
 * QUIRK(Gmail): `[Gmail]` is \Noselect, and its folders are named in the language of the account (`folders.ts`,
 * gmail-noselect.txt).
 * QUIRK(UW-imap): STATUS of the open folder is scolded (`leaveFolder`, uw-status-selected.txt).
 * QUIRK(Dovecot): LIST with RETURN (STATUS) leaves the STATUS of some folders out (`folders.ts`,
 * dovecot-list-without-status.txt).
 */
const PLACEHOLDERS = [
  'Retrieval using the IMAP4 protocol failed for the following message:',
  "The server couldn't retrieve the following message:",
  'The message could not be retrieved using the IMAP4 protocol.',
];

/** Exchange's are about 1 kB; a real message that quotes one is taken for itself when it is larger. */
export const PLACEHOLDER_MAX_BYTES = 4_096;

/** Only its subject or the first line of its text counts: a person may write about such a failure. */
export function isPlaceholder(message: string): boolean {
  return PLACEHOLDERS.some((text) => {
    const at = message.indexOf(text);
    if (at < 0) return false;
    const before = message.slice(0, at);
    return /(^|\r?\n)Subject: ?$/i.test(before) || /\r?\n\r?\n["\s]*$/.test(before);
  });
}

/** Exchange let us in and has no mailbox behind it. */
export function isUnconnected(error: unknown): error is Trouble {
  return isTrouble(error, 'lost') && /authenticated but not connected/i.test(error.answer ?? '');
}

/** No server means 4 GB: it is what a program writes that has no limit. */
export function realLimit(announced: number | null): number | null {
  return announced === null || announced >= 2 ** 32 - 1 ? null : announced;
}

const SYSTEM_FLAGS = new Set(['\\Seen', '\\Flagged', '\\Answered', '\\Draft', '\\Deleted']);

/** The flags of a message that may be sent: one that no server knows makes it refuse the whole command. */
export function isStorable(flag: string, sendable: (flag: string) => boolean): boolean {
  return flag.startsWith('\\') ? SYSTEM_FLAGS.has(flag) : sendable(flag);
}
