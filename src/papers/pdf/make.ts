import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Trouble } from '../../trouble.ts';
import type { PdfPaper } from './blocks.ts';

/** A paper of a thousand people takes a few seconds. */
const LIMIT_MS = 120_000;
const PDF_MAX_BYTES = 128 * 1024 * 1024;
const SAID_MAX_CHARS = 4000;
/** Papers made at once: each takes a processor, and memory. */
const AT_ONCE = 2;

/**
 * Typesets a paper in a process of its own; the same paper gives the same bytes.
 *
 * @throws Trouble `busy` (`write-file`) when it takes too long, `missing` when this machine has no typesetter
 */
export async function makePdf(paper: PdfPaper, { limitMs = LIMIT_MS } = {}): Promise<Buffer> {
  const leave = await enter();
  try {
    return await typeset(paper, limitMs);
  } finally {
    leave();
  }
}

let inside = 0;
const waiting: (() => void)[] = [];

async function enter(): Promise<() => void> {
  if (inside >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  else inside++;
  return () => {
    const next = waiting.shift();
    if (next) next();
    else inside--;
  };
}

interface Ended {
  code: number | null;
  pdf: Buffer;
  said: string;
  cut: 'late' | 'large' | null;
}

async function typeset(paper: PdfPaper, limitMs: number): Promise<Buffer> {
  const { code, pdf, said, cut } = await run(JSON.stringify(paper), limitMs);
  if (cut === 'late') throw trouble('busy', paper, `not typeset after ${limitMs} ms`);
  if (cut === 'large') throw trouble('full', paper, `larger than ${PDF_MAX_BYTES} bytes`);
  if (/Cannot find (?:module|package|native binding)|Failed to load native/.test(said))
    throw trouble('missing', paper, said.split('\n').find((line) => /Cannot|Failed/.test(line)) ?? said);
  if (code !== 0) throw new Error(`The typesetter ended with ${code}: ${said}`);
  return pdf;
}

function trouble(kind: 'busy' | 'full' | 'missing', { title }: PdfPaper, answer: string): Trouble {
  return new Trouble(kind, { tried: 'write-file', on: `${title}.pdf`, answer });
}

/** Where the system keeps its fonts; no secret of this process goes with it. */
const ENVIRONMENT = [
  'HOME',
  'XDG_DATA_HOME',
  'SYSTEMROOT',
  'WINDIR',
  'USERPROFILE',
  'APPDATA',
  'LOCALAPPDATA',
];

function run(input: string, limitMs: number): Promise<Ended> {
  const { promise, resolve, reject } = Promise.withResolvers<Ended>();
  const entry = fileURLToPath(new URL('./typeset.ts', import.meta.url));
  const env = Object.fromEntries(
    ENVIRONMENT.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
  );
  const child = spawn(process.execPath, [entry], { env, stdio: 'pipe', windowsHide: true });
  const pieces: Buffer[] = [];
  const ended: Ended = { code: null, pdf: Buffer.alloc(0), said: '', cut: null };
  let size = 0;
  const cut = (why: 'late' | 'large'): void => {
    ended.cut ??= why;
    child.kill('SIGKILL');
  };
  const timer = setTimeout(cut, limitMs, 'late');
  child.stdout.on('data', (piece: Buffer) => {
    size += piece.length;
    if (size > PDF_MAX_BYTES) cut('large');
    else pieces.push(piece);
  });
  child.stderr.setEncoding('utf8').on('data', (piece: string) => {
    ended.said = (ended.said + piece).slice(0, SAID_MAX_CHARS);
  });
  // It may end before it has read everything; why, its end tells.
  child.stdin.on('error', () => {});
  child.on('error', (error) => {
    clearTimeout(timer);
    reject(error);
  });
  child.on('close', (code) => {
    clearTimeout(timer);
    resolve({ ...ended, code, pdf: Buffer.concat(pieces) });
  });
  child.stdin.end(input);
  return promise;
}
