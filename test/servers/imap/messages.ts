import { readAppend } from './append.ts';
import { type ClientCommand, str, type Token, words } from './command.ts';
import type { Connection } from './connection.ts';
import { hasBody, itemsOf, tell } from './fetch.ts';
import type { Account, Box, Stored } from './mailbox.ts';
import { inSet, searchTest } from './search.ts';

const UIDPLUS = 'UIDPLUS';

export function append(conn: Connection, account: Account, tokens: readonly Token[]): string {
  const messages = readAppend(tokens);
  if (typeof messages === 'string') return messages;
  const box = account.box(messages[0]!.mailbox);
  if (box === undefined) return 'NO [TRYCREATE] no such mailbox';
  if (messages.length > 1 && !conn.has('MULTIAPPEND')) return 'BAD one message only';
  for (const message of messages) {
    const refusal = conn.script.append?.(message);
    if (refusal) return refusal;
  }
  const size = messages.reduce((sum, message) => sum + message.bytes.length, 0);
  if (account.quotaBytes !== null && account.bytes + size > account.quotaBytes)
    return 'NO [OVERQUOTA] quota exceeded';
  const uids = messages.map(({ bytes, flags, internalDate }) => {
    const kept = flags.filter((flag) => keeps(box, flag));
    return box.add({ bytes, flags: kept, ...(internalDate === null ? {} : { internalDate }) }).uid;
  });
  const set = uids.length === 1 ? `${uids[0]}` : `${uids[0]}:${uids.at(-1)}`;
  return conn.has(UIDPLUS) ? `OK [APPENDUID ${box.uidValidity} ${set}] done` : 'OK done';
}

export function fetch(conn: Connection, box: Box, tokens: readonly Token[], byUid: boolean): string | null {
  const items = itemsOf(tokens[1], byUid);
  const bodies = hasBody(items);
  const [word, since] = words(tokens[2]);
  const changedSince = word?.toUpperCase() === 'CHANGEDSINCE' ? Number(since) : -1;
  if (changedSince >= 0 && !items.includes('MODSEQ')) items.push('MODSEQ');
  for (const [message, sequence] of chosen(box, str(tokens[0]), byUid)) {
    if (message.modseq <= changedSince) continue;
    const telling = bodies ? (conn.script.tell?.(message.uid, box) ?? null) : null;
    if (telling === 'leave-out') continue;
    if (telling !== null && typeof telling === 'object' && 'end' in telling) return telling.end;
    const answer = tell(message, items, telling, sequence);
    for (const part of answer.parts) conn.write(part);
    if (answer.after === 'go-on') continue;
    if (answer.after === 'stall') conn.stall();
    else conn.end();
    return null;
  }
  return 'OK done';
}

export function search(
  conn: Connection,
  command: ClientCommand,
  box: Box,
  tokens: readonly Token[],
  byUid: boolean,
): string {
  const queue = [...tokens];
  const extended = str(queue[0]).toUpperCase() === 'RETURN';
  if (extended) queue.splice(0, 2);
  if (str(queue[0]).toUpperCase() === 'CHARSET') queue.splice(0, 2);
  const test = searchTest(box, queue);
  if (test === null) return 'BAD unknown criterion';
  const found = box.messages.flatMap((message, index) =>
    test(message, index + 1) ? [byUid ? message.uid : index + 1] : [],
  );
  if (!extended) conn.line(`* SEARCH${found.map((number) => ` ${number}`).join('')}`);
  else {
    const all = found.length === 0 ? '' : ` ALL ${found.join(',')}`;
    conn.line(`* ESEARCH (TAG "${command.tag}")${byUid ? ' UID' : ''}${all}`);
  }
  return 'OK done';
}

export function store(conn: Connection, box: Box, tokens: readonly Token[], byUid: boolean): string {
  const how = str(tokens[1]).toUpperCase();
  const flags = Array.isArray(tokens[2]) ? words(tokens[2]) : [str(tokens[2])];
  for (const [message, sequence] of chosen(box, str(tokens[0]), byUid)) {
    const kept = flags.filter((flag) => keeps(box, flag));
    const now = new Set(how.startsWith('FLAGS') ? [] : message.flags);
    for (const flag of kept) how.startsWith('-') ? now.delete(flag) : now.add(flag);
    box.mark(message, now);
    if (!how.endsWith('.SILENT')) {
      conn.line(`* ${sequence} FETCH (${byUid ? `UID ${message.uid} ` : ''}FLAGS (${[...now].join(' ')}))`);
    }
  }
  return 'OK done';
}

export function copy(
  conn: Connection,
  account: Account,
  box: Box,
  tokens: readonly Token[],
  byUid: boolean,
  move: boolean,
): string {
  const target = account.box(str(tokens[1]));
  if (target === undefined) return 'NO [TRYCREATE] no such mailbox';
  const taken = chosen(box, str(tokens[0]), byUid).map(([message]) => message);
  if (taken.length === 0) return 'OK done';
  const to = taken.map(
    (one) => target.add({ bytes: one.bytes, flags: [...one.flags], internalDate: one.internalDate }).uid,
  );
  const code = `[COPYUID ${target.uidValidity} ${taken.map((one) => one.uid).join(',')} ${to.join(',')}]`;
  if (!move) return conn.has(UIDPLUS) ? `OK ${code} done` : 'OK done';
  if (conn.has(UIDPLUS)) conn.line(`* OK ${code} moved`);
  vanish(conn, box, taken);
  return 'OK done';
}

export function expunge(conn: Connection, box: Box, set: string): string {
  const doomed = chosen(box, set, true).map(([message]) => message);
  vanish(
    conn,
    box,
    doomed.filter((message) => message.flags.has('\\Deleted')),
  );
  return 'OK done';
}

function vanish(conn: Connection, box: Box, doomed: readonly Stored[]): void {
  for (const message of doomed) {
    conn.line(`* ${box.messages.indexOf(message) + 1} EXPUNGE`);
    box.remove(message.uid);
  }
}

function chosen(box: Box, set: string, byUid: boolean): [Stored, number][] {
  const test = inSet(box, set, byUid);
  return box.messages.flatMap((message, index): [Stored, number][] =>
    test(message, index + 1) ? [[message, index + 1]] : [],
  );
}

function keeps(box: Box, flag: string): boolean {
  if (box.permanentFlags === null || box.permanentFlags.includes(flag)) return true;
  return !flag.startsWith('\\') && box.permanentFlags.includes('\\*');
}
