import { type Connection, id } from '../../wire/imap/index.ts';

/** Servers whose mailboxes hold more than mail. */
export type Groupware = 'exchange' | 'zimbra';

/** Only Microsoft's servers have these. */
const MICROSOFT = ['CLIENTACCESSRULES', 'CLIENTNETWORKPRESENCELOCATION', 'BACKENDAUTHENTICATE'];

/**
 * Which of them this is, when it says so: in its greeting, by its capabilities, or asked by ID (RFC 2971 §3.2). Null for
 * every other server, and for one that hides who it is.
 */
export async function groupwareOf(conn: Connection): Promise<Groupware | null> {
  const greeting = named(conn.greeting?.text ?? '');
  if (greeting !== null) return greeting;
  if (MICROSOFT.some((capability) => conn.has(capability))) return 'exchange';
  const told = await id(conn, null);
  return named(`${told?.name ?? ''} ${told?.vendor ?? ''}`);
}

/**
 * `The Microsoft Exchange IMAP4 service is ready.`, `Microsoft Exchange IMAP4 service ready. …`, `Outlook.com IMAP4rev1
 * server …`, `… Zimbra IMAP4rev1 server ready`; by ID `Microsoft.Exchange.Imap4.Imap4Server` and `Zimbra`.
 */
function named(text: string): Groupware | null {
  if (/microsoft[ .]exchange|^outlook\.com imap/i.test(text)) return 'exchange';
  return /\bzimbra\b/i.test(text) ? 'zimbra' : null;
}
