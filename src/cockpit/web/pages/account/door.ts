import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { queryClient } from '../../api/ask.ts';
import { Refused } from '../../api/call.ts';
import { askDoor } from '../../api/door.ts';

/** Why the door said no, as a code; null: it was something else. */
export function doorCode(error: unknown): string | null {
  return error instanceof Refused ? error.refusal.trouble.answer : null;
}

/** Something that is asked of the door; `attempt` answers whether it went well, `error` is the last refusal. */
export function useDoor() {
  const [acting, setActing] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const attempt = async (work: () => Promise<void>): Promise<boolean> => {
    setActing(true);
    setError(null);
    try {
      await work();
      return true;
    } catch (cause) {
      // Signed out meanwhile: whoever asks who one is goes to the door by itself.
      if (doorCode(cause) === 'not-signed-in') await queryClient.invalidateQueries();
      setError(cause);
      return false;
    } finally {
      setActing(false);
    }
  };
  return { acting, error, attempt, forgive: () => setError(null) };
}

/** As the sign-in library lists them; a public key is no secret. */
export interface Passkey {
  id: string;
  name?: string | null;
  createdAt?: string | null;
  backedUp: boolean;
}

const PASSKEYS = ['passkeys'];

export function usePasskeys() {
  return useQuery({ queryKey: PASSKEYS, queryFn: () => askDoor<Passkey[]>('/passkey/list-user-passkeys') });
}

/** The list, and how many there are of those who are signed in. */
export async function passkeysChanged(): Promise<void> {
  await Promise.all([queryClient.invalidateQueries({ queryKey: PASSKEYS }), meChanged()]);
}

export async function meChanged(): Promise<void> {
  await queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] === 'GET /me' });
}

/** A browser makes passkeys for a name only, and only where nobody can read along. */
export function mayHavePasskeys(): boolean {
  const named = /[a-z]/i.test(location.hostname) && !location.hostname.includes(':');
  return (
    named &&
    typeof PublicKeyCredential === 'function' &&
    'parseCreationOptionsFromJSON' in PublicKeyCredential
  );
}

/** What came of adding one; `elsewhere` with the address to which passkeys belong. */
export type Added =
  | { is: 'added' | 'stopped' | 'already' | 'impossible' }
  | { is: 'elsewhere'; host: string };

/** Throws `Refused`, `Unreachable`. */
export async function addPasskey(name: string): Promise<Added> {
  const asked = await askDoor<PublicKeyCredentialCreationOptionsJSON>('/passkey/generate-register-options');
  const host = asked.rp.id ?? location.hostname;
  if (location.hostname !== host && !location.hostname.endsWith(`.${host}`)) return { is: 'elsewhere', host };
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(asked);
  let credential: Credential | null;
  try {
    credential = await navigator.credentials.create({ publicKey });
  } catch (error) {
    const said = error instanceof DOMException ? WHY[error.name] : undefined;
    if (said === undefined) throw error;
    return { is: said };
  }
  if (!(credential instanceof PublicKeyCredential)) return { is: 'stopped' };
  await askDoor('/passkey/verify-registration', { response: credential.toJSON(), name });
  return { is: 'added' };
}

const WHY: Readonly<Record<string, 'stopped' | 'already' | 'impossible'>> = {
  NotAllowedError: 'stopped',
  AbortError: 'stopped',
  InvalidStateError: 'already',
  NotSupportedError: 'impossible',
  ConstraintError: 'impossible',
  SecurityError: 'impossible',
};

/** Out, and in again, and back to here: for what asks for a fresh sign-in. */
export async function signInAgain(): Promise<void> {
  const back = location.pathname + location.search;
  try {
    await askDoor('/sign-out', {});
  } finally {
    queryClient.clear();
    location.assign(`/sign-in?back=${encodeURIComponent(back)}`);
  }
}
