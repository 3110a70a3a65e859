import { type ClientCommand, quote, str, type Token, words } from './command.ts';
import type { Connection } from './connection.ts';
import type { Account, Box } from './mailbox.ts';

export function list(conn: Connection, account: Account, command: ClientCommand): string {
  const { name } = command;
  const reference = str(command.tokens[0]);
  const pattern = reference + str(command.tokens[1]);
  const returned = command.tokens[3];
  if (pattern === '') {
    conn.line(`* ${name} (\\Noselect) ${quote(account.delimiter)} ""`);
    return 'OK done';
  }
  const escaped = pattern.replace(/[.+?^${}()|[\]\\/]/g, '\\$&').replaceAll('*', '[^]*');
  const matches = new RegExp(`^${escaped.replaceAll('%', `[^\\${account.delimiter}]*`)}$`);
  const options = Array.isArray(returned) ? returned : [];
  const status = options[options.findIndex((token) => str(token).toUpperCase() === 'STATUS') + 1];
  const special = conn.has('SPECIAL-USE');
  const subscribed = options.some((token) => str(token).toUpperCase() === 'SUBSCRIBED');
  for (const [boxName, box] of account.boxes) {
    if (!matches.test(boxName) || (name === 'LSUB' && !box.subscribed)) continue;
    const attributes = box.selectable ? ['\\HasNoChildren'] : ['\\Noselect'];
    if (box.use !== null && special) attributes.push(box.use);
    if (subscribed && box.subscribed) attributes.push('\\Subscribed');
    conn.line(`* ${name} (${attributes.join(' ')}) ${quote(account.delimiter)} ${quote(boxName)}`);
    if (Array.isArray(status) && box.selectable) tellStatus(conn, box, words(status));
  }
  return 'OK done';
}

export function status(conn: Connection, account: Account, name: string, items: readonly string[]): string {
  return withBox(account, name, (box) => {
    tellStatus(conn, box, items);
    return 'OK done';
  });
}

function tellStatus(conn: Connection, box: Box, items: readonly string[]): void {
  const values = items.map((item) => `${item} ${statusItem(box, item.toUpperCase())}`);
  conn.line(`* STATUS ${quote(box.name)} (${values.join(' ')})`);
}

function statusItem(box: Box, item: string): number {
  if (item === 'MESSAGES') return box.messages.length;
  if (item === 'UIDNEXT') return box.uidNext;
  if (item === 'UIDVALIDITY') return box.uidValidity;
  if (item === 'UNSEEN') return box.messages.filter((message) => !message.flags.has('\\Seen')).length;
  if (item === 'HIGHESTMODSEQ') return box.highestModseq;
  return item === 'SIZE' ? box.bytes : 0;
}

export function create(conn: Connection, account: Account, tokens: readonly Token[]): string {
  const name = str(tokens[0]);
  if (account.box(name) !== undefined) return 'NO [ALREADYEXISTS] already exists';
  if (!name.startsWith(conn.options.prefix)) return 'NO [CANNOT] outside of the namespace';
  const use = Array.isArray(tokens[1]) && Array.isArray(tokens[1][1]) ? str(tokens[1][1][0]) : null;
  account.create(name, use);
  return 'OK done';
}

export function select(conn: Connection, account: Account, name: string, mailbox: string): string {
  conn.box = null;
  return withBox(account, mailbox, (box) => {
    if (!box.selectable) return 'NO [NONEXISTENT] not selectable';
    conn.box = box;
    conn.readOnly = name === 'EXAMINE';
    const flags = '\\Answered \\Flagged \\Deleted \\Seen \\Draft';
    conn.line(`* FLAGS (${flags})`);
    const permanent = box.permanentFlags === null ? `${flags} \\*` : box.permanentFlags.join(' ');
    conn.line(`* OK [PERMANENTFLAGS (${conn.readOnly ? '' : permanent})] flags`);
    conn.line(`* ${box.messages.length} EXISTS`);
    conn.line(`* OK [UIDVALIDITY ${box.uidValidity}] valid`);
    conn.line(`* OK [UIDNEXT ${box.uidNext}] next`);
    if (conn.has('CONDSTORE')) conn.line(`* OK [HIGHESTMODSEQ ${box.highestModseq}] modseq`);
    return `OK [READ-${conn.readOnly ? 'ONLY' : 'WRITE'}] opened`;
  });
}

export function quota(conn: Connection, account: Account, name: string): string {
  if (!conn.has('QUOTA')) return 'BAD unknown command';
  conn.line(`* QUOTAROOT ${quote(name)} "user"`);
  if (account.quotaBytes !== null) {
    conn.line(
      `* QUOTA "user" (STORAGE ${Math.ceil(account.bytes / 1024)} ${Math.floor(account.quotaBytes / 1024)})`,
    );
  } else conn.line('* QUOTA "user" ()');
  return 'OK done';
}

export function withBox(account: Account, name: string, use: (box: Box) => string): string {
  const box = account.box(name);
  return box === undefined ? 'NO [NONEXISTENT] no such mailbox' : use(box);
}
