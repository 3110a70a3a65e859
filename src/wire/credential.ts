import { type Tokens, withToken } from './tokens.ts';

/** `actAs`: the mailbox to open with an administrator's password (SASL authorization identity, RFC 4616 §2). */
export interface Password {
  by: 'password';
  user: string;
  password: string;
  actAs?: string;
}

/** What an account is opened with. */
export type Auth = Password | { by: 'xoauth2'; user: string; tokens: Tokens };

/** What one sign-in is made with. */
export type Credential = Password | { by: 'xoauth2'; user: string; token: string };

/**
 * Opens with what one sign-in needs. A token that is refused is followed by another one, once, on a new connection: many
 * servers end the one on which they refused. Throws what `open` throws, and `denied`, `lost`, `busy`.
 */
export function withCredential<T>(
  auth: Auth | undefined,
  open: (by: Credential | undefined) => Promise<T>,
): Promise<T> {
  if (auth?.by !== 'xoauth2') return open(auth);
  const { by, user, tokens } = auth;
  return withToken(tokens, (token) => open({ by, user, token }));
}
