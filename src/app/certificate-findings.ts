import { createReadStream } from 'node:fs';
import { z } from 'zod';
import type { Finding } from '../engine/event.ts';
import { toldAs } from '../mail/rebuild-note.ts';
import { type FindingGroup, gatherGroups, TO_READ, type ToldAs } from '../papers/certificate-causes.ts';
import { isTrouble, Trouble } from '../trouble.ts';

const LINE_MAX_CHARS = 1024 * 1024;
const PIECE_BYTES = 256 * 1024;

const FindingLine: z.ZodType<Finding> = z.object({
  is: z.enum([
    ...(['same', 'altered', 'merged', 'left', 'asked', 'missing', 'doubled', 'extra'] as const),
    ...(['unread', 'unseen'] as const),
  ]),
  account: z.string().nullable(),
  folder: z.string(),
  alsoIn: z.array(z.string()).optional() as z.ZodType<string[]>,
  key: z.string(),
  subject: z.string().nullable(),
  messageId: z.string().nullable(),
  at: z.object({ folder: z.string(), key: z.string() }).nullable(),
  by: z.enum(['exact', 'likely', 'moved']).nullable(),
  classes: z.array(z.string()),
  reason: z
    .object({
      code: z.enum([
        ...(['refused-by-target', 'too-large', 'unreadable-at-source'] as const),
        ...(['unreadable-at-target', 'vanished-at-source', 'folder-refused'] as const),
      ]),
      answer: z.string().nullable(),
    })
    .nullable(),
  exact: z.string().nullable(),
});

/**
 * The findings that need reading, in the order of the file, which may be of any size.
 *
 * @throws Trouble `missing`, `denied`, `malformed` (`read-file`)
 */
export async function* findingsToRead(file: string, signal?: AbortSignal): AsyncIterable<Finding> {
  let number = 0;
  for await (const line of linesOf(file)) {
    signal?.throwIfAborted();
    number++;
    if (isPlain(line)) continue;
    const parsed = FindingLine.safeParse(parse(line));
    if (!parsed.success) throw malformed(file, `line ${number} is no finding`);
    if (TO_READ.includes(toldAs(parsed.data))) yield parsed.data;
  }
}

/** Findings by cause. Throws as `findingsToRead`. */
export async function groupsOf(
  file: string,
  signal?: AbortSignal,
): Promise<{ groups: FindingGroup[]; others: number }> {
  const grouping = gatherGroups();
  for await (const finding of findingsToRead(file, signal)) grouping.add(finding);
  return grouping.groups();
}

export interface ExceptionQuery {
  offset: number;
  limit: number;
  /** What a person is told that it is. */
  is?: ToldAs;
  /** In any of its texts, whatever the case. */
  text?: string;
}

const LIMIT_MAX = 1000;

/** A page of the findings that need reading, and how many there are of those asked for. Throws as `findingsToRead`. */
export async function exceptions(
  file: string,
  { offset, limit, is, text = '' }: ExceptionQuery,
  signal?: AbortSignal,
): Promise<{ findings: Finding[]; total: number }> {
  const wanted = folded(text);
  const end = offset + Math.min(limit, LIMIT_MAX);
  const findings: Finding[] = [];
  let total = 0;
  for await (const finding of findingsToRead(file, signal)) {
    if (is !== undefined && toldAs(finding) !== is) continue;
    if (wanted !== '' && !folded(textsOf(finding)).includes(wanted)) continue;
    if (total >= offset && total < end) findings.push(finding);
    total++;
  }
  return { findings, total };
}

function textsOf({ subject, folder, account, messageId, reason }: Finding): string {
  return [subject, folder, account, messageId, reason?.answer].filter(Boolean).join('\n');
}

function folded(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase()
    .trim();
}

/**
 * Most lines of most files need no reading: seen without parsing them. Canonical JSON escapes quotes inside its strings, so
 * these are members and no subject.
 */
function isPlain(line: string): boolean {
  return line.includes('"classes":[]') && (line.includes('"is":"same"') || line.includes('"is":"merged"'));
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // no JSON: said as no finding
  }
}

async function* linesOf(file: string): AsyncIterable<string> {
  let rest = '';
  try {
    for await (const piece of createReadStream(file, { encoding: 'utf8', highWaterMark: PIECE_BYTES })) {
      const lines = (rest + piece).split('\n');
      rest = lines.pop()!;
      yield* lines;
      if (rest.length > LINE_MAX_CHARS) throw malformed(file, 'a line is too long');
    }
  } catch (cause) {
    throw isTrouble(cause) ? cause : readTrouble(file, cause);
  }
  if (rest !== '') yield rest;
}

function malformed(on: string, answer: string): Trouble {
  return new Trouble('malformed', { tried: 'read-file', on, answer });
}

/** What the file system said when a file was to be read; what is no error of the file system is thrown as it is. */
export function readTrouble(on: string, cause: unknown): Trouble {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === undefined) throw cause;
  const kind = code === 'ENOENT' ? 'missing' : 'denied';
  return new Trouble(kind, { tried: 'read-file', on, answer: message, cause });
}
