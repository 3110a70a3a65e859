import { itemKind } from '../../formats/mapi/kind.ts';
import { marksOf, receivedAtOf } from '../../formats/mapi/marks.ts';
import { renderMessage } from '../../formats/mapi/render.ts';
import { Notes } from '../../formats/mapi/values.ts';
import { isCompound, openMsg } from '../../formats/msg/index.ts';
import { Trouble } from '../../trouble.ts';
import type { FilePath } from '../below.ts';
import type { Hold } from '../hold.ts';
import { pourSpan, readAt, withFile } from '../pour-file.ts';
import { noted, type Received } from '../source.ts';

/** What a file called `.msg` holds. */
export type MsgMet =
  | { is: 'mail'; marks: readonly string[]; receivedAt: number | null }
  /** An Outlook item that is no mail. */
  | { is: 'other' };

/**
 * Outlook and Exchange let no message beyond 150 MB through; its file is held whole while it is read, because a compound
 * file has its parts in any order.
 */
const MSG_MAX_BYTES = 192 * 1024 * 1024;
/** A compound file has no less. */
const PROBE_BYTES = 512;
/** Some programs call a message as it is `.msg`, too: it begins with a field, or with the line of an mbox. */
const AS_IT_IS = /^(?:From |[!-9;-~]{1,100}[ \t]*:)/;
/** For strings that do not tell their charset: what Outlook writes them in on a Western system. */
const CONTEXT = { codePage: 1252 };
/** An item that becomes more than its whole file, its attachments in base64, holds one thing many times: a bomb. */
const GROWS_MAX = 4;
const GROWS_FREELY_BYTES = 64 * 1024 * 1024;

/** Throws `malformed`, `refused` (too large) and what the file system throws. */
export function metInMsg(file: FilePath): MsgMet {
  return withFile(file, (fd, { size }) => {
    const start = readAt(fd, 0, Math.min(PROBE_BYTES, size));
    if (!isCompound(start) && isAsItIs(start)) return { is: 'mail', marks: [], receivedAt: null };
    const item = openMsg(wholeOf(fd, size));
    if (itemKind(item) !== 'mail') return { is: 'other' };
    return { is: 'mail', marks: marksOf(item), receivedAt: receivedAtOf(item) };
  });
}

type Poured<B> = Omit<Received<B>, 'is' | 'key'>;

/** Pours the message into the hold; `check` is asked first and may throw. Throws as `metInMsg` does. */
export function pourMsg<B>(
  file: FilePath,
  hold: Hold<B>,
  check: (stats: { size: number; mtimeMs: number }) => void,
): Poured<B> {
  return withFile(file, (fd, stats) => {
    check(stats);
    const { size } = stats;
    const start = readAt(fd, 0, Math.min(PROBE_BYTES, size));
    if (isCompound(start) || !isAsItIs(start)) return rendered(wholeOf(fd, size), hold);
    const body = poured(hold, size, (write) => pourSpan({ fd, file, from: 0, to: size }, write));
    return { body, marks: [], receivedAt: null };
  });
}

function rendered<B>(
  bytes: Buffer,
  hold: Hold<B>,
): Poured<B> {
  const item = openMsg(bytes);
  const most = GROWS_MAX * bytes.length + GROWS_FREELY_BYTES;
  const notes = new Notes();
  const marks = marksOf(item, notes);
  const receivedAt = receivedAtOf(item, notes);
  const message = renderMessage(item, CONTEXT, notes);
  const body = poured(hold, bytes.length, (write) => {
    let size = 0;
    for (const chunk of message.chunks()) {
      size += chunk.length;
      if (size > most) throw damaged(`it would become more than ${most} bytes`);
      write(chunk);
    }
  });
  return { body, marks, receivedAt, ...noted(message.notes()) };
}

function poured<B>(hold: Hold<B>, sizeHint: number, pour: (write: (piece: Uint8Array) => void) => void): B {
  const sink = hold.begin(sizeHint);
  try {
    pour((piece) => sink.write(piece));
  } catch (cause) {
    sink.abort();
    throw cause;
  }
  return sink.end();
}

function isAsItIs(start: Buffer): boolean {
  return AS_IT_IS.test(start.toString('latin1'));
}

function wholeOf(fd: number, size: number): Buffer {
  if (size > MSG_MAX_BYTES)
    throw new Trouble('refused', {
      tried: 'read-message',
      on: 'msg',
      answer: `${size} bytes are more than is held at once (${MSG_MAX_BYTES})`,
    });
  return readAt(fd, 0, size);
}

function damaged(answer: string): Trouble {
  return new Trouble('malformed', { tried: 'read-message', on: 'msg', answer });
}
