import { z } from 'zod';
import {
  SUM_FORMAT,
  SUM_TEXT_MAX_CHARS,
  SUM_VERSION,
  type SumCertificate,
  WITHOUT_BECAUSE,
} from './summary-certificate.ts';

const Count = z.int().min(0);
const Hash = z.string().regex(/^[0-9a-f]{64}$/);
const Text = z.string().max(SUM_TEXT_MAX_CHARS);
const PEOPLE_MAX = 100_000;

const Sums = z.strictObject({
  ...{ entries: Count, copied: Count, merged: Count, left: Count, asked: Count, missing: Count },
  ...{ extra: Count, doubled: Count, altered: Count, unseen: Count, incomplete: Count, unopened: Count },
  bytes: Count,
});

const Verdict = z.enum(['passed', 'exceptions', 'failed']);

const Person = z.strictObject({
  name: Text,
  address: Text,
  file: Text,
  sha256: Hash,
  head: Hash,
  signedBy: Hash,
  ended: Count,
  verdict: Verdict,
  sums: Sums,
});

const Without = z.strictObject({
  name: Text,
  address: Text,
  because: z.enum(WITHOUT_BECAUSE),
  note: Text,
});

const Accepted = z.strictObject({
  address: Text,
  is: z.enum([
    ...(['same', 'altered', 'merged', 'left', 'asked', 'missing', 'doubled', 'extra'] as const),
    ...(['unread', 'unseen'] as const),
  ]),
  code: z
    .enum([
      ...(['refused-by-target', 'too-large', 'unreadable-at-source', 'unreadable-at-target'] as const),
      ...(['vanished-at-source', 'folder-refused'] as const),
    ])
    .nullable(),
  account: Text.nullable(),
  folder: Text,
  key: Text,
  subject: Text.nullable(),
  by: Text,
  at: Count,
  reason: Text,
});

const Certificate = z.strictObject({
  header: z.strictObject({
    format: z.literal(SUM_FORMAT),
    version: z.literal(SUM_VERSION),
    of: z.enum(['site', 'wave', 'organisation']),
    name: Text,
    organisation: Text.nullable(),
    made: Count,
    madeBy: Text,
  }),
  people: z.array(Person).max(PEOPLE_MAX),
  without: z.array(Without).max(PEOPLE_MAX),
  accepted: z.array(Accepted).max(PEOPLE_MAX),
  sums: Sums,
  verdict: z.enum(['passed', 'exceptions', 'failed', 'unfinished']),
  signature: Text,
  publicKey: Text,
}) satisfies z.ZodType<SumCertificate>;

/** Null for what is no sum certificate of this version; what it holds beyond that is for the check. */
export function readSumCertificate(bytes: Buffer): SumCertificate | null {
  const parsed = Certificate.safeParse(parse(bytes.toString()));
  return parsed.success ? parsed.data : null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no JSON: not a certificate
  }
}
