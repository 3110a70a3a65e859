import { hkdfSync } from 'node:crypto';
import type { SealingKey, SealingKeys } from '../../../wire/sealed.ts';

/** What the sign-in library signs cookies and seals with; `version` stands beside what was sealed. */
export interface SignInSecret {
  version: number;
  value: string;
}

const BYTES = 32;

/**
 * One for each key of the vault, derived (HKDF): nothing of its own lies on the disk, and who has it has not the key. With
 * another first key all sessions end; what is sealed still opens.
 */
export function signInSecrets(keys: SealingKeys): [SignInSecret, ...SignInSecret[]] {
  const [first, ...rest] = keys;
  return [secretOf(first), ...rest.map(secretOf)];
}

function secretOf({ key, id }: SealingKey): SignInSecret {
  const derived = hkdfSync('sha256', key, '', 'malleposte sign-in', BYTES);
  return { version: Number.parseInt(id.slice(0, 8), 16), value: Buffer.from(derived).toString('base64url') };
}
