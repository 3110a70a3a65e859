import { parseDate } from '../mail/date.ts';
import { asBuffer, FieldNames, fields, scanHeader } from '../mail/header.ts';
import { HeaderCollector } from '../mail/header-collector.ts';
import { subjectText } from '../mail/kin.ts';
import { CrlfWriter, lineBreaks } from '../mail/line-ends.ts';
import { MimeParser } from '../mail/mime.ts';
import type { Hold, Sink } from '../stores/hold.ts';
import { arrival } from './arrival.ts';

/** What a message is made of, as far as targets stumble over it. */
export interface Inspected {
  /** In bytes. */
  size: number;
  subject: string | null;
  /** Of its Date field, milliseconds since 1970; null where it is missing or no date. */
  date: number | null;
  /** The Date field as it stands; null where there is none. */
  dateText: string | null;
  /** When it arrived, by what its header tells; for sources whose listing knows no arrival date. */
  arrivedAt: number | null;
  /** How many From fields. */
  froms: number;
  eightBitHeader: boolean;
  nul: boolean;
  /** In bytes, its line end left out. */
  longestLine: number;
  /** Of attachments, in order; no more than some. */
  fileNames: readonly string[];
}

const NAMES = new FieldNames(['date', 'subject']);
const FILE_NAMES_MAX = 1000;
const TEXT_MAX_CHARS = 200;
const LF = 10;
const CR = 13;

/** Looks at each message while its bytes pass, and keeps none of them: memory is bounded whatever their size. */
export function inspectHold(): Hold<Inspected> {
  return { begin: () => new InspectSink() };
}

class InspectSink implements Sink<Inspected> {
  readonly #lines = new CrlfWriter();
  readonly #header = new HeaderCollector();
  readonly #fileNames: string[] = [];
  readonly #parser = new MimeParser((name) => {
    if (this.#fileNames.length < FILE_NAMES_MAX) this.#fileNames.push(name.slice(0, TEXT_MAX_CHARS));
  });
  #inHeader = true;
  #size = 0;
  #nul = false;
  /** Of the line that the last piece broke off in, and whether a CR came last. */
  #line = 0;
  #afterCr = false;
  #longest = 0;

  write(piece: Uint8Array): void {
    this.#size += piece.length;
    this.#nul ||= asBuffer(piece).includes(0);
    this.#measure(asBuffer(piece));
    for (const lines of this.#lines.write(piece)) this.#pass(lines);
  }

  end(): Inspected {
    for (const ends of lineBreaks(this.#lines.release())) this.#pass(ends);
    this.#parser.end();
    const header = this.#header.take();
    const scan = scanHeader(header, NAMES);
    const [dateText, subject] = scan.values;
    return {
      size: this.#size,
      subject: subject === undefined ? null : subjectText(subject).slice(0, TEXT_MAX_CHARS),
      date: dateText === undefined ? null : parseDate(dateText),
      dateText: dateText?.slice(0, TEXT_MAX_CHARS) ?? null,
      arrivedAt: arrival(null, header).receivedAt,
      froms: fromsIn(header),
      eightBitHeader: scan.eightBit,
      nul: this.#nul,
      longestLine: Math.max(this.#longest, this.#line - Number(this.#afterCr)),
      fileNames: this.#fileNames,
    };
  }

  abort(): void {
    this.#fileNames.length = 0;
  }

  #pass(lines: Uint8Array): void {
    if (this.#inHeader && this.#header.write(lines) >= 0) this.#inHeader = false;
    this.#parser.write(lines);
  }

  #measure(piece: Buffer): void {
    let at = 0;
    for (let end = piece.indexOf(LF); end >= 0; end = piece.indexOf(LF, at)) {
      const cr = end > at ? piece[end - 1] === CR : this.#afterCr;
      this.#longest = Math.max(this.#longest, this.#line + end - at - Number(cr));
      this.#line = 0;
      at = end + 1;
    }
    this.#line += piece.length - at;
    if (piece.length > 0) this.#afterCr = piece.at(-1) === CR;
  }
}

function fromsIn(header: Uint8Array): number {
  let count = 0;
  for (const field of fields(header, header.length)) if (/^from$/i.test(field.name)) count++;
  return count;
}
