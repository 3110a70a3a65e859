import { setImmediate as breath } from 'node:timers/promises';
import { Archive, type PstFile } from '../../formats/pst/index.ts';
import { isTrouble } from '../../trouble.ts';
import type { Outlook } from './found.ts';

/** A damaged archive of 50 GB may be searched for long; what is asked here is not worth more. */
const OPEN_MAX_MS = 60_000;
const DAMAGES_MAX = 10;

const CLIENT_AT = 8;
const VERSION_AT = 10;
/** MS-PST §2.2.2.6, wMagicClient: `SM` of a PST, `SO` of an OST. */
const OST = 0x4f53;

/** By the first bytes of a file that begins as a PST does. */
export function outlookKind(head: Buffer): 'pst' | 'ost' {
  return head.length >= VERSION_AT && head.readUInt16LE(CLIENT_AT) === OST ? 'ost' : 'pst';
}

export function generationOf(head: Buffer): Outlook['generation'] {
  const version = head.length >= VERSION_AT + 2 ? head.readUInt16LE(VERSION_AT) : 0;
  if (version === 14 || version === 15) return 'ansi';
  if (version === 36) return 'unicode-4k';
  return version === 21 || version === 23 || version === 37 ? 'unicode' : null;
}

/** Password and damage, as far as opening shows. Throws the signal's reason, and what the file system throws. */
export async function lookIntoOutlook(file: PstFile, head: Buffer, signal: AbortSignal): Promise<Outlook> {
  const seen: Outlook = { generation: generationOf(head), password: null, damages: [], unfinished: false };
  try {
    const archive = await opened(file, signal);
    if (archive === null) return { ...seen, unfinished: true };
    const password = archive.passworded();
    const damages = archive.damages.slice(0, DAMAGES_MAX).map(({ answer, message }) => answer ?? message);
    return { ...seen, password, damages };
  } catch (error) {
    if (!isTrouble(error, 'malformed')) throw error;
    return { ...seen, damages: [error.answer ?? error.message] };
  }
}

/** Null when it takes too long. */
async function opened(file: PstFile, signal: AbortSignal): Promise<Archive | null> {
  const opening = Archive.opening(file);
  const until = performance.now() + OPEN_MAX_MS;
  for (;;) {
    const { done, value } = opening.next();
    if (done) return value;
    await breath();
    signal.throwIfAborted();
    if (performance.now() > until) return null;
  }
}
