import { hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { findingsFile } from '../../engine/certificate.ts';
import type { FindingRecord } from '../../records/facts.ts';
import { isTrouble, Trouble } from '../../trouble.ts';

/** Of one person; the findings file beside the certificate has them all. */
const KEPT_MAX = 20_000;
const TEXT_MAX_CHARS = 1_000;

type NewFinding = Omit<FindingRecord, 'id' | 'pass' | 'person' | 'accepted'>;

const text = z
  .string()
  .nullable()
  .transform((one) => one?.slice(0, TEXT_MAX_CHARS) ?? null);
const Line = z.object({
  ...{ is: z.string(), account: text, folder: z.string(), key: z.string(), subject: text },
  ...{ messageId: text, classes: z.array(z.string()).max(100) },
  reason: z.object({ code: z.string(), answer: text }).nullable(),
});

/** What needs nobody: it arrived, or lies there already. What was altered and said is no finding to be read one by one. */
const QUIET: ReadonlySet<string> = new Set(['same', 'altered', 'merged', 'extra']);

/** What a proof says that a person must read, in the order of the findings file. Throws Trouble `missing`, `denied` (`read-file`). */
export async function findingsOf(certificateFile: string): Promise<NewFinding[]> {
  const file = findingsFile(certificateFile);
  const found: NewFinding[] = [];
  const input = createReadStream(file, 'utf8');
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      const finding = Line.parse(JSON.parse(line));
      if (QUIET.has(finding.is)) continue;
      found.push(recordOf(finding));
      if (found.length === KEPT_MAX) break;
    }
  } catch (cause) {
    if (isTrouble(cause) || (cause as NodeJS.ErrnoException).code === undefined) throw cause;
    const { message } = cause as Error;
    throw new Trouble('missing', { tried: 'read-file', on: file, answer: message, cause });
  } finally {
    input.destroy();
  }
  return found;
}

function recordOf({ reason, ...finding }: z.output<typeof Line>): NewFinding {
  return {
    ...finding,
    folder: finding.folder.slice(0, TEXT_MAX_CHARS),
    key: finding.key.slice(0, TEXT_MAX_CHARS),
    code: reason?.code ?? null,
    answer: reason?.answer ?? null,
    same: sameOf(finding, reason?.code ?? ''),
  };
}

/** Who a message is from pass to pass: its id where it has one, else where it lies. */
function sameOf(
  { is, account, folder, key, messageId }: Omit<z.output<typeof Line>, 'reason'>,
  code: string,
): string {
  const who = messageId ?? `${folder}\0${key}`;
  return hash('sha256', JSON.stringify([is, code, account, who]), 'hex').slice(0, 32);
}
