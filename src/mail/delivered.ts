import { FieldNames, scanHeader } from './header.ts';

const NAMES = new FieldNames(['received', 'to', 'cc', 'bcc', 'content-class', 'content-type']);

/** Exchange says of what is rendered for IMAP what it is: `urn:content-classes:appointment`, `…:person`, `…:task`. */
const ITEM_CLASS =
  /content-classes:(?:appointment|calendarmessage|person|contact|distlist|task|note|journal|document)/i;
const ITEM_TYPE = /^\s*text\/(?:calendar|(?:x-)?vcard|directory|x-vnote|x-vlist)\b/i;

/**
 * Whether a header may be that of a letter, not of an item of groupware that is only written as a message: it was delivered
 * (`Received`), or it is addressed to somebody and does not say that it is an item. Chats and logs are addressed too:
 * of them, only what was `delivered`.
 */
export function looksLikeMail(header: Uint8Array, delivered = false): boolean {
  const [received, to, cc, bcc, contentClass = '', type = ''] = scanHeader(header, NAMES).values;
  if (received !== undefined) return true;
  if (delivered || ITEM_CLASS.test(contentClass) || ITEM_TYPE.test(type)) return false;
  return [to, cc, bcc].some((addressed) => addressed !== undefined && addressed.trim() !== '');
}
