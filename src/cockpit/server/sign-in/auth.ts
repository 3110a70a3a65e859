import type { DatabaseSync } from 'node:sqlite';
import type { Auth, BetterAuthOptions } from 'better-auth';
import { verifyPassword } from './argon.ts';
import { discoveryUrl, type Oidc } from './oidc.ts';
import { PASSWORD_MAX_CHARS, PASSWORD_MIN_CHARS } from './password.ts';
import type { SignInSecret } from './secrets.ts';

export interface AuthFacts {
  db: DatabaseSync;
  secrets: [SignInSecret, ...SignInSecret[]];
  /** The public address, and others under which the same pages are opened (`http://127.0.0.1:7357`). */
  origins: readonly [string, ...string[]];
  /** Whether this operator is let in (not disabled): asked at every new session. */
  mayEnter(userId: string): Promise<boolean>;
  /** Throws Trouble `busy` when too many wait. */
  hash(password: string): Promise<string>;
  log(level: string, message: string): void;
}

/** Sessions end after so long without a request; each request past `RENEW` makes them longer. */
const SESSION_SECONDS = 12 * 3600;
const RENEW_SECONDS = 30 * 60;
/** For a new passkey, the sign-in must not be older. */
const FRESH_SECONDS = 30 * 60;
const BACKUP_CODES = 10;

export const AUTH_PATH = '/api/auth';
export const COOKIE_PREFIX = 'malleposte';
/** Set by us alone, from the connection: whatever a client says of its own address is not believed. */
export const ADDRESS_HEADER = 'x-malleposte-address';
export const OIDC_PROVIDER = 'oidc';
/** Where the pages tell what went wrong on the way back from another server. */
const ERROR_PAGE = '/sign-in';

export type SignInAuth = Auth<BetterAuthOptions>;

/**
 * The sign-in library, loaded here and only here: it takes a second. Without `oidc` it talks to nobody. Two of them on one file
 * share everything.
 */
export async function makeAuth(facts: AuthFacts, oidc: Oidc | null): Promise<SignInAuth> {
  const [{ betterAuth }, plugins] = await Promise.all([import('better-auth'), pluginsOf(facts, oidc)]);
  const options: BetterAuthOptions = { ...(await optionsOf(facts, oidc)), plugins: plugins ?? [] };
  const auth: SignInAuth = betterAuth(options);
  await auth.$context;
  return auth;
}

/** Brings the file up to date. */
export async function migrate(facts: AuthFacts): Promise<void> {
  const { getMigrations } = await import('better-auth/db/migration');
  const options = { ...(await optionsOf(facts, null)), plugins: await pluginsOf(facts, null) };
  const { runMigrations } = await getMigrations(options);
  await runMigrations();
}

async function optionsOf(facts: AuthFacts, oidc: Oidc | null): Promise<BetterAuthOptions> {
  const { APIError } = await import('better-auth/api');
  const [origin] = facts.origins;
  return {
    appName: 'Malleposte',
    baseURL: origin,
    basePath: AUTH_PATH,
    secrets: facts.secrets,
    database: facts.db,
    trustedOrigins: [...facts.origins],
    telemetry: { enabled: false },
    logger: { level: 'warn', log: (level, message) => facts.log(level, message) },
    // Ours, in `limits.ts`, knows the account too, and whose address it is.
    rateLimit: { enabled: false },
    onAPIError: { errorURL: `${origin}${ERROR_PAGE}` },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: PASSWORD_MIN_CHARS,
      maxPasswordLength: PASSWORD_MAX_CHARS,
      password: { hash: facts.hash, verify: verifyPassword },
    },
    account: {
      accountLinking: {
        enabled: true,
        allowUnlinkingAll: false,
        trustedProviders: oidc?.trustsAddresses ? [OIDC_PROVIDER] : [],
      },
      updateAccountOnSignIn: false,
    },
    session: { expiresIn: SESSION_SECONDS, updateAge: RENEW_SECONDS, freshAge: FRESH_SECONDS },
    verification: { storeIdentifier: 'hashed' },
    advanced: {
      cookiePrefix: COOKIE_PREFIX,
      useSecureCookies: origin.startsWith('https:'),
      disableOriginCheck: false,
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax' },
    },
    databaseHooks: {
      session: {
        create: {
          before: async ({ userId }) => {
            if (!(await facts.mayEnter(userId)))
              throw new APIError('FORBIDDEN', { code: 'OPERATOR_DISABLED', message: 'Closed' });
          },
        },
      },
      account: {
        // Who it is, is all that we want to know of another server: its tokens are not kept.
        create: {
          before: async (account) => ({
            data: { ...account, accessToken: null, refreshToken: null, idToken: null },
          }),
        },
      },
    },
  };
}

async function pluginsOf(facts: AuthFacts, oidc: Oidc | null): Promise<BetterAuthOptions['plugins']> {
  const [{ twoFactor, genericOAuth }, { passkey }, { APIError }] = await Promise.all([
    import('better-auth/plugins'),
    import('@better-auth/passkey'),
    import('better-auth/api'),
  ]);
  const [origin] = facts.origins;
  // A key that anybody who holds it can use is half of a key: the person must be asked for a finger, a face or a number.
  const checkPerson = (verified: boolean | undefined): void => {
    if (!verified)
      throw new APIError('UNAUTHORIZED', { code: 'AUTHENTICATION_FAILED', message: 'No person' });
  };
  return [
    twoFactor({
      issuer: `Malleposte (${new URL(origin).host})`,
      backupCodeOptions: { amount: BACKUP_CODES, storeBackupCodes: 'encrypted' },
      accountLockout: { enabled: true, maxFailedAttempts: 10, durationSeconds: 900 },
    }),
    passkey({
      rpID: new URL(origin).hostname,
      rpName: 'Malleposte',
      origin: [...facts.origins],
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      registration: {
        afterVerification: async ({ verification }) =>
          checkPerson(verification.registrationInfo?.userVerified) ?? undefined,
      },
      authentication: {
        afterVerification: async ({ verification }) =>
          checkPerson(verification.authenticationInfo?.userVerified),
      },
    }),
    ...(oidc === null
      ? []
      : [
          genericOAuth({
            config: [
              {
                providerId: OIDC_PROVIDER,
                discoveryUrl: discoveryUrl(oidc),
                requireIdTokenVerification: true,
                clientId: oidc.clientId,
                ...(oidc.clientSecret === null ? {} : { clientSecret: oidc.clientSecret }),
                scopes: ['openid', 'email', 'profile'],
                disableSignUp: true,
                disableProviderLogout: true,
              },
            ],
          }),
        ]),
  ];
}
