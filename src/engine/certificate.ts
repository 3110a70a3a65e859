import { createHash, createPublicKey, hash, type KeyObject, sign } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { isIncomplete } from '../mail/rebuild-note.ts';
import type { Aside, SourceTraits } from '../stores/source.ts';
import { Trouble } from '../trouble.ts';
import { canonical } from './canonical.ts';
import type { Finding, Summary } from './event.ts';

export const CERTIFICATE_FORMAT = 'malleposte-certificate';
export const CERTIFICATE_VERSION = 1;

/** What was proven, and when; told before the first finding. No secrets: names are `Reader.name`. */
export interface CertificateHeader {
  format: typeof CERTIFICATE_FORMAT;
  version: typeof CERTIFICATE_VERSION;
  target: string;
  accounts: string[];
  /** What an account cannot tell, by its name: no proof can say that it was kept. Left out: each tells everything. */
  unknown?: Record<string, Unknown[]>;
  /** Milliseconds since 1970. */
  began: number;
  madeBy: string;
}

/** `rebuilt`: the account keeps the parts of a message, not the bytes that came (Outlook). */
export type Unknown = 'folders' | 'marks' | 'rebuilt';

export function unknownOf({ bytes, marks, folders }: SourceTraits): Unknown[] {
  const unknown: Unknown[] = [];
  if (folders === false) unknown.push('folders');
  if (!marks) unknown.push('marks');
  if (bytes === 'rebuilt') unknown.push('rebuilt');
  return unknown;
}

/** How many findings of each kind, of each altered class, of each account. */
export interface FindingCounts {
  findings: Record<Exclude<Finding['is'], 'unseen'>, number> & { unseen?: number };
  classes: Record<string, number>;
  /** Entries told of each account. */
  accounts: Record<string, number>;
  /** Messages that lay in further folders (labels), which only the findings name. Left out: none. */
  alsoIn?: number;
  /** Messages without a part that could not be read at the source. Left out: none. */
  incomplete?: number;
}

export interface AccountAside extends Aside {
  account: string;
}

/** Of those that lie aside, named in the certificate; and of a path, characters. */
const ASIDE_MAX = 500;
const PATH_MAX_CHARS = 1000;

export type Verdict = 'passed' | 'exceptions' | 'failed';

/** The part that is signed. */
export interface Sealed {
  header: CertificateHeader;
  ended: number;
  summary: Omit<Summary, 'event'>;
  counts: FindingCounts;
  verdict: Verdict;
  /** What lies in the accounts and is no message, as far as it is named: no part of what was proven. Left out: nothing. */
  aside?: { count: number; first: AccountAside[] };
  /** The findings file beside the certificate: canonical JSON, a line each. */
  findings: { file: string; lines: number };
  /** Last link of the chain, hex: h₀ = SHA-256(canonical header), hᵢ = SHA-256(hᵢ₋₁ ‖ canonical findingᵢ). */
  head: string;
}

export interface Certificate extends Sealed {
  /** Ed25519 over the canonical JSON of the sealed part, base64. */
  signature: string;
  /** Of the key that signed, SubjectPublicKeyInfo in PEM. */
  publicKey: string;
}

/** Takes the findings one by one as the proof tells them; nothing is held but what is not yet written. */
export interface CertificateWriter {
  add(finding: Finding): void;
  /** Signs and puts both files in place. */
  finish(summary: Summary, aside?: readonly AccountAside[]): Certificate;
  /** There will be no certificate: what was written is removed. */
  abort(): void;
}

export interface CertificateOptions {
  /** The certificate; the findings go to `FILE.findings.jsonl`. */
  file: string;
  header: Pick<CertificateHeader, 'target' | 'accounts' | 'unknown' | 'madeBy'>;
  privateKey: KeyObject;
}

/** Bytes gathered before the findings file is written to. */
const WRITE_BYTES = 64 * 1024;

/** @throws Trouble `denied` or `full` (`write-file`) */
export function writeCertificate(options: CertificateOptions): CertificateWriter {
  const header: CertificateHeader = {
    format: CERTIFICATE_FORMAT,
    version: CERTIFICATE_VERSION,
    ...options.header,
    began: Date.now(),
  };
  const chain = startChain(header);
  const counts = noCounts();
  const lines = openLines(findingsFile(options.file));
  return {
    add(finding) {
      const line = canonical(finding);
      chain.add(line);
      count(counts, finding);
      lines.add(line);
    },
    finish(summary, aside = []) {
      const { event: _, ...sums } = summary;
      const sealed: Sealed = {
        header,
        ended: Date.now(),
        summary: sums,
        counts,
        verdict: verdictOf(sums, counts),
        ...asidePart(aside),
        findings: { file: path.basename(findingsFile(options.file)), lines: chain.length },
        head: chain.head(),
      };
      const certificate = seal(sealed, options.privateKey);
      lines.finish();
      writeWhole(options.file, certificateText(certificate));
      return certificate;
    },
    abort: lines.abort,
  };
}

