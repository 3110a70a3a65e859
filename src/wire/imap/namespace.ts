import { isTrouble } from '../../trouble.ts';
import type { Connection } from './connection.ts';
import type { Value } from './parser.ts';

export interface Namespace {
  /** A handle prefix, e.g. `INBOX.`; often empty. */
  prefix: string;
  delimiter: string | null;
}

export interface Namespaces {
  personal: Namespace[];
  others: Namespace[];
  shared: Namespace[];
}

/** QUIRK(Exchange): 2003 announces it and ends the connection when it is asked (exchange-2003-namespace.txt). */
const DROPS = /Microsoft Exchange Server 2003 IMAP4rev1/i;

/**
 * NAMESPACE (RFC 9051 §6.3.10, RFC 2342). Null when the server has none, or announces it and refuses it.
 *
 * QUIRK(Hermes): refuses it as unknown (hermes-namespace-refused.txt).
 */
export async function namespace(conn: Connection): Promise<Namespaces | null> {
  if (!conn.has('NAMESPACE') && !conn.has('IMAP4REV2')) return null;
  if (DROPS.test(conn.greeting?.text ?? '')) return null;
  try {
    return await ask(conn);
  } catch (error) {
    if (!isTrouble(error, 'refused') || conn.closed) throw error;
    return null;
  }
}

function ask(conn: Connection): Promise<Namespaces | null> {
  let told: Namespaces | null = null;
  return conn.run({
    tried: 'list-folders',
    on: '',
    pieces: () => ['NAMESPACE'],
    data: (data) => {
      if (data.name !== 'NAMESPACE') return false;
      const cursor = data.cursor();
      const next = () => {
        cursor.space();
        return spaces(cursor.value());
      };
      told = { personal: next(), others: next(), shared: next() };
      return true;
    },
    done: () => told,
  });
}

function spaces(value: Value): Namespace[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((one) => {
    if (!Array.isArray(one) || typeof one[0] !== 'string') return [];
    return [{ prefix: one[0], delimiter: typeof one[1] === 'string' && one[1] !== '' ? one[1] : null }];
  });
}
