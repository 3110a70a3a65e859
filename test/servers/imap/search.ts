import { str, type Token } from './command.ts';
import type { Box, Stored } from './mailbox.ts';

type Test = (message: Stored, sequence: number) => boolean;

/** Which messages of a box a set names; `*` is the last one. */
export function inSet(box: Box, set: string, byUid: boolean): (message: Stored, sequence: number) => boolean {
  const last = byUid ? (box.messages.at(-1)?.uid ?? 0) : box.messages.length;
  const ranges = set.split(',').map((part) => {
    const [a, b] = part.split(':').map((end) => (end === '*' ? last : Number(end)));
    return [Math.min(a!, b ?? a!), Math.max(a!, b ?? a!)] as const;
  });
  return (message, sequence) => {
    const number = byUid ? message.uid : sequence;
    return ranges.some(([from, to]) => number >= from && number <= to);
  };
}

/** The criteria a copier needs: ALL, sets, UID, flags, HEADER, SUBJECT, FROM, TEXT, LARGER, SMALLER, NOT, OR. Null: unknown word. */
export function searchTest(box: Box, tokens: readonly Token[]): Test | null {
  const queue = [...tokens];
  const tests: Test[] = [];
  while (queue.length > 0) {
    const test = criterion(box, queue);
    if (test === null) return null;
    tests.push(test);
  }
  return (message, sequence) => tests.every((test) => test(message, sequence));
}

function criterion(box: Box, queue: Token[]): Test | null {
  const token = queue.shift();
  if (Array.isArray(token)) return searchTest(box, token);
  const word = str(token).toUpperCase();
  const next = () => str(queue.shift());
  const contains = (name: string | null, wanted: string): Test => {
    return (message) => {
      const text = message.bytes.toString('latin1').toLowerCase();
      if (name === null) return text.includes(wanted.toLowerCase());
      const m = new RegExp(`^${name.replace(/[^A-Za-z0-9-]/g, '.')}:(.*(?:\\r\\n[ \\t].*)*)`, 'im').exec(
        text,
      );
      return m?.[1]?.includes(wanted.toLowerCase()) ?? false;
    };
  };
  const flags = new Map([
    ['SEEN', '\\Seen'],
    ['DELETED', '\\Deleted'],
    ['FLAGGED', '\\Flagged'],
    ['ANSWERED', '\\Answered'],
    ['DRAFT', '\\Draft'],
  ]);
  const flag = flags.get(word) ?? flags.get(word.replace(/^UN/, ''));
  if (flag !== undefined) return (message) => message.flags.has(flag) === flags.has(word);
  if (word === 'ALL') return () => true;
  if (word === 'UID') return inSet(box, next(), true);
  if (word === 'HEADER') return contains(next(), next());
  if (word === 'SUBJECT' || word === 'FROM' || word === 'TO') return contains(word, next());
  if (word === 'TEXT' || word === 'BODY') return contains(null, next());
  if (word === 'KEYWORD') {
    const keyword = next();
    return (message) => message.flags.has(keyword);
  }
  if (word === 'LARGER' || word === 'SMALLER') {
    const size = Number(next());
    return (message) => (word === 'LARGER' ? message.bytes.length > size : message.bytes.length < size);
  }
  if (word === 'NOT') {
    const test = criterion(box, queue);
    return test && ((message, sequence) => !test(message, sequence));
  }
  if (word === 'OR') {
    const [a, b] = [criterion(box, queue), criterion(box, queue)];
    return a && b && ((message, sequence) => a(message, sequence) || b(message, sequence));
  }
  return /^[\d:*,]+$/.test(word) ? inSet(box, word, false) : null;
}
