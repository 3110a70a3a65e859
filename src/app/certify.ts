import path from 'node:path';
import { type CertificateCheck, checkCertificate } from '../engine/certificate-check.ts';
import { dataFolder } from './data.ts';
import { ownFingerprint } from './signing-key.ts';

export interface CertifyResult extends CertificateCheck {
  /** Whether the key of this data folder signed it; null when the folder has no key to compare with. */
  own: boolean | null;
}

/** Checks a certificate without network. What is wrong is in the answer, not thrown. */
export async function runCertify(file: string, data: string | undefined): Promise<CertifyResult> {
  const check = await checkCertificate(path.resolve(file));
  const own = await ownFingerprint(dataFolder(data));
  return { ...check, own: own === null || check.signedBy === null ? null : own === check.signedBy };
}
