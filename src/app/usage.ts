import { Trouble } from '../trouble.ts';
import type { Key } from '../words/catalogue.ts';

/** Why an address or an option cannot be understood; each has its sentence under `usage` in the catalogues. */
export type UsageCode = CodeOf<Exclude<Key, 'usage.sentence'>>;
type CodeOf<K extends string> = K extends `usage.${infer Code}` ? Code : never;

/**
 * The person asked for something that cannot be understood. A Trouble like any other; its `answer` is the code, so
 * that `--json` readers need no words and people get a sentence in their language.
 *
 * `on` must not hold a secret: of an address, only its public name.
 */
export function usage(code: UsageCode, on: string): Trouble {
  const tried = code.startsWith('secret-') || code === 'no-secret' ? 'read-secret' : 'read-address';
  return new Trouble('malformed', { tried, on, answer: code });
}

/** Whether a Trouble came from `usage`. */
export function isUsage(trouble: Pick<Trouble, 'tried'>): boolean {
  return trouble.tried === 'read-address' || trouble.tried === 'read-secret';
}
