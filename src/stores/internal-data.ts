/**
 * UW-imap, Pine and Dovecot keep UIDVALIDITY and the like in a message of their own, which they show to nobody. A folder
 * that was carried to another server by its files shows it: it is no mail, and nobody may ever have seen it.
 */
export const INTERNAL_SUBJECT = "DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA";
/** What those servers write is 300 bytes long. */
export const INTERNAL_HEAD_MAX_BYTES = 1024;

/** `head`: a header block. Only what has their sender, their subject and their field is it. */
export function isInternalHead(head: string): boolean {
  return (
    head.length <= INTERNAL_HEAD_MAX_BYTES &&
    head.includes(`Subject: ${INTERNAL_SUBJECT}`) &&
    /^From:.*MAILER-DAEMON/m.test(head) &&
    /^X-IMAP(base)?: \d+ \d+/im.test(head)
  );
}
