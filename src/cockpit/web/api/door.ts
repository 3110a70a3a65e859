import type { Refusal } from '../../contract/values.ts';
import { queryClient } from './ask.ts';
import { Refused, Unreachable } from './call.ts';

const WAIT_MS = 30_000;

/** Asks the sign-in part of the server. Throws `Refused` (perhaps with an empty sentence), `Unreachable`. */
export async function askDoor<Answer>(path: string, body?: object): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(`/api/auth${path}`, {
      signal: AbortSignal.timeout(WAIT_MS),
      ...(body
        ? { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
        : {}),
    });
  } catch (cause) {
    throw new Unreachable(path, { cause });
  }
  const answer = (await response.json().catch(() => null)) as (Answer & Partial<Refusal>) | null;
  if (!response.ok) throw new Refused(response.status, refusalOf(answer));
  return answer as Answer;
}

function refusalOf(answer: Partial<Refusal> | null): Refusal {
  const trouble = answer?.trouble ?? { kind: 'denied', tried: 'sign-in', on: '', answer: null };
  return { trouble, sentence: answer?.sentence ?? '', ...(answer?.fields ? { fields: answer.fields } : {}) };
}

/** Whether a code is asked for before one is in. */
export async function signIn(email: string, password: string): Promise<{ code: boolean }> {
  const answer = await askDoor<{ twoFactorRedirect?: boolean }>('/sign-in/email', { email, password });
  return { code: answer?.twoFactorRedirect === true };
}

/**
 * With a password that was chosen a moment ago. Answers where to go: in, or to the door when it does not open (a code is asked for,
 * too many have tried): what was chosen stands all the same.
 */
export async function signInAnew(email: string, password: string): Promise<'/' | '/sign-in'> {
  queryClient.clear();
  try {
    return (await signIn(email, password)).code ? '/sign-in' : '/';
  } catch (cause) {
    if (cause instanceof Refused || cause instanceof Unreachable) return '/sign-in';
    throw cause;
  }
}

/** The second step: of the app (`totp`), or one of the backup codes. */
export function giveCode(kind: 'totp' | 'backup', code: string): Promise<unknown> {
  const path = kind === 'totp' ? '/two-factor/verify-totp' : '/two-factor/verify-backup-code';
  return askDoor(path, { code });
}

export function knowsPasskeys(): boolean {
  return typeof PublicKeyCredential === 'function' && 'parseRequestOptionsFromJSON' in PublicKeyCredential;
}

/** False: the person thought better of it. */
export async function signInByPasskey(): Promise<boolean> {
  const asked = await askDoor<PublicKeyCredentialRequestOptionsJSON>(
    '/passkey/generate-authenticate-options',
  );
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(asked);
  const credential = await navigator.credentials.get({ publicKey }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'NotAllowedError') return null;
    throw error;
  });
  if (!(credential instanceof PublicKeyCredential)) return false;
  await askDoor('/passkey/verify-authentication', { response: credential.toJSON() });
  return true;
}
