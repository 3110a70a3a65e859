import { type ClientCommand, quote, str, type Token, words } from './command.ts';
import type { Connection } from './connection.ts';
import type { Account, Box } from './mailbox.ts';
import { create, list, quota, select, status, withBox } from './mailboxes.ts';
import { append, copy, expunge, fetch, search, store } from './messages.ts';
import { authenticate, signIn } from './sign-in.ts';

/** Does a command: answers what stands behind the tag, null when it answers itself or never. */
export function run(conn: Connection, command: ClientCommand): string | null {
  const { name, tokens } = command;
  switch (name) {
    case 'CAPABILITY':
      conn.line(`* CAPABILITY ${conn.capabilities().join(' ')}`);
      return 'OK done';
    case 'NOOP':
    case 'CHECK':
      return 'OK done';
    case 'LOGOUT':
      conn.line('* BYE see you');
      conn.answer(command, 'OK done');
      conn.end();
      return null;
    case 'STARTTLS':
      conn.answer(command, 'OK begin');
      conn.startTls();
      return null;
    case 'LOGIN':
      return signIn(conn, utf8(tokens[0]), utf8(tokens[1]));
    case 'AUTHENTICATE':
      return authenticate(conn, command);
    case 'ID':
      conn.line(`* ID ${conn.script.id ?? '("name" "test server")'}`);
      return 'OK done';
  }
  return conn.account === null ? 'BAD sign in first' : signedIn(conn, command, conn.account);
}

function signedIn(conn: Connection, command: ClientCommand, account: Account): string | null {
  const { name, tokens } = command;
  switch (name) {
    case 'NAMESPACE':
      conn.line(`* NAMESPACE ((${quote(conn.options.prefix)} ${quote(account.delimiter)})) NIL NIL`);
      return 'OK done';
    case 'ENABLE':
      conn.line(`* ENABLED ${tokens.map(str).join(' ')}`);
      return 'OK done';
    case 'LIST':
    case 'LSUB':
      return list(conn, account, command);
    case 'STATUS':
      return status(conn, account, str(tokens[0]), words(tokens[1]));
    case 'SUBSCRIBE':
    case 'UNSUBSCRIBE':
      return withBox(account, str(tokens[0]), (box) => {
        box.subscribed = name === 'SUBSCRIBE';
        return 'OK done';
      });
    case 'CREATE':
      return create(conn, account, tokens);
    case 'DELETE':
      return account.boxes.delete(str(tokens[0])) ? 'OK done' : 'NO [NONEXISTENT] no such mailbox';
    case 'APPEND':
      return append(conn, account, tokens);
    case 'SELECT':
    case 'EXAMINE':
      return select(conn, account, name, str(tokens[0]));
    case 'GETQUOTAROOT':
      return quota(conn, account, str(tokens[0]));
  }
  return conn.box === null ? 'BAD no mailbox is selected' : inBox(conn, command, account, conn.box);
}

function inBox(conn: Connection, command: ClientCommand, account: Account, box: Box): string | null {
  const { name, tokens } = command;
  const byUid = name.startsWith('UID ');
  switch (name.replace(/^UID /, '')) {
    case 'FETCH':
      return fetch(conn, box, tokens, byUid);
    case 'SEARCH':
      return search(conn, command, box, tokens, byUid);
    case 'CLOSE':
    case 'UNSELECT':
      conn.box = null;
      return 'OK done';
    case 'COPY':
      return copy(conn, account, box, tokens, byUid, false);
    case 'MOVE':
      return conn.readOnly ? 'NO read-only' : copy(conn, account, box, tokens, byUid, true);
    case 'STORE':
      return conn.readOnly ? 'NO read-only' : store(conn, box, tokens, byUid);
    case 'EXPUNGE':
      return conn.readOnly ? 'NO read-only' : expunge(conn, box, byUid ? str(tokens[0]) : '1:*');
  }
  return 'BAD unknown command';
}

function utf8(token: Token | undefined): string {
  return Buffer.from(str(token), 'latin1').toString('utf8');
}
