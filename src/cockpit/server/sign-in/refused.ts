import type { Trouble } from '../../../trouble.ts';
import { type DoorCode, door } from '../shell/doors.ts';
import { PASSWORD_MAX_CHARS, PASSWORD_MIN_CHARS } from './password.ts';

/** What the sign-in library answers when it says no. */
export interface LibraryRefusal {
  code?: unknown;
  message?: unknown;
}

const LOCKED_MS = 15 * 60_000;

const CODES: Readonly<Record<string, DoorCode>> = {
  INVALID_EMAIL_OR_PASSWORD: 'wrong-password',
  INVALID_PASSWORD: 'wrong-password',
  INVALID_EMAIL: 'wrong-password',
  CREDENTIAL_ACCOUNT_NOT_FOUND: 'wrong-password',
  INVALID_CODE: 'wrong-code',
  INVALID_BACKUP_CODE: 'wrong-code',
  INVALID_TWO_FACTOR_COOKIE: 'code-late',
  TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE: 'code-late',
  SESSION_NOT_FRESH: 'sign-in-again',
  SESSION_EXPIRED: 'not-signed-in',
  UNAUTHORIZED: 'not-signed-in',
  OPERATOR_DISABLED: 'disabled',
  PASSKEY_NOT_FOUND: 'passkey-failed',
  AUTHENTICATION_FAILED: 'passkey-failed',
  CHALLENGE_NOT_FOUND: 'passkey-failed',
  FAILED_TO_VERIFY_REGISTRATION: 'passkey-failed',
};

/** A Trouble of the door; what the library calls its own fault is a bug and is thrown as one. */
export function refusedBecause(status: number, { code, message }: LibraryRefusal): Trouble | Error {
  const name = typeof code === 'string' ? code : '';
  if (name === 'ACCOUNT_TEMPORARILY_LOCKED') return door('too-many', { retryAfterMs: LOCKED_MS });
  if (name === 'PASSWORD_TOO_SHORT') return door('password-short', { detail: PASSWORD_MIN_CHARS });
  if (name === 'PASSWORD_TOO_LONG') return door('password-long', { detail: PASSWORD_MAX_CHARS });
  const known = Object.hasOwn(CODES, name) ? CODES[name] : undefined;
  if (known !== undefined) return door(known);
  if (status >= 500) return new Error(`sign-in: ${status} ${name} ${String(message ?? '')}`);
  if (status === 401) return door('not-signed-in');
  return door('sign-in-refused', { detail: /^[A-Z_]{1,80}$/.test(name) ? name.toLowerCase() : status });
}
