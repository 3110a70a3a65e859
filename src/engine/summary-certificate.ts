import { createPublicKey, type KeyObject, sign } from 'node:crypto';
import { Trouble } from '../trouble.ts';
import { canonical } from './canonical.ts';
import { type Certificate, fingerprintOf, sumsUp, type Verdict } from './certificate.ts';
import type { Finding, ReasonCode } from './event.ts';

export const SUM_FORMAT = 'malleposte-sum-certificate';
export const SUM_VERSION = 1;

/** Of whom the certificates are summed. */
export type SumOf = 'site' | 'wave' | 'organisation';

/** What the persons' certificates say, added up: counts of messages, and the bytes that were read at the sources. */
export interface Sums {
  entries: number;
  copied: number;
  merged: number;
  left: number;
  asked: number;
  missing: number;
  extra: number;
  doubled: number;
  altered: number;
  unseen: number;
  incomplete: number;
  unopened: number;
  bytes: number;
}

/** A person whose own certificate this one stands on. */
export interface SumPerson {
  name: string;
  address: string;
  /** Base name of the certificate, which may lie beside this one. */
  file: string;
  /** SHA-256 of that file, hex. */
  sha256: string;
  /** Last link of its chain, hex. */
  head: string;
  /** SHA-256 of the key that signed it, hex. */
  signedBy: string;
  /** When both sides had been read; milliseconds since 1970. */
  ended: number;
  verdict: Verdict;
  sums: Sums;
}

/**
 * Why a person has none. `left-out`: a named operator decided that this mail is not moved; of all others, the work is not
 * at its end. `not-whole`: there is one, and it does not hold.
 */
export const WITHOUT_BECAUSE = [
  'left-out',
  'no-account',
  'not-moved',
  'moving',
  'not-proven',
  'not-whole',
] as const;
export type WithoutBecause = (typeof WITHOUT_BECAUSE)[number];

export interface PersonWithout {
  name: string;
  address: string;
  because: WithoutBecause;
  /** In an operator's own words; empty where there is nothing to say. */
  note: string;
}

/** A finding that somebody answers for. It stays what it is: no sum and no verdict is the better for it. */
export interface AcceptedFinding {
  /** Address of the person. */
  address: string;
  is: Finding['is'];
  code: ReasonCode | null;
  account: string | null;
  folder: string;
  key: string;
  subject: string | null;
  by: string;
  /** Milliseconds since 1970. */
  at: number;
  reason: string;
}

/** `unfinished`: nothing of what was proven fails, and not everybody has been proven. */
export type SumVerdict = Verdict | 'unfinished';

export interface SumHeader {
  format: typeof SUM_FORMAT;
  version: typeof SUM_VERSION;
  of: SumOf;
  name: string;
  /** Whose site or wave it is; null: not told, or it is the organisation itself. */
  organisation: string | null;
  /** Milliseconds since 1970. */
  made: number;
  madeBy: string;
}

/** The part that is signed. */
export interface SealedSum {
  header: SumHeader;
  people: SumPerson[];
  without: PersonWithout[];
  accepted: AcceptedFinding[];
  sums: Sums;
  verdict: SumVerdict;
}

export interface SumCertificate extends SealedSum {
  /** Ed25519 over the canonical JSON of the sealed part, base64. */
  signature: string;
  /** Of the key that signed, SubjectPublicKeyInfo in PEM. */
  publicKey: string;
}

export interface SumOptions {
  header: Pick<SumHeader, 'of' | 'name' | 'organisation' | 'made' | 'madeBy'>;
  people: readonly SumPerson[];
  without: readonly PersonWithout[];
  accepted: readonly AcceptedFinding[];
  privateKey: KeyObject;
}

/**
 * Adds up and signs. Persons stand in the order given.
 *
 * @throws Trouble `malformed` (`write-file`) when a person is told twice, or two stand on one certificate
 */
export function sumCertificate({
  header,
  people,
  without,
  accepted,
  privateKey,
}: SumOptions): SumCertificate {
  const twice = toldTwice({ people, without });
  if (twice !== null)
    throw new Trouble('malformed', { tried: 'write-file', on: twice, answer: 'told twice' });
  const sums = addUp(people);
  const sealed: SealedSum = {
    header: clipped({ format: SUM_FORMAT, version: SUM_VERSION, ...header }),
    people: people.map((one) => clipped(one)),
    without: without.map((one) => clipped(one)),
    accepted: accepted.map((one) => clipped(one)),
    sums,
    verdict: sumVerdict({ people, without }),
  };
  return {
    ...sealed,
    signature: sign(null, Buffer.from(canonical(sealed)), privateKey).toString('base64'),
    publicKey: createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString(),
  };
}

