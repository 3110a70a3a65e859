/** A word, a quoted string or a literal as bytes, or a list. */
export type Token = { word: string } | { text: string } | { bytes: Buffer } | Token[];

export interface ClientCommand {
  tag: string;
  /** Upper case, `UID FETCH` as one. */
  name: string;
  tokens: Token[];
  /** The line with `{n}` in place of literals: for hooks and logs. */
  line: string;
}

/** Collects a client's commands from bytes, literals included. */
export class CommandReader {
  readonly #literal: (bytes: number, line: string) => boolean;
  readonly #command: (line: string, literals: Buffer[]) => void;
  #pieces: Buffer[] = [];
  #size = 0;
  #line = '';
  #literals: Buffer[] = [];
  #left = 0;
  stopped = false;

  /** `literal` is asked for each synchronising one: true sends `+`, false means it was refused. */
  constructor(
    literal: (bytes: number, line: string) => boolean,
    command: (line: string, literals: Buffer[]) => void,
  ) {
    this.#literal = literal;
    this.#command = command;
  }

  push(piece: Buffer): void {
    let rest = piece;
    while (rest.length > 0 && !this.stopped) {
      if (this.#left > 0) {
        const take = rest.subarray(0, this.#left);
        this.#keep(take);
        this.#left -= take.length;
        rest = rest.subarray(take.length);
        if (this.#left === 0) this.#literals.push(this.#taken());
        continue;
      }
      const lf = rest.indexOf(10);
      if (lf < 0) {
        this.#keep(rest);
        return;
      }
      this.#keep(rest.subarray(0, lf + 1));
      rest = rest.subarray(lf + 1);
      this.#lineEnd();
    }
  }

  #lineEnd(): void {
    const part = this.#taken()
      .toString('latin1')
      .replace(/\r?\n$/, '');
    this.#line += part;
    const m = /\{(\d+)(\+?)\}$/.exec(part);
    if (m !== null) {
      const size = Number(m[1]);
      if (m[2] === '+' || this.#literal(size, this.#line)) {
        this.#left = size;
        if (size === 0) this.#literals.push(Buffer.alloc(0));
        return;
      }
    } else this.#command(this.#line, this.#literals);
    this.#line = '';
    this.#literals = [];
  }

  #keep(piece: Buffer): void {
    this.#pieces.push(Buffer.from(piece));
    this.#size += piece.length;
  }

  #taken(): Buffer {
    const all = this.#pieces.length === 1 ? this.#pieces[0]! : Buffer.concat(this.#pieces, this.#size);
    this.#pieces = [];
    this.#size = 0;
    return all;
  }
}

/** `a1 UID FETCH 1:* (FLAGS)` → its parts; null when it is no command. */
export function parseCommand(line: string, literals: Buffer[]): ClientCommand | null {
  const m = /^(\S+) ((?:UID )?\S+)(?: |$)/i.exec(line);
  if (m === null) return null;
  const tokens = tokenize(line.slice(m[0].length), [...literals]);
  return tokens === null ? null : { tag: m[1]!, name: m[2]!.toUpperCase(), tokens, line };
}

function tokenize(text: string, literals: Buffer[]): Token[] | null {
  const stack: Token[][] = [[]];
  const pattern = /\s+|\(|\)|"((?:[^"\\]|\\.)*)"|\{\d+\+?\}|((?:\[[^\]]*\]|[^\s()"{])+)/gy;
  while (pattern.lastIndex < text.length) {
    const m = pattern.exec(text);
    if (m === null) return null;
    const top = stack.at(-1)!;
    if (m[0] === '(') {
      const list: Token[] = [];
      top.push(list);
      stack.push(list);
    } else if (m[0] === ')') {
      if (stack.length === 1) return null;
      stack.pop();
    } else if (m[1] !== undefined) top.push({ text: m[1].replace(/\\(.)/g, '$1') });
    else if (m[0].startsWith('{')) top.push({ bytes: literals.shift() ?? Buffer.alloc(0) });
    else if (m[2] !== undefined) top.push({ word: m[2] });
  }
  return stack.length === 1 ? stack[0]! : null;
}

/** A token as a string of one character per byte. */
export function str(token: Token | undefined): string {
  if (token === undefined || Array.isArray(token)) return '';
  if ('word' in token) return token.word;
  return 'text' in token ? token.text : token.bytes.toString('latin1');
}

export function words(token: Token | undefined): string[] {
  return Array.isArray(token) ? token.map(str) : [];
}

/** A name or string for the wire. */
export function quote(text: string): string {
  if (/^[\x20-\x21\x23-\x5b\x5d-\x7e]*$/.test(text)) return `"${text}"`;
  return `{${text.length}}\r\n${text}`;
}
