import { str, type Token, words } from './command.ts';
import type { Appending } from './script.ts';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** The arguments of APPEND or MULTIAPPEND; a text is the BAD answer. */
export function readAppend(tokens: readonly Token[]): Appending[] | string {
  const mailbox = str(tokens[0]);
  const messages: Appending[] = [];
  let flags: string[] = [];
  let internalDate: number | null = null;
  for (const token of tokens.slice(1)) {
    if (Array.isArray(token)) {
      flags = words(token);
      const bad = flags.find(
        (flag) => /^\\recent$/i.test(flag) || !/^\\?[\x21\x23-\x27\x2b-\x5b\x5d-\x7a|}~]+$/.test(flag),
      );
      if (bad !== undefined) return `BAD invalid flag ${bad}`;
    } else if ('bytes' in token) {
      messages.push({ mailbox, bytes: token.bytes, flags, internalDate, index: messages.length });
      flags = [];
      internalDate = null;
    } else {
      internalDate = readDate(str(token));
      if (internalDate === null) return 'BAD invalid date';
    }
  }
  return messages.length === 0 ? 'BAD no message' : messages;
}

function readDate(text: string): number | null {
  const m = /^([ \d]\d)-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)$/.exec(text);
  if (m === null) return null;
  const month = MONTHS.indexOf(m[2]!.toLowerCase());
  if (month < 0) return null;
  const [day, year, hour, minute, second] = [m[1], m[3], m[4], m[5], m[6]].map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const zone = (Number(m[8]) * 60 + Number(m[9])) * 60_000 * (m[7] === '-' ? -1 : 1);
  return Date.UTC(year, month, day, hour, minute, second) - zone;
}
