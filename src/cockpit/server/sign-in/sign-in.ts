import path from 'node:path';
import type { SealingKeys } from '../../../wire/sealed.ts';
import { door } from '../shell/doors.ts';
import { redacted } from '../shell/log.ts';
import { hashPassword, type PasswordCost } from './argon.ts';
import { type AuthFacts, makeAuth, migrate, type SignInAuth } from './auth.ts';
import { byLink } from './by-link.ts';
import { openKeysFile } from './keys-file.ts';
import { type Link, type LinkFacts, openLinks } from './links.ts';
import { checkIssuer, type Oidc } from './oidc.ts';
import { openPeopleLinks, type PeopleLinks } from './people-links.ts';
import { resealAll } from './reseal.ts';
import { signInSecrets } from './secrets.ts';
import { openSqliteFile } from './sqlite-file.ts';
import { openTokens, type Tokens } from './tokens.ts';
import { usersOf } from './users.ts';

/** Who is signed in, by the cookie of a request. */
export interface SignedIn {
  userId: string;
  email: string;
  name: string;
  sessionId: string;
  /** To be set on the answer (`Set-Cookie`): the session was made longer. */
  cookies: string[];
}

export interface SessionRow {
  id: string;
  beganMs: number;
  expiresMs: number;
  address: string;
  browser: string;
}

/** What a person has to sign in with. */
export interface Means {
  passkeys: number;
  totp: boolean;
  oidc: boolean;
}

export interface NewOperator {
  name: string;
  email: string;
  password: string;
}

/**
 * Who is who: passwords, passkeys, codes, sessions, links and tokens; never who may what (`roles.ts`, and the operators in the
 * records). Nobody signs up: the first operator comes by the link that the server prints, the others by an invitation.
 *
 * Troubles: those of the door (`shell/doors.ts`); `busy`, `full`, `denied` (`write-record`) of the disk.
 */
export interface SignIn {
  /** `/api/auth/…`, for `mountSignIn`. */
  auth(oidc: boolean): Promise<SignInAuth>;
  readonly oidc: boolean;
  /** Passkeys need a name: under an address of numbers there are none. */
  readonly passkeys: boolean;
  signedIn(request: Request): Promise<SignedIn | null>;
  /** Whether anybody has signed up yet. */
  begun(): Promise<boolean>;

  /** A new one each time, the one before is void; null when somebody has signed up. */
  firstLink(): Promise<Link | null>;
  invite(of: LinkFacts<'invited'>): Promise<Link>;
  /** Throws `link-unknown`, `link-used`, `link-expired`. */
  look(kind: 'first', token: string): Promise<{ untilMs: number }>;
  look(kind: 'invited', token: string): Promise<{ facts: LinkFacts<'invited'>; untilMs: number }>;
  look(kind: 'reset', token: string): Promise<{ email: string; name: string; untilMs: number }>;
  /**
   * Makes the operator and uses the link up; `keep` writes into the records, and when it throws, all of it is taken back. The
   * page signs in afterwards with what was typed.
   */
  acceptFirst(token: string, one: NewOperator, keep: (userId: string) => Promise<void>): Promise<string>;
  acceptInvitation(
    token: string,
    one: Omit<NewOperator, 'email'>,
    keep: (userId: string, facts: LinkFacts<'invited'>) => Promise<void>,
  ): Promise<string>;
  /** Invitations that nobody has taken: by address, or all of an inviting operator. */
  withdrawInvitations(which: (of: LinkFacts<'invited'>) => boolean): number;

  /** For a forgotten password: given by another operator, or printed on the server's own terminal. */
  resetLink(userId: string): Promise<Link>;
  /** Sets it and ends all sessions; answers whose it is. A second factor stays: `removeTotp` where that was lost too. */
  acceptReset(token: string, password: string): Promise<string>;
  removeTotp(userId: string): Promise<void>;

  createUser(one: NewOperator & { addressVouchedFor: boolean }): Promise<string>;
  rename(userId: string, name: string): Promise<void>;
  /** With sessions, passkeys, tokens and open links. */
  removeUser(userId: string): Promise<void>;
  means(userId: string): Promise<Means>;
  sessions(userId: string): Promise<SessionRow[]>;
  /** At once: the next request of that browser is nobody's. */
  endSession(userId: string, sessionId: string): Promise<void>;
  endSessions(userId: string): Promise<void>;
  /** Sessions, tokens and reset links: for somebody who is let in no longer. */
  shutOut(userId: string): Promise<void>;

  readonly tokens: Tokens;
  readonly people: PeopleLinks;
  close(): void;
}

export interface SignInFacts extends Pick<AuthFacts, 'origins' | 'mayEnter' | 'log'> {
  /** The data folder's root. */
  folder: string;
  keys: SealingKeys;
  oidc: Oidc | null;
  nowMs?: () => number;
  /** Of new passwords; older ones keep theirs. */
  passwordCost?: PasswordCost;
}

export const OPERATORS_FILE = 'operators.sqlite';
export const KEYS_FILE = 'keys.sqlite';

/**
 * Opens or makes both files. Throws Trouble (`open-records`) `denied`, `full`, `busy`, `malformed`; `malformed` (`read-secret`)
 * when it was sealed under another key.
 */
export async function openSignIn(facts: SignInFacts): Promise<SignIn> {
  const { oidc, origins, nowMs = Date.now } = facts;
  const file = path.join(facts.folder, OPERATORS_FILE);
  const db = openSqliteFile(file);
  const keys = openKeysFile(path.join(facts.folder, KEYS_FILE));
  const close = (): void => {
    keys.close();
    if (db.isOpen) db.close();
  };
  try {
    const hash = (password: string): Promise<string> => hashPassword(password, facts.passwordCost);
    const log = (level: string, message: string): void => facts.log(level, redacted(message));
    const authFacts = { ...facts, db, hash, log, secrets: signInSecrets(facts.keys) };
    await migrate(authFacts);
    await resealAll(db, file, authFacts.secrets);
    const local = await makeAuth(authFacts, null);
    const links = openLinks(keys, nowMs);
    const [origin] = origins;
    const people = openPeopleLinks(keys, nowMs);
    const tokens = openTokens(keys, nowMs);
    const users = await usersOf(local, hash, links, tokens);
    return {
      ...users,
      ...byLink(users, links, origin),
      ...{ tokens, people, close },
      auth: authOf(local, authFacts, oidc),
      oidc: oidc !== null,
      passkeys: /[a-z]/i.test(new URL(origin).hostname) && !origin.includes('['),
      signedIn: (request) => signedInBy(local, request),
    };
  } catch (error) {
    close();
    throw error;
  }
}

/** The one that talks to the organisation's server is made when it is first needed, and again when it was not there. */
function authOf(local: SignInAuth, facts: AuthFacts, oidc: Oidc | null): SignIn['auth'] {
  let remote: Promise<SignInAuth> | null = null;
  return async (byOidc) => {
    if (!byOidc) return local;
    if (oidc === null) throw door('oidc-off');
    remote ??= checkIssuer(oidc).then(() => makeAuth(facts, oidc));
    try {
      return await remote;
    } catch (error) {
      remote = null;
      throw error;
    }
  };
}

async function signedInBy(auth: SignInAuth, request: Request): Promise<SignedIn | null> {
  if (!request.headers.has('cookie')) return null;
  const { response, headers } = await auth.api.getSession({ headers: request.headers, returnHeaders: true });
  if (response === null) return null;
  const { user, session } = response;
  return {
    ...{ userId: user.id, email: user.email, name: user.name, sessionId: session.id },
    cookies: headers?.getSetCookie() ?? [],
  };
}
