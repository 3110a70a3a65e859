import { type ClientCommand, str } from './command.ts';
import type { Connection } from './connection.ts';

export function signIn(conn: Connection, user: string, password: string): string {
  const account = conn.options.accounts.get(user);
  if (account === undefined || account.password !== password) return 'NO [AUTHENTICATIONFAILED] wrong';
  conn.account = account;
  return `OK [CAPABILITY ${conn.capabilities().join(' ')}] welcome`;
}

export function authenticate(conn: Connection, command: ClientCommand): string | null {
  const mechanism = str(command.tokens[0]).toUpperCase();
  const decide = (blob: string): string | null => {
    const text = Buffer.from(blob, 'base64').toString('utf8');
    if (mechanism === 'PLAIN') {
      const [actAs, user, password] = text.split('\0');
      const verdict = signIn(conn, user ?? '', password ?? '');
      if (verdict.startsWith('OK') && actAs) conn.account = conn.options.accounts.get(actAs) ?? null;
      return verdict;
    }
    const m = /^user=([^\x01]*)\x01auth=Bearer ([^\x01]*)\x01\x01$/.exec(text);
    const account = m === null ? undefined : conn.options.accounts.get(m[1]!);
    const goodMs = m === null ? null : conn.options.bearer(m[1]!, m[2]!);
    if (account !== undefined && goodMs !== null) {
      conn.account = account;
      if (Number.isFinite(goodMs)) conn.byeIn(goodMs, 'session expired, please sign in again');
      return `OK [CAPABILITY ${conn.capabilities().join(' ')}] welcome`;
    }
    conn.line(`+ ${Buffer.from('{"status":"400","schemes":"Bearer"}').toString('base64')}`);
    conn.ask(() => conn.answer(command, 'NO [AUTHENTICATIONFAILED] invalid credentials'));
    return null;
  };
  if (command.tokens[1] !== undefined) return decide(str(command.tokens[1]));
  conn.line('+ ');
  conn.ask((answer) => {
    const verdict = decide(answer);
    if (verdict !== null) conn.answer(command, verdict);
  });
  return null;
}
