import { encoded, type Gap, gapsOf, PARTIAL_MAX_BYTES } from '../../formats/emlx/index.ts';
import { Trouble } from '../../trouble.ts';
import type { OpenFile } from '../files.ts';
import { type Hold, poured } from '../hold.ts';
import type { OutsideParts } from './outside.ts';

/**
 * A message whose attachments lie beside it, whole again: its own bytes, and in each gap the attachment, encoded as its header
 * says. The lines of base64 may have been shorter or longer in the original; what they say is the same. Throws `malformed`
 * where a part lies nowhere.
 */
export function pourPartial<B>(
  { file, start, length }: { file: OpenFile; start: number; length: number },
  outside: OutsideParts,
  hold: Hold<B>,
): B {
  if (length > PARTIAL_MAX_BYTES)
    throw new Trouble('refused', {
      tried: 'read-message',
      on: 'emlx',
      answer: 'more text than a message has',
    });
  const message = file.read(start, length);
  const gaps = gapsOf(message);
  // Before anything is poured: a part that is missing is known at once.
  const contents = gaps.map((gap) => outside.find(gap));
  const lineEnd = message.includes('\r\n') ? '\r\n' : '\n';
  const size = length + contents.reduce((sum, content) => sum + content.size, 0);
  return poured(hold, size, (write) => {
    let at = 0;
    for (const [n, gap] of gaps.entries()) {
      write(message.subarray(at, gap.field.start));
      write(message.subarray(gap.field.end, gap.body.start));
      for (const piece of contentOf(gap, contents[n]!, lineEnd)) write(piece);
      at = gap.body.end;
    }
    write(message.subarray(at));
  });
}

/** An attachment beside its message. */
export interface Content {
  /** In bytes. */
  size: number;
  /** As it stood in the message, or decoded. */
  is: 'encoded' | 'decoded';
  pieces(): Iterable<Uint8Array>;
}

function* contentOf(gap: Gap, content: Content, lineEnd: string): Generator<Uint8Array> {
  if (content.is === 'decoded') {
    yield* encoded(content.pieces(), gap, lineEnd);
    return;
  }
  let last = -1;
  for (const piece of content.pieces()) {
    yield piece;
    last = piece.at(-1) ?? last;
  }
  if (last !== 10 && gap.delimited) yield Buffer.from(lineEnd);
}
