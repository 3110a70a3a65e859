import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** One line of a dialogue. What the server says holds `@` where the tag of a command belongs. */
export type Line =
  | { by: 'server'; bytes: string; tagged: string | null }
  /** `as`: the name under which its tag is remembered. Bare: no tag belongs before it (an answer to a challenge). */
  | { by: 'client'; pattern: RegExp; shown: string; as: string; bare: boolean }
  | { by: 'close' };

/** A quirk: what is known of it, and the dialogue that shows it. The form is told in README.md. */
export interface Transcript {
  /** Of the file, without its folder. */
  file: string;
  servers: readonly string[];
  protocol: 'IMAP' | 'POP3';
  en: string;
  fr: string;
  we: string;
  nous: string;
  seen: string;
  play: readonly string[];
  told: readonly string[];
  /** One dialogue for each connection, in the order in which they are opened. */
  connections: readonly (readonly Line[])[];
}

const PROSE = ['en', 'we', 'fr', 'nous', 'seen'] as const;

export function transcripts(): Transcript[] {
  const files = globSync('*.txt', { cwd: import.meta.dirname }).sort();
  return files.map((file) =>
    readTranscript(file, readFileSync(path.join(import.meta.dirname, file), 'utf8')),
  );
}

/** Throws an Error that names the file and the line. */
export function readTranscript(file: string, text: string): Transcript {
  const lines = text.replace(/\n$/, '').split('\n');
  const wrong = (at: number, what: string) => new Error(`${file}:${at + 1}: ${what}: ${lines[at] ?? ''}`);
  const title = /^QUIRK\(([^)]+)\) (IMAP|POP3)$/.exec(lines[0]!);
  if (title === null) throw wrong(0, 'no title');
  const head = new Map<string, string[]>();
  let at = 1;
  for (; at < lines.length && lines[at] !== ''; at++) {
    const field = /^([a-z]+): (.+)$/.exec(lines[at]!);
    if (field === null || ![...PROSE, 'play', 'told'].includes(field[1]!)) throw wrong(at, 'no such field');
    head.set(field[1]!, [...(head.get(field[1]!) ?? []), field[2]!]);
  }
  const prose = (name: (typeof PROSE)[number]): string => {
    const told = head.get(name);
    if (told === undefined) throw wrong(0, `${name} is missing`);
    return told.join(' ');
  };
  const protocol = title[2] as Transcript['protocol'];
  const connections: Line[][] = [[]];
  for (at++; at < lines.length; at++) {
    const line = lines[at]!;
    if (line === '---') connections.push([]);
    else {
      const read = line.startsWith('IN:') ? entrance(protocol, line.slice(3).trim()) : [line];
      for (const one of read) if (!take(one, connections.at(-1)!)) throw wrong(at, 'no line of a dialogue');
    }
  }
  return {
    ...{ file, servers: title[1]!.split(', '), protocol },
    ...{ en: prose('en'), we: prose('we'), fr: prose('fr'), nous: prose('nous'), seen: prose('seen') },
    ...{ play: head.get('play') ?? [], told: head.get('told') ?? [] },
    connections,
  };
}

/** `IN: capabilities` stands for a greeting and a sign-in without anything odd. */
function entrance(protocol: Transcript['protocol'], capabilities: string): string[] {
  if (protocol === 'IMAP')
    return [
      `S: * OK [CAPABILITY ${capabilities}] ready`,
      'C: LOGIN "marie" "secret"',
      `S: @ OK [CAPABILITY ${capabilities}] signed in`,
    ];
  const capa = ['C: CAPA', 'S: +OK', ...capabilities.split(' ').map((one) => `S: ${one}`), 'S: .'];
  return ['S: +OK ready', ...capa, 'C: USER marie', 'S: +OK', 'C: PASS secret', 'S: +OK', ...capa];
}

function take(line: string, into: Line[]): boolean {
  if (line === '') return true;
  if (line === 'X:') return into.push({ by: 'close' }) > 0;
  const many = /^R (\d+):(\d+): (.*)$/.exec(line);
  if (many !== null) {
    for (let n = Number(many[1]); n <= Number(many[2]); n++)
      into.push(serverLine(many[3]!.replaceAll('#', String(n))));
    return true;
  }
  const said = /^(S|N|L|L-|C|C>):(?: (.*))?$/s.exec(line);
  if (said === null) return false;
  const [, who, rest = ''] = said;
  if (who === 'S') into.push(serverLine(rest));
  else if (who === 'N') into.push({ by: 'server', bytes: `${bytesOf(rest)}\n`, tagged: null });
  else if (who!.startsWith('L')) return literalLine(into.at(-1), rest, who === 'L');
  else into.push(clientLine(rest, who === 'C>'));
  return true;
}

function serverLine(rest: string): Line {
  const tag = /^@([a-z]*)(?= )/.exec(rest);
  const bytes = bytesOf(tag === null ? rest : rest.slice(tag[0].length));
  return { by: 'server', bytes: `${bytes}\r\n`, tagged: tag === null ? null : tag[1]! };
}

/** The file is UTF-8, and so is what the server says; other bytes are written `\xHH`. One character per byte comes out. */
function bytesOf(text: string): string {
  return Buffer.from(text, 'utf8')
    .toString('latin1')
    .replace(/\\x([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** `{#}` at the end of what the server says is the length of the `L:` lines that follow. */
function literalLine(before: Line | undefined, rest: string, ended: boolean): boolean {
  if (before?.by !== 'server') return false;
  const open = /\{(#|\d+)\}\r\n/.exec(before.bytes);
  if (open === null) return false;
  const content = `${before.bytes.slice(open.index + open[0].length)}${bytesOf(rest)}${ended ? '\r\n' : ''}`;
  before.bytes = `${before.bytes.slice(0, open.index)}{${content.length}}\r\n${content}`;
  return true;
}

/** `…` stands for anything. */
function clientLine(rest: string, bare: boolean): Line {
  const named = /^@([a-z]+) /.exec(rest);
  const shown = named === null ? rest : rest.slice(named[0].length);
  const text = bytesOf(shown.replaceAll('…', '\0')).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const pattern = new RegExp(`^${text.replaceAll('\0', '[^]*')}$`);
  return { by: 'client', pattern, shown, as: named?.[1] ?? '', bare };
}