function asidePart(aside: readonly AccountAside[]): Pick<Sealed, 'aside'> {
  if (aside.length === 0) return {};
  const first = aside.slice(0, ASIDE_MAX).map(({ account, path, because, items }) => ({
    ...{ account, path: path.slice(0, PATH_MAX_CHARS).toWellFormed(), because },
    ...(items === undefined ? {} : { items }),
  }));
  return { aside: { count: aside.length, first } };
}

/** The one way a certificate is written: what reads back and does not give this text again was written by another hand. */
export function certificateText(certificate: Certificate): string {
  return `${JSON.stringify(certificate, null, 2)}\n`;
}

export function findingsFile(certificateFile: string): string {
  return `${certificateFile}.findings.jsonl`;
}

export interface Chain {
  add(line: string): void;
  head(): string;
  readonly length: number;
}

export function startChain(header: CertificateHeader): Chain {
  let head: Buffer = hash('sha256', canonical(header), 'buffer');
  let length = 0;
  return {
    add(line) {
      head = createHash('sha256').update(head).update(line).digest();
      length++;
    },
    head: () => head.toString('hex'),
    get length() {
      return length;
    },
  };
}

export function noCounts(): FindingCounts {
  const findings = {
    same: 0,
    altered: 0,
    merged: 0,
    left: 0,
    asked: 0,
    missing: 0,
    doubled: 0,
    extra: 0,
    unread: 0,
  };
  return { findings, classes: {}, accounts: {} };
}

export function count(counts: FindingCounts, finding: Finding): void {
  counts.findings[finding.is] = (counts.findings[finding.is] ?? 0) + 1;
  for (const name of finding.classes) counts.classes[name] = (counts.classes[name] ?? 0) + 1;
  const { account } = finding;
  if (account !== null) counts.accounts[account] = (counts.accounts[account] ?? 0) + 1;
  if (isIncomplete(finding.classes)) counts.incomplete = (counts.incomplete ?? 0) + 1;
  if (finding.alsoIn) counts.alsoIn = (counts.alsoIn ?? 0) + 1;
}

/**
 * Law 1: entries = copied + merged + left + asked, or it says so and fails. A sum that does not agree with the findings
 * told is a failed proof too.
 */
export function verdictOf(summary: Omit<Summary, 'event'>, { findings, incomplete }: FindingCounts): Verdict {
  // What could not be read is missing until it can be.
  const missing = findings.missing + findings.unread;
  const told =
    findings.left === summary.left &&
    findings.asked === summary.asked &&
    missing === summary.missing &&
    (incomplete ?? 0) === (summary.incomplete ?? 0) &&
    (findings.unseen ?? 0) === (summary.unseen ?? 0);
  if (summary.missing > 0 || summary.doubled > 0 || !told || !sumsUp(summary)) return 'failed';
  return anyExceptions(summary) ? 'exceptions' : 'passed';
}

/**
 * A message that the target would not show could be a copy too many, one that lacks a part is not what it was, and a file that
 * could not be looked into may hold any number of them: a person should look.
 */
export function anyExceptions(summary: Omit<Summary, 'event'>): boolean {
  const { left, asked, unseen = 0, incomplete = 0, unopened = 0 } = summary;
  return left + asked + unseen + incomplete + unopened > 0;
}

export function sumsUp({ entries, copied, merged, left, asked, missing }: Omit<Summary, 'event'>): boolean {
  return entries === copied + merged + left + asked + missing;
}

function seal(sealed: Sealed, privateKey: KeyObject): Certificate {
  return {
    ...sealed,
    signature: sign(null, Buffer.from(canonical(sealed)), privateKey).toString('base64'),
    publicKey: createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString(),
  };
}

/** SHA-256 of the key's SubjectPublicKeyInfo, hex: what two people compare on the telephone. */
export function fingerprintOf(key: KeyObject): string {
  return hash('sha256', key.export({ type: 'spki', format: 'der' }), 'hex');
}

/** A file of lines that has its name only once it is whole and on the disk. */
function openLines(file: string): { add(line: string): void; finish(): void; abort(): void } {
  const partial = `${file}.partial`;
  const fd = attempt(file, () => openSync(partial, 'w', 0o600));
  let gathered: string[] = [];
  let size = 0;
  let open = true;
  const write = (): void => {
    attempt(file, () => writeAll(fd, gathered.join('')));
    gathered = [];
    size = 0;
  };
  const close = (): void => {
    if (open) closeSync(fd);
    open = false;
  };
  return {
    add(line) {
      gathered.push(line, '\n');
      size += line.length;
      if (size >= WRITE_BYTES) write();
    },
    finish() {
      write();
      attempt(file, () => fsyncSync(fd));
      close();
      attempt(file, () => renameSync(partial, file));
    },
    abort() {
      close();
      rmSync(partial, { force: true });
    },
  };
}

function writeWhole(file: string, text: string): void {
  attempt(file, () => {
    const partial = `${file}.partial`;
    const fd = openSync(partial, 'w', 0o600);
    try {
      writeAll(fd, text);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(partial, file);
  });
}

function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}

function attempt<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const kind = code === 'ENOSPC' || code === 'EDQUOT' ? 'full' : 'denied';
    throw new Trouble(kind, { tried: 'write-file', on: file, answer: message, cause });
  }
}
