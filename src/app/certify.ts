import path from 'node:path';
import { type CertificateCheck, checkCertificate } from '../engine/certificate-check.ts';
import type { SumCheck } from '../engine/summary-certificate-check.ts';
import { dataFolder } from './data.ts';
import { ownFingerprint } from './signing-key.ts';

export type CertifyResult = (({ is: 'person' } & CertificateCheck) | ({ is: 'sum' } & SumCheck)) & {
  /** Whether the key of this data folder signed it; null when the folder has no key to compare with. */
  own: boolean | null;
};

/** Checks a certificate, of a person or of many, without network. What is wrong is in the answer, not thrown. */
export async function runCertify(file: string, data: string | undefined): Promise<CertifyResult> {
  const check = await checkEither(path.resolve(file));
  const own = await ownFingerprint(dataFolder(data));
  return { ...check, own: own === null || check.signedBy === null ? null : own === check.signedBy };
}

async function checkEither(
  file: string,
): Promise<({ is: 'person' } & CertificateCheck) | ({ is: 'sum' } & SumCheck)> {
  const person = await checkCertificate(file);
  if (!person.faults.some(({ fault }) => fault === 'unreadable')) return { is: 'person', ...person };
  const { checkSumCertificate } = await import('../engine/summary-certificate-check.ts');
  const sum = await checkSumCertificate(file);
  const neither = sum.faults.some(({ fault }) => fault === 'unreadable');
  return neither ? { is: 'person', ...person } : { is: 'sum', ...sum };
}
