import { hash } from 'node:crypto';
import { findingsFile } from '../../engine/certificate.ts';
import type { Finding } from '../../engine/event.ts';
import { toldAs } from '../../mail/rebuild-note.ts';
import type { ToldAs } from '../../papers/certificate-causes.ts';
import type { FindingRecord } from '../../records/facts.ts';
import { findingsToRead } from '../certificate-findings.ts';

/** Of one person; the findings file beside the certificate has them all. */
const KEPT_MAX = 20_000;
const TEXT_MAX_CHARS = 1_000;

type NewFinding = Omit<FindingRecord, 'id' | 'pass' | 'person' | 'accepted'>;

/** What keeps a certificate from saying that all is well. What was altered, rebuilt or lies there besides is said in the certificate. */
const MUST_BE_READ: ReadonlySet<ToldAs> = new Set<ToldAs>([
  'missing',
  'doubled',
  'unread',
  'unseen',
  'asked',
  'left',
  'incomplete',
]);

/**
 * What a proof says that a person must read, in the order of the findings file, at most 20,000.
 *
 * @throws Trouble `missing`, `denied`, `malformed` (`read-file`)
 */
export async function findingsOf(certificateFile: string): Promise<NewFinding[]> {
  const found: NewFinding[] = [];
  const seen = new Map<string, number>();
  for await (const finding of findingsToRead(findingsFile(certificateFile))) {
    const is = toldAs(finding);
    if (!MUST_BE_READ.has(is)) continue;
    const who = whoOf(finding, is);
    const nth = seen.get(who) ?? 0;
    seen.set(who, nth + 1);
    // Of two copies in one folder, who accepts one accepts one.
    found.push({ ...recordOf(finding, is), same: hash('sha256', `${who} ${nth}`, 'hex').slice(0, 32) });
    if (found.length === KEPT_MAX) break;
  }
  return found;
}

function recordOf(
  { account, folder, key, subject, messageId, reason, classes }: Finding,
  is: ToldAs,
): Omit<NewFinding, 'same'> {
  const short = (text: string): string => text.slice(0, TEXT_MAX_CHARS);
  const shortOrNull = (text: string | null): string | null => (text === null ? null : short(text));
  return {
    ...{ is, account: shortOrNull(account), folder: short(folder), key: short(key), classes },
    ...{ subject: shortOrNull(subject), messageId: shortOrNull(messageId) },
    ...{ code: reason?.code ?? null, answer: shortOrNull(reason?.answer ?? null) },
  };
}

/** Which message it is from pass to pass, and what of it: its folder, and there its id where it has one, else its key. */
function whoOf({ account, folder, key, messageId, reason }: Finding, is: ToldAs): string {
  return JSON.stringify([is, reason?.code ?? '', account, folder, messageId ?? ['key', key]]);
}
