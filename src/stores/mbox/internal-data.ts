import type { Head } from '../../formats/mbox/head.ts';
import type { Part } from '../../formats/mbox/index.ts';

/** The note of a part that is the account book of a mail server and no message. */
const INTERNAL = 'internal data';

export const INTERNAL_SUBJECT = "DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA";
/** What those servers write is 300 bytes long. */
const HEAD_MAX_BYTES = 1024;

/**
 * UW-imap, Pine and Dovecot keep UIDVALIDITY and the like in a message of their own at the beginning of an mbox file, which
 * they show to nobody. `SplitRules.head`: only what has their sender, their subject and their field is it.
 */
export function noteInternalData(bytes: Buffer, _at: number, head: Head): string | undefined {
  if (head.body - head.start > HEAD_MAX_BYTES) return undefined;
  const text = bytes.toString('latin1', head.start, head.body);
  const theirs =
    text.includes(`Subject: ${INTERNAL_SUBJECT}`) &&
    /^From:.*MAILER-DAEMON/m.test(text) &&
    /^X-IMAP(base)?: \d+ \d+/im.test(text);
  return theirs ? INTERNAL : undefined;
}

/** Only at the beginning of the file: anywhere else a person put it there. */
export function isInternalData(part: Part): boolean {
  return part.offset === 0 && part.note === INTERNAL;
}
