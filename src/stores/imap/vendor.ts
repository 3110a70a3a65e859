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
  const greeting = conn.greeting?.text ?? '';
  if (EXCHANGE_GREETS.test(greeting)) return 'exchange';
  if (ZIMBRA_GREETS.test(greeting)) return 'zimbra';
  if (MICROSOFT.some((capability) => conn.has(capability))) return 'exchange';
  const told = await id(conn, null);
  return named(`${told?.name ?? ''} ${told?.vendor ?? ''}`);
}

/**
 * `The Microsoft Exchange IMAP4 service is ready.`, `Microsoft Exchange IMAP4 service ready. …`, `Outlook.com IMAP4rev1
 * server …`
 */
const EXCHANGE_GREETS = /microsoft exchange|^outlook\.com imap/i;
/** `… Zimbra IMAP4rev1 server ready`; a machine may still be called so when another server runs on it. */
const ZIMBRA_GREETS = /\bzimbra imap4/i;

/** By ID: `Microsoft.Exchange.Imap4.Imap4Server`, `Zimbra`. */
function named(text: string): Groupware | null {
  if (/microsoft[ .]exchange/i.test(text)) return 'exchange';
  return /\bzimbra\b/i.test(text) ? 'zimbra' : null;
}
