import { z } from 'zod';
import { OIDC_PROVIDER } from './auth.ts';

/** What operators hear of, for the audit. */
export type SignInEvent =
  | 'signed-in'
  | 'sign-in-refused'
  | 'signed-out'
  | 'password-changed'
  | 'totp-added'
  | 'totp-removed'
  | 'backup-codes-made'
  | 'passkey-added'
  | 'passkey-removed'
  | 'oidc-linked'
  | 'oidc-unlinked';

/** One path of the sign-in library that is open; all others are not there. */
export interface AuthPath {
  /** Checked and cut down to what is known; then what is sent on. Null: none is taken. */
  body: z.ZodType<Record<string, unknown>> | null;
  /** Guessing is limited, by address and by the account that the body names or that is signed in. */
  guess?: true;
  /** By the server of the organisation. */
  oidc?: true;
  /** Told when it went well. */
  event?: SignInEvent;
}

const Password = z.string().min(1).max(1024);
const Code = z.string().trim().min(4).max(40);
const Credential = z.looseObject({ id: z.string().max(4096) });
/** A page of ours: what could lead elsewhere is none (`//host`, `/\host`). */
const Page = z
  .string()
  .max(500)
  .regex(/^\/(?![/\\])[^\\\x00-\x20\x7f]*$/)
  .default('/');

export const authPaths: Readonly<Record<string, AuthPath>> = {
  'POST /sign-in/email': {
    body: z.object({ email: z.email().max(254), password: Password }),
    guess: true,
  },
  'POST /sign-out': { body: z.object({}), event: 'signed-out' },
  'POST /change-password': {
    body: z
      .object({ currentPassword: Password, newPassword: Password })
      .transform((body) => ({ ...body, revokeOtherSessions: true })),
    guess: true,
    event: 'password-changed',
  },
  // No device is trusted for longer: a session that was ended must not come back by itself.
  'POST /two-factor/verify-totp': { body: z.object({ code: Code }), guess: true },
  'POST /two-factor/verify-backup-code': { body: z.object({ code: Code }), guess: true },
  'POST /two-factor/enable': { body: z.object({ password: Password }), guess: true },
  'POST /two-factor/disable': { body: z.object({ password: Password }), guess: true, event: 'totp-removed' },
  'POST /two-factor/generate-backup-codes': {
    body: z.object({ password: Password }),
    guess: true,
    event: 'backup-codes-made',
  },
  'GET /passkey/generate-register-options': { body: null },
  'POST /passkey/verify-registration': {
    body: z.object({ response: Credential, name: z.string().trim().max(100).optional() }),
    event: 'passkey-added',
  },
  'GET /passkey/generate-authenticate-options': { body: null },
  'POST /passkey/verify-authentication': { body: z.object({ response: Credential }), guess: true },
  'GET /passkey/list-user-passkeys': { body: null },
  'POST /passkey/update-passkey': {
    body: z.object({ id: z.string().max(64), name: z.string().trim().min(1).max(100) }),
  },
  'POST /passkey/delete-passkey': { body: z.object({ id: z.string().max(64) }), event: 'passkey-removed' },
  'POST /sign-in/social': {
    body: z.object({ callbackURL: Page }).transform((body) => ({ ...body, ...TO_OIDC })),
    oidc: true,
  },
  'POST /link-social': {
    body: z.object({ callbackURL: Page }).transform((body) => ({ ...body, ...TO_OIDC })),
    oidc: true,
  },
  'POST /unlink-account': {
    body: z.object({}).transform(() => ({ providerId: OIDC_PROVIDER })),
    event: 'oidc-unlinked',
  },
  [`GET /callback/${OIDC_PROVIDER}`]: { body: null, oidc: true },
};

const TO_OIDC = { provider: OIDC_PROVIDER, errorCallbackURL: '/sign-in', disableRedirect: true };
