import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { usage } from '../usage.ts';
import type { SealingKey } from './key.ts';

/** One sealed file, as JSON: AES-256-GCM (NIST SP 800-38D), everything but the text itself bound to it. */
interface Sealed {
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
  if (!whole || (name !== null && value.name !== name)) throw usage('secret-damaged', on);
  return value as Sealed;
}

/** Throws Trouble `malformed` (`read-secret`): of another key, or damaged. */
export function unseal(file: Sealed, keys: readonly SealingKey[], on: string): string {
  const by = keys.find(({ id }) => id === file.key);
  if (by === undefined) throw usage('secret-other-key', on);
  const [iv, text, tag] = [file.iv, file.text, file.tag].map((one) => Buffer.from(one, 'base64'));
  if (iv!.length !== IV_BYTES || tag!.length !== TAG_BYTES) throw usage('secret-damaged', on);
  const decipher = createDecipheriv('aes-256-gcm', by.key, iv!, { authTagLength: TAG_BYTES });
  decipher.setAAD(bound(file.name, file.key));
  decipher.setAuthTag(tag!);
  const open = decipher.update(text!);
  try {
    return Buffer.concat([open, decipher.final()]).toString('utf8');
  } catch {
    // All that `final` can say: the tag does not fit.
    throw usage('secret-damaged', on);
  }
}

/** What is sealed under one name opens under no other. */
function bound(name: string, keyId: string): Buffer {
  return Buffer.from(JSON.stringify(['malleposte', 1, keyId, name]));
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
