import { type Attempt, Trouble, type TroubleKind } from '../trouble.ts';

const KINDS: Record<string, TroubleKind> = {
  ENOENT: 'missing',
  ENOTDIR: 'missing',
  EACCES: 'denied',
  EPERM: 'denied',
  EROFS: 'denied',
  ENOSPC: 'full',
  EDQUOT: 'full',
  ELOOP: 'refused',
  EISDIR: 'refused',
  EFBIG: 'refused',
  ENAMETOOLONG: 'refused',
  EMFILE: 'busy',
  ENFILE: 'busy',
};

/**
 * What the file system said, as a Trouble: `missing`, `denied`, `full`, `refused`, `busy`; a disk or share that fails
 * is `lost`. What is no error of the file system is handed back as it is: a bug must stay one.
 */
export function fileTrouble(cause: unknown, tried: Attempt, on: string): unknown {
  if (cause instanceof Trouble) return cause;
  const code = errorCode(cause);
  if (code === null || code.startsWith('ERR_')) return cause;
  return new Trouble(KINDS[code] ?? 'lost', { tried, on, answer: (cause as Error).message, cause });
}

/** The same for one message among many: what concerns it alone is told, what concerns the store (`lost`, `busy`) is thrown. */
export function unreadTrouble(cause: unknown, on: string): Trouble {
  const trouble = fileTrouble(cause, 'read-message', on);
  if (!(trouble instanceof Trouble)) throw trouble;
  if (trouble.kind === 'denied')
    return new Trouble('refused', { tried: 'read-message', on, answer: trouble.answer ?? '', cause });
  if (trouble.kind === 'missing' || trouble.kind === 'refused' || trouble.kind === 'malformed')
    return trouble;
  throw trouble;
}

/** `ENOENT` and the like; null when it is no error of the file system. */
export function errorCode(error: unknown): string | null {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' ? code : null;
}
