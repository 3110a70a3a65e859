/**
 * Keys for messages that have no unique-id of their own: a digest of what they hold. A header is read with TOP n 0 and is
 * enough where it holds what no two messages share; where it does not, or two headers are the same, or the server has no
 * TOP, the whole message is. Two messages that are the same to the byte are told apart by their order.
 */
import { createHash, type Hash } from 'node:crypto';
import { fields } from '../../mail/header.ts';
import { HeaderCollector } from '../../mail/header-collector.ts';
import { isTrouble } from '../../trouble.ts';
import { type BodyHold, type Connection, retr, top } from '../../wire/pop3/index.ts';
import { ALL_LINES } from './bodies.ts';

/** Written into the message by mbox servers while it lies there: other in the next session, though the message is the same. */
const CHANGING = new Set([
  'status',
  'x-status',
  'x-uid',
  'x-uidl',
  'x-imap',
  'x-imapbase',
  'x-keywords',
  'x-mozilla-status',
  'x-mozilla-status2',
  'x-mozilla-keys',
  'content-length',
  'lines',
]);
/** Commands given to the connection at once; it sends as many as the server takes. */
const TOGETHER = 500;
/** Digits of SHA-256 kept: 160 bits. */
const KEPT_HEX = 40;

interface Digest {
  header: string;
  /** Holds a Message-ID or Received field. */
  telling: boolean;
  whole: string;
}

/** Throws `lost`, `busy`, `malformed`. A message that cannot be read has a key all the same, of its size. */
export async function keysByContent(
  conn: Connection,
  numbers: readonly number[],
  sizes: ReadonlyMap<number, number>,
): Promise<Map<number, string>> {
  const headers = await each(numbers, (number) => asked(() => top(conn, number, 0, digestHold())));
  const times = new Map<string, number>();
  for (const digest of headers.values())
    if (digest?.telling) times.set(digest.header, (times.get(digest.header) ?? 0) + 1);
  const found = new Map<number, string>();
  const doubtful: number[] = [];
  for (const number of numbers) {
    const digest = headers.get(number);
    if (digest?.telling && times.get(digest.header) === 1) found.set(number, `d${digest.header}`);
    else doubtful.push(number);
  }
  const canTop = [...headers.values()].some((digest) => digest !== null);
  const wholes = await each(doubtful, async (number) => {
    const whole = canTop ? await asked(() => top(conn, number, ALL_LINES, digestHold())) : null;
    return whole ?? asked(() => retr(conn, number, digestHold(), 0));
  });
  for (const [number, digest] of wholes)
    found.set(number, digest === null ? `x${sizes.get(number) ?? 0}` : `w${digest.whole}`);
  return numbered(numbers, found);
}

/** The second of the same kind is `.2`, and so on. */
function numbered(numbers: readonly number[], found: ReadonlyMap<number, string>): Map<number, string> {
  const seen = new Map<string, number>();
  const keys = new Map<number, string>();
  for (const number of numbers) {
    const key = found.get(number)!;
    const nth = (seen.get(key) ?? 0) + 1;
    seen.set(key, nth);
    keys.set(number, nth === 1 ? key : `${key}.${nth}`);
  }
  return keys;
}

async function each<T>(
  numbers: readonly number[],
  act: (number: number) => Promise<T>,
): Promise<Map<number, T>> {
  const results = new Map<number, T>();
  for (let at = 0; at < numbers.length; at += TOGETHER) {
    const some = numbers.slice(at, at + TOGETHER);
    const settled = await Promise.allSettled(some.map(act));
    for (const [n, one] of settled.entries()) {
      if (one.status === 'rejected') throw one.reason;
      results.set(some[n]!, one.value);
    }
  }
  return results;
}

/** Null when the server says no to this one. */
async function asked(act: () => Promise<Digest>): Promise<Digest | null> {
  try {
    return await act();
  } catch (error) {
    if (isTrouble(error, 'refused', 'missing')) return null;
    throw error;
  }
}

function digestHold(): BodyHold<Digest> {
  return {
    begin() {
      const collector = new HeaderCollector();
      let body: Hash | null = null;
      let telling = false;
      let header = '';
      const close = (): Hash => {
        const digest = createHash('sha256');
        telling = digestHeader(collector.take(), digest);
        header = digest.copy().digest('hex').slice(0, KEPT_HEX);
        return digest;
      };
      return {
        write(piece) {
          if (body !== null) return void body.update(piece);
          const taken = collector.write(piece);
          if (taken < 0) return;
          body = close();
          body.update(piece.subarray(taken));
        },
        end() {
          body ??= close();
          return { header, telling, whole: body.digest('hex').slice(0, KEPT_HEX) };
        },
        abort: () => undefined,
      };
    },
  };
}

/** Answers whether it holds a field that no two messages share. */
function digestHeader(bytes: Buffer, digest: Hash): boolean {
  let telling = false;
  for (const { name, start, end } of fields(bytes)) {
    const plain = name.toLowerCase();
    if (CHANGING.has(plain)) continue;
    if (plain === 'message-id' || plain === 'received') telling = true;
    digest.update(bytes.subarray(start, end)).update('\n');
  }
  digest.update('\n');
  return telling;
}
