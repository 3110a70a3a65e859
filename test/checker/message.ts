import { createHash } from 'node:crypto';

/** A message as the checker sees it. Nothing here comes from `src/`: the checker must not share its errors. */
export interface Seen {
  folder: readonly string[];
  /** SHA-256 of the bytes with every line end CRLF and exactly one at the end. */
  digest: string;
  /** Flags and keywords, sorted; never `\Recent`. */
  flags: readonly string[];
  /** Milliseconds since 1970; null where the store has none. */
  date: number | null;
  /** For people: where exactly, and its subject line. */
  where: string;
  subject: string;
}

export function see(
  folder: readonly string[],
  bytes: Uint8Array,
  facts: { flags: Iterable<string>; date: number | null; where: string },
): Seen {
  const flags = [...new Set(facts.flags)].filter((flag) => flag.toLowerCase() !== '\\recent').sort();
  const { date, where } = facts;
  return { folder, digest: digestOf(bytes), flags, date, where, subject: subjectOf(bytes) };
}

export function digestOf(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const lines = text.replace(/\r\n|\r|\n/g, '\r\n').replace(/(?:\r\n)*$/, '\r\n');
  return createHash('sha256').update(lines, 'latin1').digest('hex');
}

function subjectOf(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.subarray(0, 16_384))
    .toString('latin1')
    .split(/\r?\n\r?\n/, 1)[0]!;
  return (/^subject:([^\r\n]*)/im.exec(head)?.[1] ?? '').trim().slice(0, 100);
}
