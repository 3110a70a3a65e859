import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { Trouble } from '../trouble.ts';
import { isLoopback } from '../wire/address.ts';
import { publicName, type SecretRef, type ServerAddress } from './address.ts';
import { usage } from './usage.ts';

/** Something a person should know, though it stops nothing; words under `warn` in the catalogues. */
export interface Warning {
  code: 'secret-in-url' | 'secret-file-open' | 'clear-text' | 'option-ignored';
  on: string;
}

/** How the edge reaches the person: to warn, and to ask when there is a terminal. */
export interface Person {
  warn(warning: Warning): void;
  /** Null without a terminal. */
  ask: ((what: 'password' | 'token', on: string) => Promise<string>) | null;
}

/** A secret that is a text, not a way to tokens. */
export type PlainRef = Exclude<SecretRef, { by: 'consent' | 'app' }>;

/** A password is one line; an access token a few kilobytes. */
const SECRET_MAX_BYTES = 64 * 1024;

/** Any user of the machine may read the file. */
const READABLE_BY_ALL = 0o004;

/**
 * The secret of an account.
 *
 * @throws Trouble `malformed` (`read-secret`) when there is none to be had
 */
export function readSecret(address: ServerAddress & { secret: PlainRef }, person: Person): Promise<string> {
  return secretText(address.secret, address.secretIs, publicName(address), person);
}

/** The same, of anything that has one: `on` names it. */
export async function secretText(
  secret: PlainRef,
  what: 'password' | 'token',
  on: string,
  person: Person,
): Promise<string> {
  switch (secret.by) {
    case 'url':
      return secret.secret;
    case 'env':
      return kept(process.env[secret.name] ?? missing(on), on);
    case 'file':
      return kept(await readSecretFile(secret.path, on, person), on);
    case 'ask':
      if (person.ask === null) throw usage('no-secret', on);
      return kept(await person.ask(what, on), on);
  }
}

/** Tells what is unwise in an address, once. */
export function warnOf(address: ServerAddress, person: Person): void {
  const on = publicName(address);
  if (address.secret.by === 'url') person.warn({ code: 'secret-in-url', on });
  if (address.security === 'none' && !isLoopback(address.host)) person.warn({ code: 'clear-text', on });
}

function kept(secret: string, on: string): string {
  if (secret === '') throw usage('secret-empty', on);
  return secret;
}

function missing(on: string): never {
  throw usage('secret-missing', on);
}

/** Without its last line end; warns when it is open to all. */
export async function readSecretFile(path: string, on: string, person: Person): Promise<string> {
  try {
    const file = await open(path, 'r');
    try {
      const { mode, size } = await file.stat();
      if (size > SECRET_MAX_BYTES) throw usage('secret-too-large', on);
      if (process.platform !== 'win32' && mode & READABLE_BY_ALL)
        person.warn({ code: 'secret-file-open', on });
      const room = Buffer.alloc(SECRET_MAX_BYTES);
      const { bytesRead } = await file.read(room, 0, room.length, 0);
      return room.toString('utf8', 0, bytesRead).replace(/\r?\n$/, '');
    } finally {
      await file.close();
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === undefined) throw cause;
    throw new Trouble('missing', { tried: 'read-secret', on, answer: 'secret-missing', cause });
  }
}

/** The token as the file has it now; null when it cannot be read at this moment (being written anew). */
export function rereadToken(path: string): string | null {
  try {
    return (
      readFileSync(path, 'utf8')
        .slice(0, SECRET_MAX_BYTES)
        .replace(/\r?\n$/, '') || null
    );
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return null;
  }
}
