import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { readPostmark } from '../../formats/mbox/index.ts';
import { looksLikePst } from '../../formats/pst/index.ts';
import { isZip, listZip } from '../../formats/zip/index.ts';
import type { FilePath } from '../../stores/below.ts';
import { isTrouble } from '../../trouble.ts';
import type { Outlook } from './found.ts';
import { lookIntoOutlook, outlookKind } from './outlook.ts';

/** Enough for the first line and the header of most messages. */
const HEAD_BYTES = 4096;
const MESSAGE_NAME = /\.(?:emlx?|msg)$/i;
const ZIP_NAME = /\.zip$/i;
/** Takeout writes one of these into each message. */
const TAKEOUT_FIELD = /^(?:X-Gmail-Labels|X-GM-THRID):/im;

export interface Recognised {
  /** `message`: one of a folder of such files. */
  kind: 'pst' | 'ost' | 'mbox' | 'takeout' | 'eml' | 'message';
  stats: Stats;
  outlook: Outlook | null;
}

/** No link is followed, nothing that is no file is waited for. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** What mail a file holds, by its bytes; null for none. Throws what the file system throws, and the signal's reason. */
export async function recognise(
  file: FilePath,
  name: string,
  signal: AbortSignal,
): Promise<Recognised | null> {
  const fd = openSync(file, FLAGS);
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile() || stats.size === 0) return null;
    if (MESSAGE_NAME.test(name)) return { kind: 'message', stats, outlook: null };
    const buffer = Buffer.alloc(Math.min(HEAD_BYTES, stats.size));
    const head = buffer.subarray(0, readSync(fd, buffer, 0, buffer.length, 0));
    if (looksLikePst(head)) {
      const readAt = (into: Uint8Array, position: number): number =>
        readSync(fd, into, 0, into.length, position);
      const outlook = await lookIntoOutlook({ size: stats.size, readAt }, head, signal);
      return { kind: outlookKind(head), stats, outlook };
    }
    if (isMbox(head)) {
      const kind = TAKEOUT_FIELD.test(head.toString('latin1')) ? 'takeout' : 'mbox';
      return { kind, stats, outlook: null };
    }
    if (!ZIP_NAME.test(name) || !isZip(head)) return null;
    const kind = await kindInZip(fd, stats.size, name);
    return kind && { kind, stats, outlook: null };
  } finally {
    closeSync(fd);
  }
}

/** By its first line; empty lines before it are left out, as some programs write them. */
function isMbox(head: Buffer): boolean {
  const text = head.toString('latin1').replace(/^[\r\n]+/, '');
  if (!text.startsWith('From ')) return false;
  const [line = '', next = ''] = text.split(/\r?\n/, 2);
  const postmark = readPostmark(line);
  // A line without a date is one of an mbox only before a header.
  return postmark?.is === 'dated' || (postmark !== null && /^>?[!-9;-~]+[ \t]*:|^>?From /.test(next));
}

const IN_ZIP = [
  { kind: 'takeout', name: /(?:^|[/\\])Takeout[/\\].*\.mbox$/i },
  { kind: 'eml', name: MESSAGE_NAME },
  { kind: 'mbox', name: /\.(?:mbox|mbx|sbd[/\\][^/\\]+)$|(?:^|[/\\])(?:Mail|ImapMail)[/\\].*[/\\]Inbox$/i },
] as const;

/** By the names in it; of several kinds the first of the list. */
async function kindInZip(fd: number, size: number, name: string): Promise<'takeout' | 'mbox' | 'eml' | null> {
  const readAt = async (into: Buffer, position: number): Promise<number> =>
    readSync(fd, into, 0, into.length, position);
  const met = new Set<string>();
  try {
    await listZip(readAt, size, name, (entry) => {
      if (entry.is === 'file')
        for (const { kind, name: looks } of IN_ZIP)
          if (!met.has(kind) && looks.test(entry.name)) met.add(kind);
      return false;
    });
  } catch (error) {
    // A zip that cannot be listed is no mail that could be read.
    if (!isTrouble(error, 'malformed')) throw error;
    return null;
  }
  return IN_ZIP.find(({ kind }) => met.has(kind))?.kind ?? null;
}
