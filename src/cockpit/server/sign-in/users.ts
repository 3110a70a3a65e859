import { door } from '../shell/doors.ts';
import type { AuthFacts, SignInAuth } from './auth.ts';
import type { Links } from './links.ts';
import { checkPassword } from './password.ts';
import type { SignIn } from './sign-in.ts';
import type { Tokens } from './tokens.ts';

/** What is known of people, and done to them, without any link. */
export type Users = Pick<
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

/** Over the library's own tables. */
export async function usersOf(
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
