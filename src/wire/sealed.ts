import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hash,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { Trouble } from '../trouble.ts';

/** 256 bits, and a name for them that tells nothing of them. */
export interface SealingKey {
  key: KeyObject;
  id: string;
}

/** The first seals, any opens. */
export type SealingKeys = readonly [SealingKey, ...SealingKey[]];

/** One sealed text, as JSON: AES-256-GCM (NIST SP 800-38D), everything but the text itself bound to it. */
export interface Sealed {
  sealed: 1;
  name: string;
  /** `SealingKey.id`. */
  key: string;
  /** Base64. */
  iv: string;
  text: string;
  tag: string;
}

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Of 32 bytes. */
export function keyOf(bytes: Buffer): SealingKey {
  const id = hash('sha256', Buffer.concat([Buffer.from('malleposte key id\0'), bytes]), 'hex').slice(0, 16);
  return { key: createSecretKey(bytes), id };
}

/** Seals a text under a name: it opens under this one alone. */
export function seal(name: string, text: string, { key, id }: SealingKey): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(bound(name, id));
  const bytes = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  const base64 = (one: Buffer): string => one.toString('base64');
  const file: Sealed = {
    ...{ sealed: 1, name, key: id, iv: base64(iv), text: base64(bytes) },
    tag: base64(cipher.getAuthTag()),
  };
  return `${JSON.stringify(file)}\n`;
}

/** `on` is where it lies. Throws Trouble `malformed` (`read-secret`): damaged, or of another name. */
export function readSealed(file: string, name: string | null, on: string): Sealed {
  const value = parsed(file) as Partial<Sealed> | null;
  const whole =
    value !== null &&
    value.sealed === 1 &&
    [value.name, value.key, value.iv, value.text, value.tag].every((one) => typeof one === 'string');
  if (!whole || (name !== null && value.name !== name)) throw unreadable('secret-damaged', on);
  return value as Sealed;
}

/** Throws Trouble `malformed` (`read-secret`): of another key, or damaged. */
export function unseal(file: Sealed, keys: readonly SealingKey[], on: string): string {
  const by = keys.find(({ id }) => id === file.key);
  if (by === undefined) throw unreadable('secret-other-key', on);
  const [iv, text, tag] = [file.iv, file.text, file.tag].map((one) => Buffer.from(one, 'base64'));
  if (iv!.length !== IV_BYTES || tag!.length !== TAG_BYTES) throw unreadable('secret-damaged', on);
  const decipher = createDecipheriv('aes-256-gcm', by.key, iv!, { authTagLength: TAG_BYTES });
  decipher.setAAD(bound(file.name, file.key));
  decipher.setAuthTag(tag!);
  const open = decipher.update(text!);
  try {
    return Buffer.concat([open, decipher.final()]).toString('utf8');
  } catch {
    // All that `final` can say: the tag does not fit.
    throw unreadable('secret-damaged', on);
  }
}

/** What is sealed under one name opens under no other. */
function bound(name: string, keyId: string): Buffer {
  return Buffer.from(JSON.stringify(['malleposte', 1, keyId, name]));
}

/** The answers have their sentences under `usage` in the catalogues. */
function unreadable(answer: 'secret-damaged' | 'secret-other-key', on: string): Trouble {
  return new Trouble('malformed', { tried: 'read-secret', on, answer });
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return null;
  }
}
