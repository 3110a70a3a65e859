import { hash, randomBytes, randomInt } from 'node:crypto';

const TOKEN_BYTES = 32;
/** Longer is none of ours: it need not be hashed. */
const TOKEN_MAX_CHARS = 200;

/** 256 bits that nobody guesses, as letters that need no escaping. */
export function newToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

/** What is kept of a token: whoever reads the file cannot use it. No salt is needed, no token can be tried out. */
export function digestOf(token: string): Buffer {
  return hash('sha256', token.slice(0, TOKEN_MAX_CHARS), 'buffer');
}

/** Without letters that people take for each other (Crockford's base 32). */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const GROUPS = 4;
const GROUP_CHARS = 5;

/** 100 bits for a letter on paper: `7K3QD-M2X9A-04FJT-RWE8B`. */
export function newCode(): string {
  const group = (): string =>
    Array.from({ length: GROUP_CHARS }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  return Array.from({ length: GROUPS }, group).join('-');
}

/** A code as it was made, however it was typed; null when it can be none. */
export function plainCode(typed: string): string | null {
  if (typed.length > 2 * GROUPS * GROUP_CHARS) return null;
  const letters = typed
    .toUpperCase()
    .replace(/[\s\p{Pd}]+/gu, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1');
  if (letters.length !== GROUPS * GROUP_CHARS || [...letters].some((one) => !LETTERS.includes(one)))
    return null;
  return letters.match(/.{5}/g)!.join('-');
}
