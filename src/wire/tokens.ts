import { isTrouble } from '../trouble.ts';

/** Where the access tokens of an account come from. They end after an hour, a move goes on through the night. */
export interface Tokens {
  /**
   * An access token good for at least a minute, where the other side gives such; `refused` is the one that was not taken:
   * another is got. Throws `denied`, `lost`, `busy`.
   */
  token(refused?: string): Promise<string>;
}

/** A token that was given once and is all there is. */
export function fixedToken(text: string): Tokens {
  return { token: async () => text };
}

/**
 * Signs in with a token, and, when the server refuses it, exactly once more with another one, if there is another: a token
 * may have ended before its time, or been withdrawn. Throws what `signIn` throws, and `denied`, `lost`, `busy`.
 */
export async function withToken<T>(tokens: Tokens, signIn: (token: string) => Promise<T>): Promise<T> {
  const first = await tokens.token();
  try {
    return await signIn(first);
  } catch (error) {
    if (!isTrouble(error, 'denied') || error.tried !== 'sign-in') throw error;
    const other = await tokens.token(first);
    if (other === first) throw error;
    return await signIn(other);
  }
}
