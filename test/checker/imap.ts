import { ImapFlow } from 'imapflow';
import { type Seen, see } from './message.ts';

export interface ImapPlace {
  host: string;
  port: number;
  user: string;
  password: string;
  secure?: boolean;
  /** What of a message is compared, where its bytes are written anew at each reading. Default: all. */
  as?: (bytes: Uint8Array) => Uint8Array;
}

/** Every message of the account, read with a client that is not ours. Changes nothing (EXAMINE, BODY.PEEK). */
export async function readImap(place: ImapPlace): Promise<Seen[]> {
  const { host, port, user, password, secure = false, as } = place;
  const client = new ImapFlow({
    ...{ host, port, secure, doSTARTTLS: secure ? undefined : false, logger: false },
    auth: { user, pass: password },
    tls: { rejectUnauthorized: false },
  });
  await client.connect();
  try {
    const seen: Seen[] = [];
    for (const folder of await client.list()) {
      if (folder.flags.has('\\Noselect') || folder.flags.has('\\NonExistent')) continue;
      seen.push(...(await readFolder(client, folder.path, segments(client, folder), as)));
    }
    return seen;
  } finally {
    await client.logout();
  }
}

function segments(client: ImapFlow, folder: { path: string; delimiter: string }): string[] {
  const prefix = client.namespace?.prefix ?? '';
  const inside =
    prefix !== '' && folder.path.startsWith(prefix) ? folder.path.slice(prefix.length) : folder.path;
  return folder.delimiter ? inside.split(folder.delimiter) : [inside];
}

async function readFolder(
  client: ImapFlow,
  path: string,
  folder: string[],
  as: ImapPlace['as'] = (bytes) => bytes,
): Promise<Seen[]> {
  const mailbox = await client.mailboxOpen(path, { readOnly: true });
  const seen: Seen[] = [];
  if (mailbox.exists === 0) return seen;
  const query = { uid: true, flags: true, internalDate: true, source: true };
  for await (const message of client.fetch('1:*', query)) {
    const where = `${path} UID ${message.uid}`;
    if (!message.source) throw new Error(`${where}: the server gave no bytes`);
    const date = message.internalDate === undefined ? null : new Date(message.internalDate).getTime();
    seen.push(see(folder, as(message.source), { flags: message.flags ?? [], date, where }));
  }
  if (seen.length !== mailbox.exists)
    throw new Error(`${path}: ${mailbox.exists} messages announced, ${seen.length} told`);
  return seen;
}
