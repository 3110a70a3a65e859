import { createPublicKey, hash } from 'node:crypto';
import { open, readdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import {
  CERTIFICATE_FORMAT,
  CERTIFICATE_VERSION,
  type Certificate,
  fingerprintOf,
} from '../engine/certificate.ts';
import { checkCertificate } from '../engine/certificate-check.ts';
import {
  type AcceptedFinding,
  type PersonWithout,
  type SumCertificate,
  type SumHeader,
  type SumPerson,
  sumCertificate,
  sumPerson,
  sumText,
  type WithoutBecause,
} from '../engine/summary-certificate.ts';
import { checkSumCertificate } from '../engine/summary-certificate-check.ts';
import { certificatePdf, type PersonPaper } from '../papers/certificate-pdf.ts';
import { sumCertificatePdf } from '../papers/certificate-sum-pdf.ts';
import type { Stage } from '../papers/pdf/blocks.ts';
import { Trouble, writeTrouble } from '../trouble.ts';
import type { Words } from '../words/words.ts';
import { groupsOf, readTrouble } from './certificate-findings.ts';
import { type DataFolder, makeFolder, nullIfMissing, slugOf } from './data.ts';
import { signingKey } from './signing-key.ts';
import { ownVersion } from './version.ts';

export { exceptions, groupsOf } from './certificate-findings.ts';

export interface CertificateFile {
  file: string;
  certificate: Certificate;
  /** Of the file, hex. */
  sha256: string;
}

const PERSON_MAX_BYTES = 4 * 1024 * 1024;

/** As `prove` names them: the slug of the mailbox, and when. */
const NAME = /^(.+-[0-9a-f]{8})-(\d{4}-\d\d-\d\d-\d{6})\.json$/;

/**
 * The newest certificate file of each mailbox in a data folder, by `slugOf` its name: one look at the folder for all.
 *
 * @throws Trouble `denied` (`read-file`)
 */
export async function newestFiles(data: DataFolder): Promise<Map<string, string>> {
  const names = await readdir(data.certificates).catch((cause) => nullIfMissing(data.certificates, cause));
  const newest = new Map<string, string>();
  // The time ends the name: of one slug, the last in order is the newest.
  for (const name of (names ?? []).sort()) {
    const slug = NAME.exec(name)?.[1];
    if (slug !== undefined) newest.set(slug, path.join(data.certificates, name));
  }
  return newest;
}

/**
 * The newest certificate of a mailbox, by its public name; null when it has none. It is read, not checked.
 *
 * @throws Trouble `denied`, `malformed` (`read-file`)
 */
export async function newestCertificate(data: DataFolder, target: string): Promise<CertificateFile | null> {
  const file = (await newestFiles(data)).get(slugOf(target));
  return file === undefined ? null : readCertificateFile(file);
}

const Count = z.int().min(0);
/** What is read of it here; the check reads the rest. */
const CertificateParts = z.looseObject({
  header: z.looseObject({
    format: z.literal(CERTIFICATE_FORMAT),
    version: z.literal(CERTIFICATE_VERSION),
    target: z.string(),
    accounts: z.array(z.string()),
    unknown: z.record(z.string(), z.array(z.enum(['folders', 'marks', 'rebuilt']))).optional(),
    began: z.number(),
    madeBy: z.string(),
  }),
  ended: z.number(),
  summary: z.looseObject({
    ...{ entries: Count, copied: Count, merged: Count, left: Count, asked: Count, missing: Count },
    ...{ extra: Count, doubled: Count, altered: Count, gone: Count, bytes: Count, carried: Count },
    ...{ unseen: Count.optional(), incomplete: Count.optional(), unopened: Count.optional() },
    seconds: z.number(),
  }),
  counts: z.looseObject({
    findings: z.record(z.string(), Count),
    classes: z.record(z.string(), Count),
    accounts: z.record(z.string(), Count),
  }),
  verdict: z.enum(['passed', 'exceptions', 'failed']),
  findings: z.looseObject({ file: z.string(), lines: Count }),
  head: z.string(),
  signature: z.string(),
  publicKey: z.string(),
});

/** @throws Trouble `missing`, `denied`, `malformed` (`read-file`) */
export async function readCertificateFile(file: string): Promise<CertificateFile> {
  const bytes = await readCapped(file, PERSON_MAX_BYTES);
  const parsed = CertificateParts.safeParse(parse(bytes));
  if (!parsed.success) throw malformed(file, 'no certificate of this version');
  return { file, certificate: parsed.data as unknown as Certificate, sha256: hash('sha256', bytes, 'hex') };
}

/** A person of a sum certificate, and what is told of them where there is no certificate that holds. */
export interface SumMember {
  name: string;
  address: string;
  /** Public name of the mailbox; null: none is known. */
  target: string | null;
  /** `left-out` counts even where there is a certificate. */
  otherwise: { because: WithoutBecause; note: string };
}

export interface SumRequest {
  data: DataFolder;
  header: Pick<SumHeader, 'of' | 'name' | 'organisation'>;
  people: readonly SumMember[];
  accepted: readonly AcceptedFinding[];
  /** Milliseconds since 1970; now, when left out. */
  madeMs?: number;
  signal?: AbortSignal;
}

/**
 * Checks the newest certificate of each person, findings and all, adds them up, signs the sum and writes it beside them, as
 * `….sum.json`. A certificate that is not whole is not counted: its person is named, with what is wrong.
 *
 * @throws Trouble `denied`, `full` (`write-file`), `malformed`
 */
export async function writeSumCertificate(
  request: SumRequest,
): Promise<{ file: string; certificate: SumCertificate }> {
  const { data, header, accepted, signal, madeMs: made = Date.now() } = request;
  const newest = await newestFiles(data);
  const people: SumPerson[] = [];
  const without: PersonWithout[] = [];
  for (const member of request.people) {
    signal?.throwIfAborted();
    const line = await lineOf(member, newest);
    if ('because' in line) without.push(line);
    else people.push(line);
  }
  const privateKey = await signingKey(data);
  const whole = { ...header, made, madeBy: ownVersion() };
  const certificate = sumCertificate({ header: whole, people, without, accepted, privateKey });
  await makeFolder(data.certificates);
  const stamp = new Date(made).toISOString().slice(0, 19).replaceAll(':', '').replace('T', '-');
  const named = slugOf([header.of, header.organisation ?? '', header.name].join(' '));
  const file = path.join(data.certificates, `${named}-${stamp}.sum.json`);
  await writeWhole(file, sumText(certificate));
  return { file, certificate };
}

async function lineOf(
  { name, address, target, otherwise }: SumMember,
  newest: ReadonlyMap<string, string>,
): Promise<SumPerson | PersonWithout> {
  const file = target === null ? undefined : newest.get(slugOf(target));
  if (file === undefined || otherwise.because === 'left-out') return { name, address, ...otherwise };
  const { certificate, faults } = await checkCertificate(file);
  const notWhole = (note: string): PersonWithout => ({ name, address, because: 'not-whole', note });
  if (certificate === null || faults.length > 0) return notWhole(faults.map(({ fault }) => fault).join(', '));
  // Whole, and of another mailbox: the name of a file says nothing.
  if (certificate.header.target !== target) return notWhole(certificate.header.target);
  const { sha256 } = await readCertificateFile(file);
  return sumPerson({ name, address }, { certificate, file: path.basename(file), sha256 });
}

/** What a printed certificate of a person needs besides the certificate. */
export type PersonPrint = Pick<PersonPaper, 'person' | 'site' | 'stages'>;

/**
 * A person's certificate as PDF. Only what is whole is printed.
 *
 * @throws Trouble `missing`, `denied`, `malformed` (`read-file`), and as `makePdf`
 */
export async function printCertificate(
  file: string,
  print: PersonPrint,
  words: Words,
  signal?: AbortSignal,
): Promise<Buffer> {
  const { certificate } = await readCertificateFile(file);
  const { faults } = await checkCertificate(file);
  if (faults.length > 0) throw malformed(file, faults.map(({ fault }) => fault).join(', '));
  const findings = path.join(path.dirname(file), path.basename(certificate.findings.file));
  const { groups, others } = await groupsOf(findings, signal);
  const fingerprint = fingerprintOf(createPublicKey(certificate.publicKey));
  return certificatePdf(
    { certificate, file: path.basename(file), fingerprint, groups, others, ...print },
    words,
  );
}

/**
 * A sum certificate as PDF. Only what is whole is printed, with those of its persons' certificates that lie beside it.
 *
 * @throws Trouble `malformed` (`read-file`), and as `makePdf`
 */
export async function printSumCertificate(
  file: string,
  stages: readonly Stage[],
  words: Words,
): Promise<Buffer> {
  const { certificate, faults, signedBy } = await checkSumCertificate(file);
  if (certificate === null || signedBy === null || faults.length > 0)
    throw malformed(file, faults.map(({ fault }) => fault).join(', '));
  return sumCertificatePdf({ certificate, file: path.basename(file), fingerprint: signedBy, stages }, words);
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined; // no JSON: said as no certificate
  }
}

async function readCapped(file: string, maxBytes: number): Promise<Buffer> {
  const handle = await open(file).catch((cause) => {
    throw readTrouble(file, cause);
  });
  try {
    const { size } = await handle.stat();
    if (size > maxBytes) throw malformed(file, `larger than ${maxBytes} bytes`);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** It has its name only once it is whole and on the disk. */
async function writeWhole(file: string, text: string): Promise<void> {
  const partial = `${file}.partial`;
  try {
    const handle = await open(partial, 'w', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(partial, file);
  } catch (cause) {
    throw writeTrouble(file, cause);
  }
}

function malformed(on: string, answer: string): Trouble {
  return new Trouble('malformed', { tried: 'read-file', on, answer });
}
