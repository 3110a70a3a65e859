/** Reading messages: some under way at once, every key answered, no trace left where the server has TOP. */
import { isTrouble, Trouble } from '../../trouble.ts';
import { type Connection, retr, top } from '../../wire/pop3/index.ts';
import type { Hold } from '../hold.ts';
import type { Received, Unread } from '../source.ts';
import type { Row } from './listing.ts';

/** More lines than any message has, and what every server reads as a number. */
export const ALL_LINES = 2_147_483_647;
/** Messages asked for ahead of the reader, and their bytes as LIST tells them. */
const AHEAD = 100;
const AHEAD_BYTES = 2 * 1024 * 1024;
/** As long as it is not known whether TOP gives whole messages. */
const AHEAD_AT_FIRST = 4;
/** So often a TOP may have been shorter than LIST said, before it is no longer tried. */
const DOUBTS_MAX = 3;
/** What is still on its way may pass unseen up to this; beyond, ending the session is quicker. */
const PASSING_BYTES = 4 * 1024 * 1024;
/** So often in a row a session may end on the same message before that message is left. */
const DEATHS_MAX = 4;

/** What is known of a server beyond one session. */
export interface Experience {
  /** TOP gave a whole message. */
  topProven: boolean;
  /** How often TOP gave less than LIST said. */
  topDoubts: number;
  noTop: boolean;
  /** By key: how often in a row the session ended while it was this message's turn. */
  deaths: Map<string, number>;
}

export function noExperience(): Experience {
  return { topProven: false, topDoubts: 0, noTop: false, deaths: new Map() };
}

function usesTop(known: Experience): boolean {
  return !known.noTop && known.topDoubts < DOUBTS_MAX;
}

interface UnderWay<B> {
  row: Row;
  body: Promise<B>;
}

/**
 * Answers the rows in order, each once, until all are answered or one of them ended the connection and was answered
 * `unread`: the rest is then for another session. Throws `lost`, `busy`, and what the hold throws.
 */
export async function* readBodies<B>(
  conn: Connection,
  rows: readonly Row[],
  hold: Hold<B>,
  known: Experience,
  on: string,
): AsyncGenerator<Received<B> | Unread> {
  const underWay: UnderWay<B>[] = [];
  let next = 0;
  let bytes = 0;
  const ahead = (): void => {
    const most = known.topProven || !usesTop(known) ? AHEAD : AHEAD_AT_FIRST;
    while (next < rows.length && (underWay.length === 0 || (underWay.length < most && bytes < AHEAD_BYTES))) {
      const row = rows[next++]!;
      bytes += row.size;
      const body = fetchOne(conn, row, hold, known);
      body.catch(() => undefined); // told below, or the reader has left
      underWay.push({ row, body });
    }
  };
  try {
    for (ahead(); underWay.length > 0; ahead()) {
      const { row, body } = underWay[0]!;
      const answer = await answerOf(row, body, known, on);
      underWay.shift();
      bytes -= row.size;
      // The line is kept busy while the reader works.
      if (answer.is === 'received') ahead();
      yield answer;
      if (conn.closed && answer.is === 'unread') return;
    }
  } finally {
    if (underWay.length > 0) await letGo(conn, underWay, bytes);
  }
}

async function answerOf<B>(
  { key }: Row,
  body: Promise<B>,
  known: Experience,
  on: string,
): Promise<Received<B> | Unread> {
  try {
    const whole = await body;
    known.deaths.delete(key);
    return { is: 'received', key, marks: null, receivedAt: null, body: whole };
  } catch (error) {
    // Too large: the session ended over it. Any other `malformed` is no verdict on a message.
    const tooLarge = isTrouble(error, 'malformed') && error.tried === 'read-message';
    if (tooLarge || isTrouble(error, 'missing', 'refused')) return { is: 'unread', key, trouble: error };
    if (!isTrouble(error, 'lost')) throw error;
    const deaths = (known.deaths.get(key) ?? 0) + 1;
    known.deaths.set(key, deaths);
    if (deaths < DEATHS_MAX) throw error;
    const answer = `the session ended each of ${deaths} times this message was asked for: ${error.answer ?? ''}`;
    const trouble = new Trouble('refused', {
      tried: 'read-message',
      on: `${on} ${key}`,
      answer,
      cause: error,
    });
    return { is: 'unread', key, trouble };
  }
}

/**
 * QUIRK(Mailsac): there is no TOP (mailsac-no-top.txt).
 *
 * TOP of all lines first: it is no retrieval, so no server marks the message as read or counts it as fetched. Where that
 * gives less than LIST says, either is wrong: then RETR, which is what POP3 means by the message.
 */
async function fetchOne<B>(conn: Connection, row: Row, hold: Hold<B>, known: Experience): Promise<B> {
  if (usesTop(known)) {
    const whole = await byTop(conn, row, hold, known);
    if (whole !== null) return whole.body;
  }
  return retr(conn, row.number, hold, row.size);
}

async function byTop<B>(
  conn: Connection,
  { number, size }: Row,
  hold: Hold<B>,
  known: Experience,
): Promise<{ body: B } | null> {
  try {
    const whole = await top(conn, number, ALL_LINES, atLeast(size, hold));
    if (whole === null) known.topDoubts += 1;
    else known.topProven = true;
    return whole;
  } catch (error) {
    if (!isTrouble(error, 'refused', 'missing') || conn.closed) throw error;
    // No TOP at all, or none of so many lines; of this message alone RETR will say the same.
    if (error.kind === 'refused' && !conn.has('TOP')) known.noTop = true;
    return null;
  }
}

/** Null in place of a body of fewer bytes. */
function atLeast<B>(bytes: number, hold: Hold<B>): Hold<{ body: B } | null> {
  return {
    begin() {
      const sink = hold.begin(bytes);
      let size = 0;
      return {
        write(piece) {
          size += piece.length;
          sink.write(piece);
        },
        end() {
          if (size >= bytes) return { body: sink.end() };
          sink.abort();
          return null;
        },
        abort: () => sink.abort(),
      };
    },
  };
}

/** The reader has left, or one message failed the session: nothing that still comes is kept. */
async function letGo<B>(conn: Connection, underWay: readonly UnderWay<B>[], bytes: number): Promise<void> {
  if (bytes > PASSING_BYTES) conn.destroy();
  for (const one of await Promise.allSettled(underWay.map(({ body }) => body)))
    if (one.status === 'fulfilled') giveBack(one.value);
}

/** A body that nobody will get. Whatever the hold makes of bytes, `release` is how it is given back. */
function giveBack(body: unknown): void {
  (body as { release?: () => void } | null)?.release?.();
}
