import { isTrouble, Trouble } from '../../trouble.ts';

/** What the bytes at one place of the file cannot be; `on` names the place for people. */
export function damage(on: string, answer: string): Trouble {
  return new Trouble('malformed', { tried: 'read-file', on, answer });
}

/** What `act` makes, or null where the file is damaged there. */
export function unlessDamaged<T>(act: () => T, tell: (trouble: Trouble) => void): T | null {
  try {
    return act();
  } catch (cause) {
    if (!isTrouble(cause, 'malformed')) throw cause;
    tell(cause);
    return null;
  }
}
