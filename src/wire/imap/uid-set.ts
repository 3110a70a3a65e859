import { Trouble } from '../../trouble.ts';
import { LIMITS } from './limits.ts';

/** UIDs → a sequence set (RFC 9051 §9), sorted, neighbours joined: `1:3,7`. Empty for none. */
export function uidSet(uids: Iterable<number>): string {
  const sorted = [...uids].sort((a, b) => a - b);
  let text = '';
  let at = 0;
  while (at < sorted.length) {
    const from = sorted[at]!;
    let to = from;
    while (at + 1 < sorted.length && sorted[at + 1]! <= to + 1) to = sorted[++at]!;
    at++;
    text += `${text === '' ? '' : ','}${from === to ? from : `${from}:${to}`}`;
  }
  return text;
}

/** Every UID of a set without `*`, in the order of the set (RFC 4315 §3 tells COPYUID sets in order). Throws `malformed`, also above `max`. */
export function parseUidSet(text: string, max: number = LIMITS.uids): number[] {
  const uids: number[] = [];
  for (const [from, to] of rangesOf(text)) {
    if (!Number.isFinite(to) || uids.length + Math.abs(to - from) + 1 > max) throw unreadable(text);
    if (from <= to) for (let uid = from; uid <= to; uid++) uids.push(uid);
    else for (let uid = to; uid <= from; uid++) uids.push(uid);
  }
  return uids;
}

/** Tells whether a UID lies in a set; `*` is any UID from there on. */
export class UidRanges {
  readonly #from: number[] = [];
  readonly #to: number[] = [];

  constructor(text: string) {
    const ranges = rangesOf(text).map(([a, b]): [number, number] => [
      a === b && !Number.isFinite(a) ? 1 : Math.min(a, b),
      Math.max(a, b),
    ]);
    ranges.sort((a, b) => a[0] - b[0]);
    for (const [from, to] of ranges) {
      const last = this.#to.length - 1;
      if (last >= 0 && from <= this.#to[last]! + 1) this.#to[last] = Math.max(this.#to[last]!, to);
      else {
        this.#from.push(from);
        this.#to.push(to);
      }
    }
  }

  has(uid: number): boolean {
    let low = 0;
    let high = this.#from.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      if (uid < this.#from[middle]!) high = middle - 1;
      else if (uid > this.#to[middle]!) low = middle + 1;
      else return true;
    }
    return false;
  }
}

function rangesOf(text: string): [number, number][] {
  return text.split(',').map((part) => {
    const m = /^(\d{1,10}|\*)(?::(\d{1,10}|\*))?$/.exec(part);
    if (m === null) throw unreadable(text);
    const from = numberOf(m[1]!);
    return [from, m[2] === undefined ? from : numberOf(m[2])];
  });
}

function numberOf(text: string): number {
  return text === '*' ? Number.POSITIVE_INFINITY : Number(text);
}

function unreadable(text: string): Trouble {
  return new Trouble('malformed', {
    tried: 'converse',
    on: 'IMAP',
    answer: `no set of UIDs: ${text.slice(0, 100)}`,
  });
}
