/**
 * A sequential copy as one would write it over the imapflow library: what a folder's target lacks, by Message-ID, is
 * fetched and appended one by one.
 *
 *   node bench/imapflow.ts --from imap://… --to imap://…
 */
import { parseArgs } from 'node:util';
import { ImapFlow } from 'imapflow';
import { type End, endOf } from './imap.ts';

async function open(end: End): Promise<ImapFlow> {
  const client = new ImapFlow({
    host: end.host,
    port: end.port,
    secure: false,
    auth: { user: end.user, pass: end.password },
    logger: false,
    disableAutoIdle: true,
  });
  await client.connect();
  return client;
}

async function copy(from: End, to: End): Promise<number> {
  const [source, target] = await Promise.all([open(from), open(to)]);
  const there = new Set((await target.list()).map((folder) => folder.path));
  let copied = 0;
  for (const folder of await source.list()) {
    const path = folder.path.replaceAll(folder.delimiter, '/');
    if (!there.has(path)) await target.mailboxCreate(path);
    copied += await copyFolder(source, target, folder.path, path);
  }
  await Promise.all([source.logout(), target.logout()]);
  return copied;
}

async function copyFolder(source: ImapFlow, target: ImapFlow, from: string, to: string): Promise<number> {
  const lock = await source.getMailboxLock(from, { readOnly: true });
  try {
    const known = await envelopes(target, to);
    const wanted = [...(await envelopes(source, null))].filter(([id]) => !known.has(id));
    if (wanted.length === 0) return 0;
    const uids = wanted.flatMap(([, all]) => all).sort((a, b) => a - b);
    let copied = 0;
    for await (const message of source.fetch(
      uids,
      { source: true, flags: true, internalDate: true },
      { uid: true },
    )) {
      const flags = [...message.flags!].filter((flag) => flag !== '\\Recent');
      await target.append(to, message.source!, flags, message.internalDate);
      copied++;
    }
    return copied;
  } finally {
    lock.release();
  }
}

/** UIDs by Message-ID and date; of the opened folder, or of one that is opened for it. */
async function envelopes(client: ImapFlow, path: string | null): Promise<Map<string, number[]>> {
  const lock = path === null ? null : await client.getMailboxLock(path, { readOnly: true });
  const found = new Map<string, number[]>();
  try {
    if (client.mailbox !== false && client.mailbox.exists > 0) {
      for await (const { uid, envelope } of client.fetch('1:*', { uid: true, envelope: true })) {
        const id = `${envelope?.messageId} ${envelope?.date} ${envelope?.subject}`;
        found.set(id, [...(found.get(id) ?? []), uid]);
      }
    }
  } finally {
    lock?.release();
  }
  return found;
}

const { values } = parseArgs({ options: { from: { type: 'string' }, to: { type: 'string' } } });
const copied = await copy(endOf(values.from!), endOf(values.to!));
console.log(JSON.stringify({ copied }));
