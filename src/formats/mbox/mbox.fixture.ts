import assert from 'node:assert/strict';
import { type Part, splitMbox } from './index.ts';
import { type Quoting, writeUnquoted } from './quoting.ts';

/** Ways to write an mbox, for tests. */
export interface Style {
  quoting: Quoting;
  lineEnd: '\n' | '\r\n';
  /** `Content-Length` in each message that has a header. */
  measured?: boolean;
  /** No empty line before a separator line. */
  tight?: boolean;
  postmark?: string;
}

export const POSTMARK = 'From marie@example.org Fri May 17 09:30:12 2019';

/** Messages must end with a line end. */
export function writeMbox(messages: readonly string[], style: Style): Buffer {
  const { quoting, lineEnd, measured = false, tight = false, postmark = POSTMARK } = style;
  const text = messages.map((message) => {
    const quoted =
      quoting === 'none'
        ? message
        : message.replace(quoting === 'mboxrd' ? /^(>*From )/gm : /^(From )/gm, '>$1');
    return `${postmark}${lineEnd}${measured ? measure(quoted, lineEnd) : quoted}${tight ? '' : lineEnd}`;
  });
  return Buffer.from(text.join(''), 'latin1');
}

/** The message as `writeMbox` writes it with `measured`. */
export function measure(message: string, lineEnd: string): string {
  const body = message.indexOf(lineEnd + lineEnd) + 2 * lineEnd.length;
  return `Content-Length: ${message.length - body}${lineEnd}${message}`;
}

export async function partsOf(mbox: Buffer, blockBytes = mbox.length): Promise<Part[]> {
  const parts: Part[] = [];
  const readAt = async (into: Buffer, position: number) =>
    mbox.copy(into, 0, position, Math.min(mbox.length, position + Math.min(blockBytes, into.length)));
  for await (const batch of splitMbox(readAt, mbox.length)) parts.push(...batch);
  return parts;
}

export function textOf(mbox: Buffer, part: Part, quoting: Quoting): string {
  const pieces: Buffer[] = [];
  const span = { from: part.start, to: part.end, first: true, last: true };
  writeUnquoted(mbox, span, quoting, (piece) => pieces.push(Buffer.from(piece)));
  return Buffer.concat(pieces).toString('latin1');
}

/** Every byte belongs to one part, and what of a part is no message is a separator line and an empty line. */
export function accounted(mbox: Buffer, parts: readonly Part[]): void {
  let at = 0;
  for (const part of parts) {
    assert.equal(part.offset, at);
    assert.ok(part.offset <= part.start && part.start <= part.end && part.end <= part.next);
    const tail = mbox.toString('latin1', part.end, part.next);
    if (part.is === 'message') {
      assert.match(mbox.toString('latin1', part.offset, part.start), /^From [^\n]*\n?$/);
      assert.match(tail, /^(?:\r?\n)?$/);
    } else assert.match(tail, /^(?:\xef\xbb\xbf)?\s*$/);
    at = part.next;
  }
  assert.equal(at, mbox.length);
}
