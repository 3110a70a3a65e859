import {
  HEAD_MAX_BYTES,
  readHead,
  readPostmark,
  UNQUOTE_BEHIND,
  writeUnquoted,
} from '../../formats/mbox/index.ts';
import { Trouble } from '../../trouble.ts';
import { fileTrouble, unreadTrouble } from '../file-trouble.ts';
import type { LargeFile } from '../files.ts';
import type { Hold } from '../hold.ts';
import type { Received, Unread } from '../source.ts';
import { PREAMBLE, readKey } from './key.ts';

/** Read in one go: many small messages that lie together come with one call. */
const WINDOW_BYTES = 1024 * 1024;

/** Messages by key from an open file. `on` names the file in troubles. */
export async function* readMessages<B>(
  file: LargeFile,
  on: string,
  keys: readonly string[],
  hold: Hold<B>,
): AsyncGenerator<Received<B> | Unread> {
  const window = new Window(file, on);
  for (const key of keys) {
    try {
      yield await readMessage(window, key, hold, on);
    } catch (cause) {
      yield { is: 'unread', key, trouble: unreadTrouble(cause, `${on} ${key}`) };
    }
  }
}

async function readMessage<B>(window: Window, key: string, hold: Hold<B>, on: string): Promise<Received<B>> {
  const place = readKey(key);
  if (place === null) throw gone(on, key, 'no key of an mbox');
  if (place.digest === PREAMBLE)
    throw new Trouble('malformed', {
      tried: 'read-message',
      on: `${on} ${key}`,
      answer: `${place.length} bytes before the first separator line are no message`,
    });
  const { offset, length } = place;
  const shown = await window.show(offset, Math.min(length, HEAD_MAX_BYTES));
  const bytes = window.bytes.subarray(window.at, window.at + shown);
  const head = readHead(bytes, 0, bytes.length, () => false);
  if (head.digest !== place.digest) throw gone(on, key, 'another message lies there now');
  if (head.partial)
    throw new Trouble('malformed', {
      tried: 'read-message',
      on: `${on} ${key}`,
      answer: 'Thunderbird has fetched only the beginning of it',
    });
  const receivedAt = readPostmark(bytes.toString('latin1', 0, head.start).trimEnd())?.date ?? null;
  const sink = hold.begin(length - head.start);
  try {
    await pour(window, offset + head.start, offset + length, place.quoting, (piece) => sink.write(piece));
  } catch (cause) {
    sink.abort();
    throw cause;
  }
  return { is: 'received', key, marks: head.marks, receivedAt, body: sink.end() };
}

async function pour(
  window: Window,
  start: number,
  end: number,
  quoting: 'mboxrd' | 'mboxo' | 'none',
  write: (piece: Uint8Array) => void,
): Promise<void> {
  let from = start;
  while (from < end) {
    const before = from === start ? 0 : 1;
    const shown = await window.show(from - before, end - from + before);
    const last = from - before + shown >= end;
    const at = window.at + before;
    const span = { from: at, to: window.at + shown, first: from === start, last };
    const came = writeUnquoted(window.bytes, span, quoting, write) - at;
    if (came === 0 && !last) throw new Error('a window must hold more than a quoted line');
    from += came;
  }
}

function gone(on: string, key: string, answer: string): Trouble {
  return new Trouble('missing', { tried: 'read-message', on: `${on} ${key}`, answer });
}

class Window {
  readonly bytes = Buffer.allocUnsafeSlow(WINDOW_BYTES);
  /** Index of what was last shown. */
  at = 0;
  private base = 0;
  private length = 0;
  private readonly file: LargeFile;
  private readonly on: string;

  constructor(file: LargeFile, on: string) {
    this.file = file;
    this.on = on;
  }

  /** Makes `length` bytes from `offset` visible, or as many as fit; answers how many. The file must have them. */
  async show(offset: number, length: number): Promise<number> {
    const wanted = Math.min(length, this.bytes.length);
    const inside = offset >= this.base && offset + wanted <= this.base + this.length;
    const partly =
      offset >= this.base && this.base + this.length - offset > 2 * UNQUOTE_BEHIND && length > wanted;
    if (!inside && !partly) await this.fill(offset, wanted);
    this.at = offset - this.base;
    return Math.min(wanted, this.base + this.length - offset);
  }

  private async fill(offset: number, wanted: number): Promise<void> {
    let filled = 0;
    try {
      while (filled < this.bytes.length) {
        const came = await this.file.read(this.bytes.subarray(filled), offset + filled);
        filled += came;
        if (came === 0) break;
      }
    } catch (cause) {
      this.length = 0;
      throw fileTrouble(cause, 'read-message', this.on);
    }
    this.base = offset;
    this.length = filled;
    if (filled < wanted)
      throw new Trouble('missing', { tried: 'read-message', on: this.on, answer: 'the file is shorter now' });
  }
}
