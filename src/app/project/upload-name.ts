import path from 'node:path';

/** Endings of what can be read here; everything else is a file that somebody chose by mistake. */
export const UPLOAD_ENDINGS = ['pst', 'ost', 'mbox', 'mbx', 'zip', 'eml', 'msg'] as const;

const STEM_MAX_CHARS = 60;
/** Names that Windows keeps for itself, whatever follows them. */
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)$/i;

/**
 * What a file from outside is called here: letters, digits, single spaces and dashes of its name, and one of the known endings. So no
 * part of it means anything to a file system; the file lies in a folder of its own besides. Null: no ending of ours.
 */
export function uploadName(given: string): string | null {
  const last = given.slice(-1_000).split(/[\\/]/).at(-1)!;
  const ending = path.extname(last).slice(1).toLowerCase();
  if (!(UPLOAD_ENDINGS as readonly string[]).includes(ending)) return null;
  const stem = last
    .slice(0, -ending.length - 1)
    .normalize('NFC')
    .toWellFormed()
    .replace(/[^\p{L}\p{N}]+/gu, (between) => (/^ *- *$/.test(between) ? between : ' '))
    .trim()
    .slice(0, STEM_MAX_CHARS)
    .toWellFormed()
    .replace(/[^\p{L}\p{N}]+$/u, '')
    .replace(/^[^\p{L}\p{N}]+/u, '');
  return `${stem === '' || RESERVED.test(stem) ? 'archive' : stem}.${ending}`;
}
