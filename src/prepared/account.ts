/** Addresses of old and new mailboxes as they stand in a prepared file: `imaps://marie@old.example/`, `pst:PATH`. */
import { hasHiddenOrJoiner } from './fold.ts';

/** A password on its way. It answers only to who asks: neither JSON nor a log shows it. */
export interface Secret {
  reveal(): string;
}

export function secretOf(text: string): Secret {
  return { reveal: () => text };
}

/** Whether an address of an account can be understood: null, or the code of what is wrong. The rules are the caller's. */
export type CheckAccount = (address: string) => string | null;

const SERVER = /^(imaps?|pop3s?|gmail):\/\//i;
const FILE = /^(pst|mbox|maildir|eml|takeout):/i;

/** A user, a host, perhaps a port, perhaps parameters; no password. */
const WITHOUT_PASSWORD =
  /^[a-z0-9+.-]+:\/\/[^:/?#]*@(\[[0-9a-f:.]+\]|[^:@/?#[\]]+)(:\d+)?\/?(\?(token=consent:[^&]*|[^@&]*)(&(token=consent:[^&]*|[^@&]*))*)?$/is;
/** A password may hold any of `/ ? # @ :`; the user ends at the first colon, the password at the last `@`. */
const WITH_PASSWORD = /^([a-z0-9+.-]+:\/\/[^:/?#]*):(.*)@([^@]*)$/is;

export interface AccountCell {
  /** Without password. */
  address: string;
  /** That stood in the address. */
  password: string | null;
}

export function readAccountCell(cell: string): AccountCell {
  // Paths keep their blanks and their accents as they are.
  const text = cell.trim();
  if (!SERVER.test(text) || WITHOUT_PASSWORD.test(text)) return { address: text, password: null };
  const [, before, password = '', after] = WITH_PASSWORD.exec(text) ?? [];
  if (before === undefined) return { address: text, password: null };
  return { address: `${before}@${after}`, password: password === '' ? null : decoded(password) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A percent sign of the password itself.
    return text;
  }
}

export type AccountFault = 'bad-account' | 'secret-parameter' | 'hidden-characters';

/**
 * What is wrong with the address of an account, before the caller's own rules are asked. A file from outside must not name
 * files or variables of this machine as passwords; a consent may be named.
 */
export function accountFault(
  address: string,
  check: CheckAccount,
): { fault: AccountFault; code: string | null } | null {
  if (SERVER.test(address) && hasHiddenOrJoiner(address)) return { fault: 'hidden-characters', code: null };
  if (!SERVER.test(address) && !FILE.test(address)) return { fault: 'bad-account', code: 'unknown-scheme' };
  const query = SERVER.test(address) ? address.slice(address.indexOf('?') + 1 || address.length) : '';
  for (const pair of query.split('&'))
    if (/^(secret|token)=/i.test(pair) && !/^token=consent(:|$)/i.test(pair))
      return { fault: 'secret-parameter', code: null };
  const code = check(address);
  return code === null ? null : { fault: 'bad-account', code };
}

/** Whether it takes a password: a server does, unless a consent opens it. */
export function needsPassword(address: string): boolean {
  return SERVER.test(address) && !/^gmail:/i.test(address) && !/[?&]token=/i.test(address);
}

const PORTS: Readonly<Record<string, string>> = {
  imap: '143',
  imaps: '993',
  pop3: '110',
  pop3s: '995',
  gmail: '',
};

/** The same for two ways to write the same account: case, default port, percent-encoding and parameters do not count. */
export function accountKey(address: string): string {
  if (!SERVER.test(address))
    return address.replace(/^[a-z]+:(\/\/)?/i, (scheme) => scheme.toLowerCase().replace('//', ''));
  const [, scheme = '', user = '', host = '', port] =
    /^([a-z0-9]+):\/\/(.*?)@?([^@:/?#]*|\[[^\]]*\])(?::(\d+))?\/?(?:\?.*)?$/is.exec(
      address.replace(/[?#].*$/s, ''),
    ) ?? [];
  const kind = scheme.toLowerCase();
  return `${kind}://${decoded(user).toLowerCase()}@${host.toLowerCase()}:${port ?? PORTS[kind] ?? ''}`;
}

const SHOWN_MAX_CHARS = 200;

/** As it may be shown: nothing that could be a password. Works on any text. */
export function shownAccount(text: string): string {
  return shown(text).slice(0, SHOWN_MAX_CHARS);
}

function shown(text: string): string {
  if (FILE.test(text)) return text;
  const [, before, after = ''] = /^(\s*[a-z0-9+.-]+:\/\/)(.*)$/is.exec(text) ?? [];
  if (before === undefined) return /[:@\s]/.test(text) ? '…' : text;
  if (WITHOUT_PASSWORD.test(text)) return text.replace(/([?&](?:secret|token)=)[^&]*/gi, '$1…');
  // The first part alone: what follows may be a password whose host is missing.
  const first = after.split(/[:/?#]/)[0]!;
  const at = after.lastIndexOf('@');
  return at < 0 ? `${before}${first}/` : `${before}${first.split('@')[0]}@${hostIn(after.slice(at + 1))}/`;
}

function hostIn(text: string): string {
  return text.split(/[/?#]/)[0]!;
}
