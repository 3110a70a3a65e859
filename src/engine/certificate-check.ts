import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { canonical } from './canonical.ts';
import {
  CERTIFICATE_FORMAT,
  CERTIFICATE_VERSION,
  type Certificate,
  certificateText,
  count,
  fingerprintOf,
  noCounts,
  startChain,
  verdictOf,
} from './certificate.ts';
import type { Finding } from './event.ts';

/** What is wrong with a certificate; each has its sentence under `certify.fault` in the catalogues. */
export type CertificateFault =
  | { fault: 'unreadable' | 'rewritten' }
  | { fault: 'findings-missing'; file: string }
  | { fault: 'lines'; found: number; wanted: number }
  | { fault: 'canonical'; line: number }
  | { fault: 'chain' | 'counts' | 'verdict' | 'signature' };

export interface CertificateCheck {
  /** Null when it could not be read at all. */
  certificate: Certificate | null;
  /** Empty: whole. */
  faults: CertificateFault[];
  /** Fingerprint of the key inside, or null. */
  signedBy: string | null;
}

/** A certificate is a page of JSON; a line of findings a few kilobytes. */
const CERTIFICATE_MAX_BYTES = 4 * 1024 * 1024;
const LINE_MAX_CHARS = 1024 * 1024;

/** Checks a certificate and its findings file against each other, without network. Never throws for what is in them. */
export async function checkCertificate(file: string): Promise<CertificateCheck> {
  const bytes = await readFile(file).catch(() => null);
  const certificate = bytes && readCertificate(bytes);
  const key = certificate && readKey(certificate.publicKey);
  if (!key) return { certificate: null, faults: [{ fault: 'unreadable' }], signedBy: null };
  if (!isAsWritten(certificate, bytes))
    return { certificate: null, faults: [{ fault: 'rewritten' }], signedBy: null };
  const faults = await checkFindings(file, certificate);
  if (!signatureFits(certificate, key)) faults.push({ fault: 'signature' });
  return { certificate, faults, signedBy: fingerprintOf(key) };
}

function readCertificate(bytes: Buffer): Certificate | null {
  if (bytes.length > CERTIFICATE_MAX_BYTES) return null;
  const parsed = parse(bytes.toString()) as Certificate | undefined;
  return parsed && hasShape(parsed) ? parsed : null;
}

/**
 * A member told twice, bytes that are no UTF-8, a number too large: of these, two readers may make different certificates.
 * None of them gives the same bytes again.
 */
function isAsWritten(certificate: Certificate, bytes: Buffer): boolean {
  return bytes.equals(Buffer.from(orNull(() => certificateText(certificate)) ?? ''));
}

/** Null for what has no JSON: a number that was read as infinite, a nesting too deep. */
function orNull(write: () => string): string | null {
  try {
    return write();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function hasShape({ header, findings, counts, summary, head, signature, publicKey }: Certificate): boolean {
  const known = header?.format === CERTIFICATE_FORMAT && header.version === CERTIFICATE_VERSION;
  const parts =
    typeof counts?.findings === 'object' && typeof counts.classes === 'object' && typeof summary === 'object';
  const texts = [head, signature, publicKey, findings?.file].every((text) => typeof text === 'string');
  return known && parts && texts && Number.isSafeInteger(findings.lines);
}

function readKey(pem: string): KeyObject | null {
  try {
    const key = createPublicKey(pem);
    return key.asymmetricKeyType === 'ed25519' ? key : null;
  } catch {
    return null; // no key: said as `unreadable`
  }
}

/** One spelling each: what lies beside the sealed part is held to the way it is written, too. */
function signatureFits({ signature, publicKey, ...sealed }: Certificate, key: KeyObject): boolean {
  if (Buffer.from(signature, 'base64').toString('base64') !== signature) return false;
  if (key.export({ type: 'spki', format: 'pem' }).toString() !== publicKey) return false;
  return verify(null, Buffer.from(canonical(sealed)), key, Buffer.from(signature, 'base64'));
}

async function checkFindings(file: string, certificate: Certificate): Promise<CertificateFault[]> {
  const { head, header, counts, summary, verdict } = certificate;
  const { file: name, lines: wanted } = certificate.findings;
  const faults: CertificateFault[] = [];
  const chain = startChain(header);
  const found = noCounts();
  // Only the file beside the certificate is meant, whatever the name says.
  const lines = linesOf(path.join(path.dirname(file), path.basename(name)));
  try {
    for await (const line of lines) {
      chain.add(line);
      const finding = findingOf(line);
      if (finding) count(found, finding);
      else if (faults.length === 0) faults.push({ fault: 'canonical', line: chain.length });
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return [{ fault: 'findings-missing', file: name }];
  }
  if (chain.length !== wanted) faults.push({ fault: 'lines', found: chain.length, wanted });
  if (chain.head() !== head) faults.push({ fault: 'chain' });
  if (canonical(found) !== canonical(counts)) faults.push({ fault: 'counts' });
  if (verdictOf(summary, found) !== verdict) faults.push({ fault: 'verdict' });
  return faults;
}

function findingOf(line: string): Finding | null {
  const finding = parse(line) as Finding | undefined;
  if (!finding || orNull(() => canonical(finding)) !== line) return null;
  const kind = finding.is === 'unseen' || Object.hasOwn(noCounts().findings, finding.is);
  const known = kind && Array.isArray(finding.classes);
  return known ? finding : null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined; // no JSON: said as `unreadable` or `canonical`
  }
}

/**
 * The lines of a file; a line above the cap is given in pieces, which then do not read as findings. Bytes that are no UTF-8
 * end it with a line that is none either: put as U+FFFD, they could pass for a finding that holds one.
 */
async function* linesOf(file: string): AsyncIterable<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let rest = '';
  for await (const piece of createReadStream(file, { highWaterMark: 1 << 18 })) {
    const text = textOf(decoder, piece);
    if (text === null) {
      yield NO_TEXT;
      return;
    }
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    yield* lines;
    if (rest.length > LINE_MAX_CHARS) {
      yield rest;
      rest = '';
    }
  }
  if (textOf(decoder) === null) yield NO_TEXT;
  if (rest !== '') yield rest;
}

const NO_TEXT = '\ufffd';

/** Null for what is no UTF-8; without a piece: whether the end cuts a character. */
function textOf(decoder: TextDecoder, piece?: Buffer): string | null {
  try {
    return piece ? decoder.decode(piece, { stream: true }) : decoder.decode();
  } catch {
    return null;
  }
}
