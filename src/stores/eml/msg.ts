import { itemKind } from '../../formats/mapi/kind.ts';
import { marksOf, receivedAtOf } from '../../formats/mapi/marks.ts';
import { renderMessage } from '../../formats/mapi/render.ts';
import { Notes } from '../../formats/mapi/values.ts';
import { isCompound, openMsg } from '../../formats/msg/index.ts';
import { Trouble } from '../../trouble.ts';
import { type Files, HELD_MAX_BYTES, type OpenFile } from '../files.ts';
import { type Hold, poured } from '../hold.ts';
import { noted, type Received } from '../source.ts';

/** What a file called `.msg` holds. */
export type MsgMet =
  | { is: 'mail'; marks: readonly string[]; receivedAt: number | null }
  /** An Outlook item that is no mail. */
  | { is: 'other' };

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
export function metInMsg(files: Files, handle: string): MsgMet {
  return files.use(handle, (file) => {
    const start = file.read(0, Math.min(PROBE_BYTES, file.size));
    if (!isCompound(start) && isAsItIs(start)) return { is: 'mail', marks: [], receivedAt: null };
    const item = openMsg(wholeOf(file));
    if (itemKind(item) !== 'mail') return { is: 'other' };
    return { is: 'mail', marks: marksOf(item), receivedAt: receivedAtOf(item) };
  });
}

type Poured<B> = Omit<Received<B>, 'is' | 'key'>;

/** Pours the message into the hold; `check` is asked first and may throw. Throws as `metInMsg` does. */
export function pourMsg<B>(
  files: Files,
  handle: string,
  hold: Hold<B>,
  check: (stats: { size: number; mtimeMs: number }) => void,
): Poured<B> {
  return files.use(handle, (file) => {
    check(file);
    const { size } = file;
    const start = file.read(0, Math.min(PROBE_BYTES, size));
    if (isCompound(start) || !isAsItIs(start)) return rendered(wholeOf(file), hold);
    const body = poured(hold, size, (write) => file.pour(0, size, write));
    return { body, marks: [], receivedAt: null };
  });
}

function rendered<B>(bytes: Buffer, hold: Hold<B>): Poured<B> {
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

function isAsItIs(start: Buffer): boolean {
  return AS_IT_IS.test(start.toString('latin1'));
}

function wholeOf({ size, read }: OpenFile): Buffer {
  if (size > HELD_MAX_BYTES)
    throw new Trouble('refused', {
      tried: 'read-message',
      on: 'msg',
      answer: `${size} bytes are more than is held at once (${HELD_MAX_BYTES})`,
    });
  return read(0, size);
}

function damaged(answer: string): Trouble {
  return new Trouble('malformed', { tried: 'read-message', on: 'msg', answer });
}
