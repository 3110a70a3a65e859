import { hash } from 'node:crypto';
import { decodeMailboxName, encodeMailboxName } from '../../wire/imap/mailbox-name.ts';

/**
 * Folder paths as directory names, both ways. A Maildir++ directory is `.LEVEL.LEVEL` in modified UTF-7. What a level
 * may not hold there is written `\2e` with its hex number, as Dovecot's listescape does, so that no name can lead out
 * of the tree: a dot, a slash, a leading tilde, and a backslash where it would read as such an escape. An empty level
 * is `\00`. Names are handled as Latin-1, one character a byte of the directory name.
 */
const ESCAPED = /[./]|^~|\\(?=[0-9a-f]{2})/g;
const ESCAPE = /\\(2e|2f|5c|7e)/g;
const EMPTY = '\\00';

/** Most file systems allow 255 bytes for a name. */
const NAME_MAX_BYTES = 250;
/** A name that is too long is written in plain letters, cut, with a digest of the whole. */
const CUT_MAX_CHARS = 100;
const SHORTENED = /~[0-9a-f]{16}$/;
/** In a folder whose path is too long for a name: the path, as JSON. */
export const PATH_FILE = 'malleposte-path.json';

export function levelOf(segment: string): string {
  if (segment === '') return EMPTY;
  const escaped = segment.replace(ESCAPED, (char) => `\\${char.charCodeAt(0).toString(16)}`);
  return encodeMailboxName(escaped);
}

/** A level as people see it. */
export function segmentOf(level: string): string {
  if (level === EMPTY) return '';
  return decodeMailboxName(level).name.replace(ESCAPE, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** The directory of a folder, and whether its name had to be cut: then `PATH_FILE` inside it holds the path. */
export function directoryOf(path: readonly string[]): { name: string; cut: boolean } {
  const name = `.${path.map(levelOf).join('.')}`;
  if (name.length <= NAME_MAX_BYTES) return { name, cut: false };
  const digest = hash('sha256', name, 'hex').slice(0, 16);
  const letters = path.map((segment) => segment.normalize('NFKD').replace(/[^A-Za-z0-9 ]/g, ''));
  return { name: `.${letters.join(' - ').slice(0, CUT_MAX_CHARS).trim() || 'x'}~${digest}`, cut: true };
}

/** Of a Maildir++ directory name; what `PATH_FILE` says goes before. */
export function pathOfDirectory(name: string): string[] {
  return name.slice(1).split('.').map(segmentOf);
}

export function isCut(name: string): boolean {
  return SHORTENED.test(name);
}
