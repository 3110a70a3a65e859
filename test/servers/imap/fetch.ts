import { str, type Token } from './command.ts';
import { labelOnWire } from './gmail.ts';
import type { Stored } from './mailbox.ts';
import type { Telling } from './script.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export interface FetchAnswer {
  parts: (string | Buffer)[];
  /** What becomes of the connection behind it. */
  after: 'go-on' | 'bye' | 'stall' | 'cut';
}

/** `* n FETCH (…)` for one message. */
export function tell(
  message: Stored,
  items: readonly string[],
  telling: Telling | null,
  sequence: number,
): FetchAnswer {
  const parts: (string | Buffer)[] = [`* ${sequence} FETCH (`];
  let gap = '';
  for (const item of items) {
    const body = bodyOf(message, item, telling);
    if (body === null) parts.push(`${gap}${attribute(message, item)}`);
    else {
      const label = item.replace('.PEEK', '').replace(/<(\d+)\.\d+>$/, '<$1>');
      if (telling === 'nil') parts.push(`${gap}${label} NIL`);
      else if (telling === 'quoted') parts.push(`${gap}${label} "${body.toString('latin1')}"`);
      else if (telling !== null && typeof telling === 'string') {
        parts.push(`${gap}${label} {${body.length}}\r\n`, body.subarray(0, body.length >> 1));
        const after = telling === 'bye-in-literal' ? 'bye' : telling === 'stall-in-literal' ? 'stall' : 'cut';
        if (after === 'bye') parts.push('* BYE shutting down\r\n');
        return { parts, after };
      } else parts.push(`${gap}${label} {${body.length}}\r\n`, body);
    }
    gap = ' ';
  }
  parts.push(')\r\n');
  return { parts, after: 'go-on' };
}

export function hasBody(items: readonly string[]): boolean {
  return items.some((item) => /^(BODY(\.PEEK)?\[|RFC822($|\.HEADER|\.TEXT))/.test(item));
}

/** The items of a FETCH in upper case, UID included where it belongs. */
export function itemsOf(token: Token | undefined, byUid: boolean): string[] {
  const named = (Array.isArray(token) ? token.map(str) : [str(token)]).map((item) => item.toUpperCase());
  const items = named.flatMap((item) => {
    if (item === 'ALL' || item === 'FULL') return ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE'];
    return item === 'FAST' ? ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE'] : [item];
  });
  return byUid && !items.includes('UID') ? ['UID', ...items] : items;
}

export function formatDate(ms: number): string {
  const date = new Date(ms);
  const two = (n: number) => String(n).padStart(2, '0');
  const day = `${two(date.getUTCDate())}-${MONTHS[date.getUTCMonth()]}-${date.getUTCFullYear()}`;
  return `"${day} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000"`;
}

function bodyOf(message: Stored, item: string, telling: Telling | null): Buffer | null {
  const bytes =
    telling !== null && typeof telling === 'object' && 'bytes' in telling ? telling.bytes : message.bytes;
  if (item === 'RFC822') return bytes;
  const m = /^BODY(?:\.PEEK)?\[([^\]]*)\](?:<(\d+)\.(\d+)>)?$/.exec(item);
  if (m === null) return item === 'RFC822.HEADER' ? header(bytes) : null;
  const section = m[1]!;
  let part = bytes;
  if (section === 'HEADER') part = header(bytes);
  else if (section === 'TEXT') part = bytes.subarray(header(bytes).length);
  else if (section.startsWith('HEADER.FIELDS')) part = fields(bytes, section);
  return m[2] === undefined ? part : part.subarray(Number(m[2]), Number(m[2]) + Number(m[3]));
}

function header(bytes: Buffer): Buffer {
  const end = bytes.indexOf('\r\n\r\n');
  return end < 0 ? bytes : bytes.subarray(0, end + 4);
}

function fields(bytes: Buffer, section: string): Buffer {
  const wanted = (/\((.*)\)/.exec(section)?.[1] ?? '').toLowerCase().split(' ');
  const unfolded = header(bytes)
    .toString('latin1')
    .split(/\r\n(?![ \t])/);
  const kept = unfolded.filter((field) => wanted.includes(field.slice(0, field.indexOf(':')).toLowerCase()));
  return Buffer.from(`${kept.map((field) => `${field}\r\n`).join('')}\r\n`, 'latin1');
}

function attribute(message: Stored, item: string): string {
  switch (item) {
    case 'UID':
      return `UID ${message.uid}`;
    case 'FLAGS':
      return `FLAGS (${[...message.flags].join(' ')})`;
    case 'INTERNALDATE':
      return `INTERNALDATE ${formatDate(message.internalDate)}`;
    case 'RFC822.SIZE':
      return `RFC822.SIZE ${message.claimedSize ?? message.bytes.length}`;
    case 'MODSEQ':
      return `MODSEQ (${message.modseq})`;
    case 'X-GM-MSGID':
      return `X-GM-MSGID ${message.gmail?.id ?? 0}`;
    case 'X-GM-THRID':
      return `X-GM-THRID ${message.gmail?.thread ?? 0}`;
    case 'X-GM-LABELS':
      return `X-GM-LABELS (${(message.gmail?.labels ?? []).map(labelOnWire).join(' ')})`;
    default:
      return `${item} NIL`;
  }
}
