import { domainToASCII } from 'node:url';
import { hasHiddenOrJoiner, isAscii } from './fold.ts';

export type AddressFault = 'bad-address' | 'hidden-characters' | 'look-alike';

const LOCAL_MAX_CHARS = 64;
const ADDRESS_MAX_CHARS = 254;
const LOCAL = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const DOMAIN = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/;
/** Letters that look like Latin ones. */
const OTHER_SCRIPT = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]/u;

/**
 * A mail address as the suites take it: the local part in ASCII, as written; the domain in lower case, an international one in
 * its ASCII form. Letters that only look like ASCII, and characters that do not show, are told apart from mere mistakes: they
 * make an address that nobody can see is another one.
 */
export function readMailAddress(text: string): { address: string } | { fault: AddressFault } {
  if (hasHiddenOrJoiner(text)) return { fault: 'hidden-characters' };
  const plain = text
    .trim()
    .replace(/^mailto:/i, '')
    .replace(/^<(.*)>$/s, '$1');
  const at = plain.lastIndexOf('@');
  if (at < 1 || plain.length > ADDRESS_MAX_CHARS) return { fault: 'bad-address' };
  const [local, written] = [plain.slice(0, at), plain.slice(at + 1)];
  if (/[^\p{ASCII}]/u.test(local) && /^[\p{L}\p{M}\p{N}\p{ASCII}]+$/u.test(local))
    return { fault: 'look-alike' };
  if (
    !isAscii(written) &&
    written.split('.').some((label) => OTHER_SCRIPT.test(label) && /\p{Script=Latin}/u.test(label))
  )
    return { fault: 'look-alike' };
  const domain = asciiDomain(written);
  if (local.length > LOCAL_MAX_CHARS || !LOCAL.test(local) || !DOMAIN.test(domain))
    return { fault: 'bad-address' };
  return { address: `${local}@${domain}` };
}

function asciiDomain(written: string): string {
  if (isAscii(written)) return written.toLowerCase();
  // `domainToASCII` would take a path or a port off it without a word.
  return /^[\p{L}\p{M}\p{N}.-]+$/u.test(written) ? domainToASCII(written).toLowerCase() : '';
}

export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}

/** Several in one cell, separated by comma, semicolon or blanks. */
export function splitAddresses(cell: string): string[] {
  return cell.split(/[,;\s]+/).filter((part) => part !== '');
}
