import {
  HEAD_MAX_BYTES,
  type Quoting,
  readHead,
  UNQUOTE_BEHIND,
  writeUnquoted,
} from '../../formats/mbox/index.ts';
import { Trouble } from '../../trouble.ts';
import type { Hold } from '../hold.ts';
import type { Received } from '../source.ts';
import { type Message, tagOf } from './catalog.ts';
import { readTakeoutHead } from './head.ts';
import type { Shows } from './reel.ts';

/** Reads a message into the hold. Throws Trouble `missing` when another one lies there now. */
export async function readMessage<B>(
  reel: Shows,
  message: Message,
  place: { name: string; on: string },
  hold: Hold<B>,
): Promise<Received<B>> {
  const { key, offset, start, end, filed, receivedAt, quoting } = message;
  const on = `${place.on} ${key}`;
  const shown = await reel.show(offset, Math.min(end - offset, HEAD_MAX_BYTES), on);
  const bytes = reel.bytes.subarray(reel.at, reel.at + shown);
  const plain = readHead(bytes, 0, bytes.length, () => false);
  const head = readTakeoutHead(bytes, 0, plain);
  const tag = tagOf(head, end - start, `${place.name}\n${offset}`);
  if (plain.start + head.strip !== start - offset || !key.startsWith(hex(tag)))
    throw new Trouble('missing', { tried: 'read-message', on, answer: 'another message lies there now' });
  const sink = hold.begin(end - start);
  try {
    await pour(reel, { start, end, quoting, on }, (piece) => sink.write(piece));
  } catch (cause) {
    sink.abort();
    throw cause;
  }
  return { is: 'received', key, marks: filed.marks, receivedAt, body: sink.end() };
}

function hex(tag: readonly number[]): string {
  return tag.map((part) => part.toString(16).padStart(8, '0')).join('');
}

async function pour(
  reel: Shows,
  { start, end, quoting, on }: { start: number; end: number; quoting: Quoting; on: string },
  write: (piece: Uint8Array) => void,
): Promise<void> {
  let from = start;
  while (from < end) {
    const before = from === start ? 0 : 1;
    const shown = await reel.show(from - before, end - from + before, on);
    const last = from - before + shown >= end;
    const at = reel.at + before;
    const span = { from: at, to: reel.at + shown, first: from === start, last };
    const came = writeUnquoted(reel.bytes, span, quoting, write) - at;
    if (came === 0 && !last) throw new Error(`a window must hold more than ${UNQUOTE_BEHIND} bytes`);
    from += came;
  }
}