/** Characters of a name, subject or reason. */
export const SUM_TEXT_MAX_CHARS = 1000;

/** Texts of people and servers, cut to what is read back, and such that every reader reads the same. */
function clipped<T extends object>(one: T): T {
  const parts = Object.entries(one).map(([name, value]) => [
    name,
    typeof value === 'string' ? clip(value) : value,
  ]);
  return Object.fromEntries(parts) as T;
}

function clip(text: string): string {
  return text.slice(0, SUM_TEXT_MAX_CHARS).toWellFormed();
}

/** The one way it is written: canonical JSON, and a line end. */
export function sumText(certificate: SumCertificate): string {
  return `${canonical(certificate)}\n`;
}

/** The line of a person, from a certificate that was found whole. */
export function sumPerson(
  person: { name: string; address: string },
  { certificate, file, sha256 }: { certificate: Certificate; file: string; sha256: string },
): SumPerson {
  const { head, ended, verdict, publicKey } = certificate;
  const signedBy = fingerprintOf(createPublicKey(publicKey));
  return {
    ...{ name: person.name, address: person.address },
    ...{ file, sha256, head, signedBy, ended, verdict, sums: sumsOf(certificate) },
  };
}

export function sumsOf({ summary }: Pick<Certificate, 'summary'>): Sums {
  const { entries, copied, merged, left, asked, missing, extra, doubled, altered, bytes } = summary;
  const { unseen = 0, incomplete = 0, unopened = 0 } = summary;
  return {
    ...{ entries, copied, merged, left, asked, missing, extra, doubled, altered },
    ...{ unseen, incomplete, unopened, bytes },
  };
}

const NOTHING: Sums = {
  ...{ entries: 0, copied: 0, merged: 0, left: 0, asked: 0, missing: 0, extra: 0, doubled: 0, altered: 0 },
  ...{ unseen: 0, incomplete: 0, unopened: 0, bytes: 0 },
};
export const SUM_NAMES = Object.keys(NOTHING) as (keyof Sums)[];

export function addUp(people: readonly Pick<SumPerson, 'sums'>[]): Sums {
  const total = { ...NOTHING };
  for (const { sums } of people) for (const name of SUM_NAMES) total[name] += sums[name];
  return total;
}

/** Whether a person's verdict can follow from the sums; what the findings say is told by the certificate alone. */
export function verdictFits({ sums, verdict }: Pick<SumPerson, 'sums' | 'verdict'>): boolean {
  if (verdict === 'failed') return true;
  const { left, asked, missing, doubled, unseen, incomplete, unopened } = sums;
  if (missing > 0 || doubled > 0 || !addsUp(sums)) return false;
  const some = left + asked + unseen + incomplete + unopened > 0;
  return verdict === (some ? 'exceptions' : 'passed');
}

/** Law 1, for the sums of many. */
export function addsUp(sums: Sums): boolean {
  return sumsUp({ ...sums, gone: 0, carried: 0, seconds: 0 });
}

/** What fails outweighs what is not done, and that what is to be read. Of nobody nothing is proven. */
export function sumVerdict({
  people,
  without,
}: {
  people: readonly Pick<SumPerson, 'verdict'>[];
  without: readonly Pick<PersonWithout, 'because'>[];
}): SumVerdict {
  if (people.some(({ verdict }) => verdict === 'failed')) return 'failed';
  if (people.length === 0 || without.some(({ because }) => because !== 'left-out')) return 'unfinished';
  const read = without.length > 0 || people.some(({ verdict }) => verdict === 'exceptions');
  return read ? 'exceptions' : 'passed';
}

/** The first address, file or certificate that stands in it twice: its messages would count twice. Null: none. */
export function toldTwice({
  people,
  without,
}: {
  people: readonly Pick<SumPerson, 'address' | 'file' | 'sha256'>[];
  without: readonly Pick<PersonWithout, 'address'>[];
}): string | null {
  const addresses = [...people, ...without].map(({ address }) => address.toLowerCase());
  const lists = [addresses, people.map(({ file }) => file), people.map(({ sha256 }) => sha256)];
  for (const list of lists) {
    const seen = new Set<string>();
    for (const one of list) {
      if (seen.has(one)) return one;
      seen.add(one);
    }
  }
  return null;
}
