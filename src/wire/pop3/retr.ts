import { Trouble } from '../../trouble.ts';
import type { BodyHold, BodySink } from '../body.ts';
import { messageNumber } from './command.ts';
import type { Connection } from './connection.ts';

export type { BodyHold, BodySink } from '../body.ts';

/**
 * RETR (RFC 1939 §5): the message is poured into a sink of `hold` as it arrives, and given when it is whole. What is given
 * is what stands between the dots; RFC 1939 ends it with CRLF, whether the message ended so or not. `sizeHint` in bytes.
 * Throws `missing`, `refused`, `lost`, `busy`, `malformed` (larger than `bodyBytes`), and what the sink throws.
 */
export function retr<B>(conn: Connection, number: number, hold: BodyHold<B>, sizeHint: number): Promise<B> {
  return pour(conn, `RETR ${messageNumber(number)}`, number, hold, sizeHint, conn.limits.bodyBytes);
}

/** A message, or a part of one, into a sink. Shared with TOP. */
export function pour<B>(
  conn: Connection,
  line: string,
  number: number,
  hold: BodyHold<B>,
  sizeHint: number,
  most: number,
): Promise<B> {
  let sink: BodySink<B> | null = null;
  let size = 0;
  return conn.run({
    tried: 'read-message',
    on: `message ${number}`,
    line,
    lines: {
      begin: () => {
        sink = hold.begin(sizeHint);
      },
      write: (piece) => {
        size += piece.length;
        if (size > most) {
          const answer = `message ${number} is larger than ${most} bytes`;
          throw new Trouble('malformed', { tried: 'read-message', on: '', answer });
        }
        sink!.write(piece);
      },
    },
    done: () => {
      const whole = sink!;
      sink = null;
      return whole.end();
    },
    failed: () => {
      sink?.abort();
      sink = null;
    },
  });
}
