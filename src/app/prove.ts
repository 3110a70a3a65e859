import { createPublicKey } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  type AccountAside,
  type Certificate,
  type CertificateHeader,
  type CertificateWriter,
  fingerprintOf,
  unknownOf,
  writeCertificate,
} from '../engine/certificate.ts';
import { gatherExceptions } from '../engine/certificate-exceptions.ts';
import type { Event, Finding, Summary } from '../engine/event.ts';
import { prove } from '../engine/prove.ts';
import type { Road } from '../engine/road.ts';
import { certificatePage } from '../papers/certificate.ts';
import type { Source } from '../stores/source.ts';
import { writeTrouble } from '../trouble.ts';
import type { Words } from '../words/words.ts';
import { type DataFolder, makeFolder, slugOf } from './data.ts';
import { type Errand, withRoad } from './errand.ts';
import { signingKey } from './signing-key.ts';
import { ownVersion } from './version.ts';

/** Findings listed on the page; all of them stand in the findings file. */
const PAGE_EXCEPTIONS_MAX = 1000;

export interface ProveErrand extends Errand {
  /** `--out`: the certificate; else it lies in the data folder. */
  out: string | undefined;
  /** The words of the page. */
  words: Words;
}

export interface Proof {
  summary: Summary;
  certificate: Certificate;
  file: string;
  page: string;
  /** Those to be read, most important first, and how many more there are. */
  exceptions: Finding[];
  more: number;
  /** What lies in the accounts and is no message: not part of what was proven. */
  aside: AccountAside[];
}

/** Reads both sides again and writes the certificate, its findings file and its page. Throws Trouble, `Cancelled`. */
export function runProve(errand: ProveErrand): Promise<Proof> {
  return withRoad(errand, 'if-there', async (road, data) => {
    const file = await certificateFile(errand.out, data, road.target.name);
    const privateKey = await signingKey(data);
    const accounts = road.sources.map(({ name }) => name);
    const header = { target: road.target.name, accounts, ...untold(road.sources), madeBy: ownVersion() };
    const writer = writeCertificate({ file, header, privateKey });
    const gathering = gatherExceptions(PAGE_EXCEPTIONS_MAX);
    const aside: AccountAside[] = [];
    const summary = await proveInto(road, writer, (event) => {
      if (event.event === 'finding') gathering.add(event.finding);
      if (event.event === 'aside') aside.push(event);
    });
    const certificate = writer.finish(summary, aside);
    const page = `${file}.html`;
    const { exceptions, more } = gathering.gathered();
    const fingerprint = fingerprintOf(createPublicKey(privateKey));
    const paper = { certificate, file: path.basename(file), fingerprint, exceptions, more };
    await writePage(page, certificatePage(paper, errand.words));
    return { summary, certificate, file, page, exceptions, more, aside };
  });
}

function untold(sources: readonly Source[]): Pick<CertificateHeader, 'unknown'> {
  const unknown = sources.map(({ name, traits }) => [name, unknownOf(traits)] as const);
  const some = unknown.filter(([, list]) => list.length > 0);
  return some.length === 0 ? {} : { unknown: Object.fromEntries(some) };
}

async function proveInto(
  road: Road,
  writer: CertificateWriter,
  gather: (event: Event) => void,
): Promise<Summary> {
  const tell = (event: Event): void => {
    if (event.event === 'finding') writer.add(event.finding);
    gather(event);
    road.tell(event);
  };
  try {
    return await prove({ ...road, tell });
  } catch (error) {
    writer.abort();
    throw error;
  }
}

async function certificateFile(out: string | undefined, data: DataFolder, target: string): Promise<string> {
  if (out !== undefined) return path.resolve(out);
  await makeFolder(data.certificates);
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '').replace('T', '-');
  return path.join(data.certificates, `${slugOf(target)}-${stamp}.json`);
}

async function writePage(page: string, text: string): Promise<void> {
  try {
    await writeFile(page, text, { mode: 0o600 });
  } catch (cause) {
    throw writeTrouble(page, cause);
  }
}
