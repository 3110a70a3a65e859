import { createPublicKey, hash, type KeyObject, verify } from 'node:crypto';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { canonical } from './canonical.ts';
import { fingerprintOf } from './certificate.ts';
import { type CertificateFault, checkCertificate } from './certificate-check.ts';
import {
  addsUp,
  addUp,
  type SumCertificate,
  type SumPerson,
  sumsOf,
  sumText,
  sumVerdict,
  toldTwice,
  verdictFits,
} from './summary-certificate.ts';
import { readSumCertificate } from './summary-certificate-schema.ts';

/** What is wrong with a sum certificate; each has its sentence under `certify.sum.fault` in the catalogues. */
export type SumFault =
  | { fault: 'unreadable' | 'rewritten' | 'signature' | 'verdict' }
  /** A total, or a person's own sums, do not add up. */
  | { fault: 'sums' }
  | { fault: 'person-sums'; address: string }
  | { fault: 'twice'; on: string }
  /** What lies beside is another certificate than the one that was summed. */
  | { fault: 'person-file'; file: string; address: string }
  /** It is the one, and says something else than what was summed. */
  | { fault: 'person-differs'; file: string; address: string }
  /** It is the one, and it is not whole. */
  | { fault: 'person-faults'; file: string; address: string; faults: CertificateFault[] };

export interface SumCheck {
  /** Null when it could not be read at all. */
  certificate: SumCertificate | null;
  /** Empty: whole. */
  faults: SumFault[];
  /** Fingerprint of the key inside, or null. */
  signedBy: string | null;
  /** How many of the persons' certificates lie there and were checked with it. */
  looked: number;
}

/** A line of a person takes under a kilobyte; so does what was accepted. */
const SUM_MAX_BYTES = 64 * 1024 * 1024;
const PERSON_MAX_BYTES = 4 * 1024 * 1024;

/**
 * Checks a sum certificate without network: its signature, that its sums add up, and each person's certificate that lies in
 * `folder` (else beside it), findings and all. Those that do not lie there are not missed. Never throws for what is in them.
 */
export async function checkSumCertificate(file: string, folder = path.dirname(file)): Promise<SumCheck> {
  const bytes = await readCapped(file, SUM_MAX_BYTES);
  const certificate = bytes && readSumCertificate(bytes);
  const key = certificate && readKey(certificate.publicKey);
  if (!key) return nothing('unreadable');
  if (!bytes.equals(Buffer.from(sumText(certificate)))) return nothing('rewritten');
  const faults = innerFaults(certificate);
  if (!signatureFits(certificate, key)) faults.push({ fault: 'signature' });
  let looked = 0;
  for (const person of certificate.people) {
    const found = await personFault(path.join(folder, path.basename(person.file)), person);
    if (found !== 'absent') looked++;
    if (found !== 'absent' && found !== null) faults.push(found);
  }
  return { certificate, faults, signedBy: fingerprintOf(key), looked };
}

function nothing(fault: 'unreadable' | 'rewritten'): SumCheck {
  return { certificate: null, faults: [{ fault }], signedBy: null, looked: 0 };
}

/** What can be said without a look at any other file. */
function innerFaults(certificate: SumCertificate): SumFault[] {
  const { people, sums, verdict } = certificate;
  const faults: SumFault[] = [];
  const twice = toldTwice(certificate);
  if (twice !== null) faults.push({ fault: 'twice', on: twice });
  for (const person of people)
    if (!verdictFits(person)) faults.push({ fault: 'person-sums', address: person.address });
  if (canonical(addUp(people)) !== canonical(sums)) faults.push({ fault: 'sums' });
  else if (verdict !== 'failed' && !addsUp(sums)) faults.push({ fault: 'sums' });
  if (sumVerdict(certificate) !== verdict) faults.push({ fault: 'verdict' });
  return faults;
}

/** Two ways to write the same signature or key would be two files that say the same. */
function signatureFits({ signature, publicKey, ...sealed }: SumCertificate, key: KeyObject): boolean {
  const bytes = Buffer.from(signature, 'base64');
  const plain = bytes.toString('base64') === signature;
  const ownPem = key.export({ type: 'spki', format: 'pem' }).toString() === publicKey;
  return plain && ownPem && verify(null, Buffer.from(canonical(sealed)), key, bytes);
}

function readKey(pem: string): KeyObject | null {
  try {
    const key = createPublicKey(pem);
    return key.asymmetricKeyType === 'ed25519' ? key : null;
  } catch {
    return null; // no key: said as `unreadable`
  }
}

/** `absent`: nothing lies there; null: it is the one that was summed, and whole. */
async function personFault(file: string, person: SumPerson): Promise<SumFault | 'absent' | null> {
  const named = { file: path.basename(file), address: person.address };
  const bytes = await readCapped(file, PERSON_MAX_BYTES);
  if (bytes === null) return 'absent';
  if (hash('sha256', bytes, 'hex') !== person.sha256) return { fault: 'person-file', ...named };
  const { certificate, faults, signedBy } = await checkCertificate(file);
  if (certificate === null || faults.length > 0) return { fault: 'person-faults', ...named, faults };
  const { head, ended, verdict } = certificate;
  const says = canonical({ head, ended, verdict, signedBy, sums: sumsOf(certificate) });
  const summed = canonical({
    ...{ head: person.head, ended: person.ended, verdict: person.verdict },
    ...{ signedBy: person.signedBy, sums: person.sums },
  });
  return says === summed ? null : { fault: 'person-differs', ...named };
}

/** Null when nothing can be read there; of what is larger, so much that it is no certificate. */
async function readCapped(file: string, maxBytes: number): Promise<Buffer | null> {
  const handle = await open(file).catch(() => null);
  if (handle === null) return null;
  try {
    const { size } = await handle.stat();
    return size > maxBytes ? Buffer.alloc(0) : await handle.readFile();
  } catch {
    return null; // a folder, a disk that fails: nothing to read there
  } finally {
    await handle.close();
  }
}
