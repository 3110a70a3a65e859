/**
 * The text of RTF: the HTML or plain text that was wrapped in it (MS-OXRTFEX), or what a reader would see of real RTF.
 */
import { decodePage } from './charset.ts';
import { RtfTokens } from './rtf-tokens.ts';
import { FONT_PAGES, HIDDEN_GROUPS, TEXT_WORDS } from './rtf-words.ts';

export interface RtfText {
  /** What the RTF was made from; `rtf` when it was written as such. */
  from: 'html' | 'text' | 'rtf';
  /** HTML or plain text; line ends are CRLF. */
  text: string;
}

/** Null for what is no RTF. */
export function rtfText(bytes: Buffer): RtfText | null {
  const from = originOf(bytes);
  if (from === null) return null;
  return { from, text: new TextReader(bytes, from).read() };
}

/** MS-OXRTFEX §2.2.3.1: the first words tell. */
const ORIGIN_MAX_TOKENS = 50;

function originOf(bytes: Buffer): RtfText['from'] | null {
  const tokens = new RtfTokens(bytes);
  if (tokens.next() !== 'open' || tokens.next() !== 'word') return null;
  if ((tokens.name as string) !== 'rtf') return null;
  for (let i = 0; i < ORIGIN_MAX_TOKENS; i++) {
    if (tokens.next() !== 'word') break;
    const word: string = tokens.name;
    if (word === 'fromhtml' && tokens.parameter !== 0) return 'html';
    if (word === 'fromtext') return 'text';
  }
  return 'rtf';
}

type Destination = 'text' | 'hidden' | 'tag' | 'fonts';

interface Group {
  destination: Destination;
  /** Made for RTF readers only (`\htmlrtf`). */
  suppressed: boolean;
  /** Characters after `\uN` that stand for the same (`\ucN`). */
  skip: number;
  font: number;
}

/** What lies deeper is read as if it lay in the deepest group. */
const DEPTH_MAX = 5000;
const FONTS_MAX = 10_000;

class TextReader {
  readonly #tokens: RtfTokens;
  readonly #isHtml: boolean;
  readonly #out: string[] = [];
  readonly #fonts = new Map<number, number>();
  readonly #groups: Group[] = [];
  #group: Group = { destination: 'text', suppressed: false, skip: 1, font: -1 };
  /** Groups opened beyond the limit. */
  #beyond = 0;
  #page = 1252;
  #defaultFont = 0;
  /** In the font table: the font being told of. */
  #font = 0;
  /** The last token was `\*`. */
  #starred = false;
  /** Characters still to be left out after `\uN`. */
  #skipping = 0;
  /** Bytes of one code page: a character may be split between tokens. */
  #bytes: number[] = [];
  #bytesPage = 1252;

  constructor(bytes: Buffer, from: RtfText['from']) {
    this.#tokens = new RtfTokens(bytes);
    this.#isHtml = from === 'html';
  }

  read(): string {
    for (let kind = this.#tokens.next(); kind !== 'end'; kind = this.#tokens.next()) {
      if (kind === 'word') this.#word(this.#tokens.name, this.#tokens.parameter);
      else if (kind === 'symbol') this.#symbol(this.#tokens.name);
      else if (kind === 'hex') this.#byte(this.#tokens.parameter!);
      else if (kind === 'text') this.#plain();
      else if (kind === 'open') this.#open();
      else this.#close();
    }
    this.#flush();
    return this.#out.join('').toWellFormed();
  }

  #open(): void {
    this.#skipping = 0;
    this.#starred = false;
    if (this.#groups.length >= DEPTH_MAX) this.#beyond++;
    else {
      this.#groups.push(this.#group);
      this.#group = { ...this.#group };
    }
  }

  #close(): void {
    this.#skipping = 0;
    this.#starred = false;
    if (this.#beyond > 0) this.#beyond--;
    else this.#group = this.#groups.pop() ?? this.#group;
  }

