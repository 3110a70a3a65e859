import { unsendable } from './command.ts';
import type { Connection } from './connection.ts';

/** ENABLE (RFC 5161 §3.1), e.g. `CONDSTORE`, `UTF8=ACCEPT`. Answers what is on now; nothing when the server has no ENABLE. */
export async function enable(conn: Connection, extensions: readonly string[]): Promise<string[]> {
  if (!conn.has('ENABLE') && !conn.has('IMAP4REV2')) return [];
  if (extensions.length === 0 || extensions.some((name) => !/^[A-Za-z0-9=+\-/.]+$/.test(name))) {
    throw unsendable('no extension', '');
  }
  const enabled: string[] = [];
  return conn.run({
    tried: 'converse',
    on: '',
    pieces: () => [`ENABLE ${extensions.join(' ')}`],
    data: (data) => {
      if (data.name !== 'ENABLED') return false;
      enabled.push(
        ...data
          .cursor()
          .rest()
          .toUpperCase()
          .split(' ')
          .filter((word) => word !== ''),
      );
      return true;
    },
    done: () => enabled,
  });
}
