/**
 * Enough of IMAP's framing (RFC 9051 §4.3) to know where lines, literals and commands begin and end. Bytes go in as
 * they come; whole lines and pieces of literals come out.
 */
export interface Framing {
  push(chunk: Buffer): void;
}

export interface FramingEvents {
  /** A whole line with its line end, or one too long to wait for. `literalBytes`: what follows it, if anything. */
  line(line: Buffer, literalBytes: number | null): void;
  /** A piece of a literal; `last` when it is complete. */
  literal(piece: Buffer, last: boolean): void;
}

const LONGEST_LINE = 1024 * 1024;
const LF = 10;

export function framing(events: FramingEvents): Framing {
  let rest: Buffer = Buffer.alloc(0);
  let literalLeft = 0;

  function takeLiteral(bytes: Buffer): Buffer {
    const piece = bytes.subarray(0, literalLeft);
    literalLeft -= piece.length;
    events.literal(piece, literalLeft === 0);
    return bytes.subarray(piece.length);
  }

  return {
    push(chunk) {
      let bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
      while (bytes.length > 0) {
        if (literalLeft > 0) {
          bytes = takeLiteral(bytes);
          continue;
        }
        const end = bytes.indexOf(LF);
        if (end < 0 && bytes.length < LONGEST_LINE) break;
        const line = bytes.subarray(0, end < 0 ? bytes.length : end + 1);
        bytes = bytes.subarray(line.length);
        const size = /\{(\d{1,10})[+-]?\}\r?\n$/.exec(line.subarray(-20).toString('latin1'))?.[1];
        literalLeft = Number(size ?? 0);
        events.line(line, size === undefined ? null : literalLeft);
      }
      rest = bytes.length > 0 ? Buffer.from(bytes) : Buffer.alloc(0);
    },
  };
}

/** Takes words out of lines that announce capabilities, and the codes that come with UIDPLUS. Others stay as they are. */
export function stripLine(line: Buffer, words: ReadonlySet<string>): Buffer {
  const text = line.subarray(0, 4096).toString('latin1');
  if (/^\* CAPABILITY |^\S+ (?:OK|PREAUTH) \[CAPABILITY /i.test(text)) {
    const all = line.toString('latin1');
    const kept = all.replace(/ ([^\s\]]+)/g, (whole, word: string) =>
      words.has(word.toUpperCase()) ? '' : whole,
    );
    return Buffer.from(kept, 'latin1');
  }
  if (words.has('UIDPLUS') && /^\S+ OK \[(?:APPENDUID|COPYUID) /i.test(text))
    return Buffer.from(line.toString('latin1').replace(/\[(?:APPENDUID|COPYUID) [^\]]*\] ?/i, ''), 'latin1');
  return line;
}