  #plain(): void {
    const { bytes, from, to } = this.#tokens;
    this.#starred = false;
    const start = Math.min(to, from + this.#skipping);
    this.#skipping -= start - from;
    if (!this.#isShown()) return;
    this.#usePage();
    for (let at = start; at < to; at++) if (bytes[at] !== 0) this.#bytes.push(bytes[at]!);
  }

  #byte(byte: number): void {
    this.#starred = false;
    if (this.#skipping > 0) this.#skipping--;
    else if (this.#isShown()) {
      this.#usePage();
      this.#bytes.push(byte);
    }
  }

  #isShown(): boolean {
    const { destination, suppressed } = this.#group;
    return !suppressed && (destination === 'text' || destination === 'tag');
  }

  #usePage(): void {
    const page = this.#pageHere();
    if (page !== this.#bytesPage || this.#bytes.length > 10_000) this.#flush();
    this.#bytesPage = page;
  }

  #pageHere(): number {
    if (this.#group.destination === 'tag') return this.#page;
    const font = this.#group.font < 0 ? this.#defaultFont : this.#group.font;
    return this.#fonts.get(font) ?? this.#page;
  }

  #flush(): void {
    if (this.#bytes.length > 0) this.#out.push(decodePage(Uint8Array.from(this.#bytes), this.#bytesPage));
    this.#bytes = [];
  }

  #text(text: string): void {
    if (!this.#isShown()) return;
    this.#flush();
    this.#out.push(text);
  }

  #symbol(name: string): void {
    if (name === '*') {
      this.#starred = true;
      return;
    }
    this.#starred = false;
    if (this.#skipping > 0) {
      this.#skipping--;
      return;
    }
    if (name === '~') this.#text('\u00a0');
    else if (name === '_') this.#text(this.#isHtml ? '\u00ad' : '\u2011');
    else if (name === '\r' || name === '\n') this.#text('\r\n');
    else if (name === '\t') this.#text('\t');
    else if (name === '{' || name === '}' || name === '\\') this.#byte(name.charCodeAt(0));
  }

  #word(name: string, parameter: number | null): void {
    const starred = this.#starred;
    this.#starred = false;
    const shown = TEXT_WORDS.get(name);
    if (shown !== undefined) {
      if (this.#skipping > 0) this.#skipping--;
      else this.#text(shown);
    } else if (name === 'u') this.#unicode(parameter ?? 0);
    else if (!this.#destination(name, starred)) this.#format(name, parameter);
  }

  #unicode(code: number): void {
    this.#text(code === 0 ? '' : String.fromCharCode(code & 0xffff));
    this.#skipping = this.#group.skip;
  }

  /** Whether the word says where its group goes. */
  #destination(name: string, starred: boolean): boolean {
    if (name === 'fonttbl') this.#group.destination = 'fonts';
    else if (name === 'htmltag' && this.#isHtml) {
      if (this.#group.destination !== 'hidden') this.#group.destination = 'tag';
    } else if (HIDDEN_GROUPS.has(name) || (this.#isHtml && name === 'pntext'))
      this.#group.destination = 'hidden';
    else if (starred && this.#group.destination !== 'fonts') this.#group.destination = 'hidden';
    else return false;
    return true;
  }

  #format(name: string, parameter: number | null): void {
    const group = this.#group;
    const number = parameter ?? 0;
    if (name === 'htmlrtf') group.suppressed = parameter !== 0;
    else if (name === 'uc') group.skip = Math.min(Math.max(number, 0), 10);
    else if (name === 'ansicpg') this.#page = number;
    else if (name === 'deff') this.#defaultFont = number;
    else if (name === 'plain') group.font = -1;
    else if (name === 'f') {
      if (group.destination === 'fonts') this.#font = number;
      else group.font = number;
    } else if (group.destination === 'fonts' && this.#fonts.size < FONTS_MAX) this.#fontCharset(name, number);
  }

  #fontCharset(name: string, number: number): void {
    const page = name === 'fcharset' ? FONT_PAGES[number] : name === 'cpg' ? number : undefined;
    if (page !== undefined && page > 0) this.#fonts.set(this.#font, page);
  }
}
