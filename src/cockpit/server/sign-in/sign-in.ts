import path from 'node:path';
import type { SealingKeys } from '../../../wire/sealed.ts';
import { door } from '../shell/doors.ts';
import { hashPassword, type PasswordCost } from './argon.ts';
import { type AuthFacts, makeAuth, migrate, type SignInAuth } from './auth.ts';
import { openKeysFile } from './keys-file.ts';
import { type Link, type LinkFacts, type Links, openLinks } from './links.ts';
import { checkIssuer, type Oidc } from './oidc.ts';
import { checkPassword } from './password.ts';
import { openPeopleLinks, type PeopleLinks } from './people-links.ts';
import { resealAll } from './reseal.ts';
import { signInSecrets } from './secrets.ts';
import { openSqliteFile } from './sqlite-file.ts';
import { openTokens, type Tokens } from './tokens.ts';

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
  /** Sets it, ends all sessions, takes the second factor off when it was lost (`withoutTotp` of the one who gave the link). */
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
    const authFacts = { ...facts, db, hash, secrets: signInSecrets(facts.keys) };
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
      ...linksOf(users, links, origin),
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

type Users = Pick<
  SignIn,
  | 'begun'
  | 'createUser'
  | 'rename'
  | 'removeUser'
  | 'removeTotp'
  | 'means'
  | 'sessions'
  | 'endSession'
  | 'endSessions'
  | 'shutOut'
> & { addressOf(userId: string): Promise<{ email: string; name: string } | null>; setPassword: SetPassword };
type SetPassword = (userId: string, password: string) => Promise<void>;

async function usersOf(
  auth: SignInAuth,
  hashOf: AuthFacts['hash'],
  links: Links,
  tokens: Tokens,
): Promise<Users> {
  const { internalAdapter: adapter, adapter: rows } = await auth.$context;
  const own = (userId: string) => [{ field: 'userId', value: userId }];

  const endSessions = (userId: string): Promise<void> => adapter.deleteUserSessions(userId);
  const shutOut = async (userId: string): Promise<void> => {
    tokens.revokeOf(userId);
    links.void('reset', (of) => of.userId === userId);
    links.void('invited', (of) => of.by === userId);
    await endSessions(userId);
  };
  const setPassword: SetPassword = async (userId, password) => {
    const hash = await hashOf(password);
    const known = await adapter.findCredentialAccount(userId);
    if (known) await adapter.updatePassword(userId, hash);
    else await adapter.linkAccount({ userId, providerId: 'credential', accountId: userId, password: hash });
  };
  return {
    endSessions,
    shutOut,
    setPassword,
    begun: async () => (await adapter.countTotalUsers()) > 0,
    addressOf: (userId) => adapter.findUserById(userId),
    async createUser({ name, email, password, addressVouchedFor }) {
      checkPassword(password, { name, email });
      if (await adapter.findUserByEmail(email.toLowerCase())) throw door('address-taken');
      const hash = await hashOf(password);
      const user = await adapter.createUser(
        { email: email.toLowerCase(), name, emailVerified: addressVouchedFor },
        { method: 'email-password' },
      );
      await adapter.linkAccount({
        ...{ userId: user.id, providerId: 'credential', accountId: user.id, password: hash },
      });
      return user.id;
    },
    rename: async (userId, name) => {
      await adapter.updateUser(userId, { name });
    },
    async removeUser(userId) {
      await shutOut(userId);
      for (const model of ['passkey', 'twoFactor', 'account'])
        await rows.deleteMany({ model, where: own(userId) });
      await adapter.deleteUser(userId);
    },
    async removeTotp(userId) {
      await rows.deleteMany({ model: 'twoFactor', where: own(userId) });
      await adapter.updateUser(userId, { twoFactorEnabled: false });
    },
    async means(userId) {
      const user = (await adapter.findUserById(userId)) as { twoFactorEnabled?: boolean } | null;
      const accounts = await adapter.findAccounts(userId);
      return {
        passkeys: await rows.count({ model: 'passkey', where: own(userId) }),
        totp: user?.twoFactorEnabled === true,
        oidc: accounts.some(({ providerId }) => providerId !== 'credential'),
      };
    },
    async sessions(userId) {
      const found = await adapter.listSessions(userId);
      return found
        .filter(({ expiresAt }) => expiresAt.getTime() > Date.now())
        .map(({ id, createdAt, expiresAt, ipAddress, userAgent }) => ({
          ...{ id, beganMs: createdAt.getTime(), expiresMs: expiresAt.getTime() },
          ...{ address: ipAddress ?? '', browser: (userAgent ?? '').slice(0, 300) },
        }));
    },
    async endSession(userId, sessionId) {
      await rows.deleteMany({
        model: 'session',
        where: [...own(userId), { field: 'id', value: sessionId }],
      });
    },
  };
}

type ByLink = Pick<
  SignIn,
  | 'firstLink'
  | 'invite'
  | 'look'
  | 'acceptFirst'
  | 'acceptInvitation'
  | 'withdrawInvitations'
  | 'resetLink'
  | 'acceptReset'
>;

function linksOf(users: Users, links: Links, origin: string): ByLink {
  /** Used up first: of two at once, one makes an operator. */
  async function accept<Kind extends 'first' | 'invited'>(
    kind: Kind,
    token: string,
    one: NewOperator,
    keep: (userId: string) => Promise<void>,
  ): Promise<string> {
    links.use(kind, token);
    let userId: string | null = null;
    try {
      userId = await users.createUser({ ...one, addressVouchedFor: true });
      await keep(userId);
      return userId;
    } catch (error) {
      if (userId !== null) await users.removeUser(userId);
      links.giveBack(token);
      throw error;
    }
  }
  async function look(kind: 'first' | 'invited' | 'reset', token: string) {
    const { facts, untilMs } = links.look(kind, token);
    if (kind === 'first' && (await users.begun())) throw door('already-begun');
    if (kind !== 'reset') return { facts, untilMs };
    const known = await users.addressOf((facts as LinkFacts<'reset'>).userId);
    if (known === null) throw door('link-unknown');
    return { email: known.email, name: known.name, untilMs };
  }
  return {
    look: look as SignIn['look'],
    async firstLink() {
      links.void('first');
      return (await users.begun()) ? null : links.make('first', origin, {});
    },
    async invite(of) {
      links.void('invited', ({ email }) => email.toLowerCase() === of.email.toLowerCase());
      return links.make('invited', origin, of);
    },
    async acceptFirst(token, one, keep) {
      await look('first', token);
      return accept('first', token, one, keep);
    },
    async acceptInvitation(token, one, keep) {
      const { facts } = links.look('invited', token);
      return accept('invited', token, { ...one, email: facts.email }, (userId) => keep(userId, facts));
    },
    withdrawInvitations: (which) => links.void('invited', which),
    async resetLink(userId) {
      links.void('reset', (of) => of.userId === userId);
      return links.make('reset', origin, { userId });
    },
    async acceptReset(token, password) {
      const { userId } = links.look('reset', token).facts;
      const known = await users.addressOf(userId);
      if (known === null) throw door('link-unknown');
      checkPassword(password, known);
      links.use('reset', token);
      await users.setPassword(userId, password);
      await users.endSessions(userId);
      return userId;
    },
  };
}
