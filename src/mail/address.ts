/** Addresses in From, To and their like (RFC 5322 §3.4), as far as a mover of mail needs them. */
import { decodeWords } from './encoded-word.ts';

export interface Mailbox {
  /** Decoded; empty when there is none. */
  name: string;
  /** `local@domain`, domain in lower case. Without `@` where the message has none. */
  address: string;
}

/** No more than this of a list is looked at. */
const LIST_MAX_CHARS = 100_000;

/** The first mailbox of a list, a group's members included; null where there is none. `value` is a binary string. */
export function firstMailbox(value: string): Mailbox | null {
  for (const mailbox of mailboxes(value)) return mailbox;
  return null;
}

/** All mailboxes of a list, in order. */
export function* mailboxes(value: string): Iterable<Mailbox> {
  const text = value.slice(0, LIST_MAX_CHARS);
  let at = 0;
  while (at < text.length) {
    const { next, words, angle, comment } = readItem(text, at);
    at = next;
    const mailbox = makeMailbox(words, angle, comment);
    if (mailbox !== null) yield mailbox;
  }
}

interface Item {
  next: number;
  /** Outside of angle brackets and comments, quotes resolved. */
  words: string;
  angle: string | null;
  comment: string;
}

/** Up to the next comma, semicolon (end of a group) or colon (its name, which is thrown away). */
function readItem(text: string, from: number): Item {
  let words = '';
  let angle: string | null = null;
  let comment = '';
  let at = from;
  while (at < text.length) {
    const c = text[at]!;
    if (c === ',' || c === ';') return { next: at + 1, words, angle, comment };
    if (c === ':' && angle === null) {
      words = '';
      at++;
    } else if (c === '"') {
      const quoted = readQuoted(text, at);
      const isLocalPart = text[quoted.next] === '@';
      words += isLocalPart && /[^\w.+-]/.test(quoted.text) ? text.slice(at, quoted.next) : quoted.text;
      at = quoted.next;
    } else if (c === '(') {
      const read = readComment(text, at);
      comment ||= read.text;
      at = read.next;
    } else if (c === '<') {
      const close = closingAngle(text, at);
      angle ??= text.slice(at + 1, close);
      at = text[close] === '>' ? close + 1 : close;
    } else {
      words += c;
      at++;
    }
  }
  return { next: at, words, angle, comment };
}

function readQuoted(text: string, from: number): { text: string; next: number } {
  let out = '';
  let at = from + 1;
  for (; at < text.length && text[at] !== '"'; at++) {
    if (text[at] === '\\' && at + 1 < text.length) at++;
    out += text[at];
  }
  return { text: out, next: at + 1 };
}

function readComment(text: string, from: number): { text: string; next: number } {
  let depth = 0;
  let at = from;
  for (; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '(') depth++;
    else if (text[at] === ')' && --depth === 0) break;
  }
  return { text: text.slice(from + 1, at), next: at + 1 };
}

/** Where the address ends; one that is never closed ends at the next comma. */
function closingAngle(text: string, from: number): number {
  let quoted = false;
  for (let at = from + 1; at < text.length; at++) {
    const c = text[at];
    if (c === '\\' && quoted) at++;
    else if (c === '"') quoted = !quoted;
    else if (c === '>' && !quoted) return at;
  }
  const comma = text.indexOf(',', from);
  return comma < 0 ? text.length : comma;
}

function makeMailbox(words: string, angle: string | null, comment: string): Mailbox | null {
  if (angle !== null) {
    const address = addrSpec(angle.replace(/^\s*@[^:]*:/, ''));
    if (address === '') return null;
    return { name: decodeWords(words.trim()).trim(), address };
  }
  const address = addrSpec(words);
  if (address === '') return null;
  return { name: decodeWords(comment.trim()).trim(), address };
}

/** White space around `@` and dots goes; of several words the one with the `@` counts, else all of them. */
function addrSpec(text: string): string {
  // Blanks collapsed first: a run of them must not be tried from each of its places.
  const single = text.trim().replace(/[ \t]+/g, ' ');
  const tight = decodeWords(single.replace(/ ?([@.]) ?/g, '$1')).trim();
  const at = tight.lastIndexOf('@');
  if (at < 0) return tight;
  const start = tight.startsWith('"') ? 0 : tight.lastIndexOf(' ', at) + 1;
  const space = tight.indexOf(' ', at);
  let end = space < 0 ? tight.length : space;
  while (tight[end - 1] === '.') end--;
  return `${tight.slice(start, at)}@${tight.slice(at + 1, end).toLowerCase()}`;
}
