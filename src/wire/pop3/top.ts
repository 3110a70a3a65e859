import type { BodyHold } from '../body.ts';
import { messageNumber } from './command.ts';
import type { Connection } from './connection.ts';
import { pour } from './retr.ts';

/** TOP (RFC 1939 §7): the header, the empty line, and the first `lines` lines of the body. Throws as `retr`. */
export function top<B>(conn: Connection, number: number, lines: number, hold: BodyHold<B>): Promise<B> {
  const { headerBytes, bodyBytes } = conn.limits;
  const line = `TOP ${messageNumber(number)} ${lines}`;
  return pour(conn, line, number, hold, 0, lines === 0 ? headerBytes : bodyBytes);
}
