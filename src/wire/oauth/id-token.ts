/** Who gave the consent, as the provider says. */
export interface Identified {
  /** In lower case; empty when it tells none. */
  addresses: string[];
}

const ID_TOKEN_MAX_CHARS = 16 * 1024;

/**
 * Reads the claims of an id_token. Its signature is not looked at: it came from the token endpoint itself under TLS (OpenID
 * Connect Core §3.1.3.7, 6), and serves to notice a mix-up, not to let anybody in. Null when it is none, or not for us.
 */
export function readIdToken(text: string, clientId: string): Identified | null {
  if (text.length > ID_TOKEN_MAX_CHARS) return null;
  const claims = claimsOf(text.split('.')[1] ?? '');
  if (claims === null) return null;
  const audience = Array.isArray(claims.aud) ? claims.aud : [claims.aud];
  if (!audience.includes(clientId)) return null;
  // Microsoft puts the name of the sign-in into the second and often leaves the first out.
  const told = [claims.email, claims.preferred_username, claims.upn];
  const addresses = told.filter((one) => typeof one === 'string').map((one) => one.toLowerCase());
  return { addresses: addresses.filter((one) => one.includes('@')) };
}

function claimsOf(part: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : null;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return null;
  }
}
