import { Trouble } from '../../trouble.ts';
import type { Connection } from './connection.ts';

/** STAT (RFC 1939 §5). Throws `malformed`, `busy`, `lost`, `refused`. */
export function stat(conn: Connection): Promise<{ messages: number; bytes: number }> {
  return conn.run({
    tried: 'list-folders',
    on: '',
    line: 'STAT',
    slow: true,
    done: (text) => {
      const m = /^(\d{1,10})(?: +(\d{1,16}))?(?!\d)/.exec(text);
      if (m === null)
        throw new Trouble('malformed', { tried: 'list-folders', on: conn.name, answer: `STAT: ${text}` });
      return { messages: Number(m[1]), bytes: Number(m[2] ?? 0) };
    },
  });
}
