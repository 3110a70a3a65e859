/** Invented certificates for the tests of printed papers. */

import { generateKeyPairSync } from 'node:crypto';
import type { Certificate } from '../../engine/certificate.ts';
import type { Finding } from '../../engine/event.ts';
import { addUp, type SumPerson, sumCertificate } from '../../engine/summary-certificate.ts';
import { groupFindings } from '../certificate-causes.ts';
import type { PersonPaper } from '../certificate-pdf.ts';
import type { SumPaper } from '../certificate-sum-pdf.ts';
import type { Stage } from './blocks.ts';

export const ROAD: readonly Stage[] = [
  { name: 'Avignon · pilote', state: 'proven', note: '31 boîtes' },
  { name: 'Lyon', state: 'exceptions', note: '24 boîtes' },
  { name: 'Toulouse', state: 'moving', mark: '64\u202f%', note: '18 boîtes' },
  { name: 'Lisbonne', state: 'waiting', mark: '22', note: '2 déc.' },
  { name: 'Casablanca', state: 'waiting', mark: '17', note: 'à planifier' },
];

const OLD = 'imap://n.benali@mail.ancien-hebergeur.example:143/';
const PST = 'pst:/archives/nadia benali/Archive 2009-2018.pst';

export function finding(is: Finding['is'], change: Partial<Finding> = {}): Finding {
  return {
    ...{ is, account: OLD, folder: 'INBOX/Chantiers', key: '1.812', subject: 'Plans de l’atelier, été' },
    ...{ messageId: null, at: null, by: null, classes: [], reason: null, exact: null, ...change },
  };
}

/** `many`: findings of each cause. */
export function personSample(many: number, change: Partial<PersonPaper> = {}): PersonPaper {
  const refused = {
    code: 'too-large',
    answer: '552 5.3.4 Message size 41234567 exceeds fixed limit 26214400',
  } as const;
  const findings = Array.from({ length: many }, (_, n) => [
    finding('left', {
      key: `1.${n}`,
      subject: `Vidéo de la visite du chantier nº ${n + 1}`,
      reason: refused,
    }),
    finding('altered', {
      key: `7.${n}`,
      classes: ['header:Subject'],
      account: PST,
      folder: 'Éléments envoyés',
    }),
    finding('extra', { account: null, key: `44.${n}`, subject: 'Bienvenue dans votre nouvelle boîte' }),
  ]).flat();
  return {
    certificate: certificateSample(many),
    file: 'n-benali-mail-nouveau-example-993-5d1c2a90-2026-11-24-085734.json',
    fingerprint: '5d1c2a909e3b47f1'.repeat(4),
    person: { name: 'Nadia Benali', address: 'n.benali@ateliers.example' },
    site: 'Ateliers Mistral, Lyon',
    stages: ROAD,
    groups: groupFindings(findings),
    others: 0,
    ...change,
  };
}

export function certificateSample(left: number): Certificate {
  const findings = {
    ...{ same: 57_204, altered: left, merged: 31_007, left, asked: 0, missing: 0, doubled: 0, extra: left },
    unread: 0,
  };
  return {
    header: {
      ...{ format: 'malleposte-certificate', version: 1, madeBy: '0.1.0' },
      target: 'imaps://n.benali@mail.nouveau.example:993/',
      accounts: [OLD, PST],
      unknown: { [PST]: ['rebuilt'] },
      began: Date.UTC(2026, 10, 24, 8, 12),
    },
    ended: Date.UTC(2026, 10, 24, 9, 40, 12),
    summary: {
      ...{ entries: 88_211 + 2 * left, copied: 57_204 + left, merged: 31_007, left, asked: 0, missing: 0 },
      ...{
        extra: left,
        doubled: 0,
        altered: left,
        gone: 0,
        bytes: 25_310_400_000,
        carried: 0,
        seconds: 5300,
      },
    },
    counts: {
      findings,
      classes: left > 0 ? { 'header:Subject': left } : {},
      accounts: { [OLD]: 57_204 + left, [PST]: 31_007 + left },
    },
    verdict: left > 0 ? 'exceptions' : 'passed',
    findings: { file: 'n-benali.json.findings.jsonl', lines: 88_211 + 3 * left },
    head: '0f1e2d3c4b5a6978'.repeat(4),
    signature: '',
    publicKey: '',
  };
}

const { privateKey } = generateKeyPairSync('ed25519');

export function sumSample(people: number, change: Partial<SumPaper> = {}): SumPaper {
  const hex = (n: number): string => n.toString(16).padStart(4, '0').repeat(16);
  const persons = Array.from({ length: people }, (_, n): SumPerson => {
    const left = n % 9 === 4 ? n : 0;
    const sums = { ...addUp([]), entries: 12_904 + n * 731, copied: 9412 + n * 700 - left, left };
    sums.merged = sums.entries - sums.copied - left;
    return {
      ...{ name: `Personne ${n + 1} Exemple`, address: `personne.${n + 1}@ateliers.example` },
      ...{ file: `personne-${n + 1}-mail-nouveau-example-${hex(n).slice(0, 8)}-2026-11-24-085734.json` },
      ...{ sha256: hex(n), head: hex(n + 1), signedBy: hex(7), ended: Date.UTC(2026, 10, 24, 9) },
      ...{ verdict: left > 0 ? 'exceptions' : 'passed', sums: { ...sums, bytes: 4_100_000_000 } },
    };
  });
  const certificate = sumCertificate({
    header: {
      ...{ of: 'site', name: 'Lyon', organisation: 'Ateliers Mistral', madeBy: '0.1.0' },
      made: Date.UTC(2026, 10, 24, 17, 40),
    },
    people: persons,
    without: [
      {
        ...{ name: 'Odile Perrin', address: 'o.perrin@ateliers.example', because: 'left-out' },
        note: 'Partie en mars ; sa boîte est fermée.',
      },
    ],
    accepted: persons.slice(4, 5).map(({ address }) => ({
      ...{ address, is: 'left', code: 'too-large', account: OLD, folder: 'INBOX/Chantiers', key: '1.812' },
      ...{ subject: 'Vidéo de la visite', by: 'Claire Vidal', at: Date.UTC(2026, 10, 24, 16) },
      reason: 'La vidéo se trouve aussi sur le serveur de fichiers.',
    })),
    privateKey,
  });
  return {
    certificate,
    file: 'lyon.json',
    fingerprint: '5d1c2a909e3b47f1'.repeat(4),
    stages: ROAD,
    ...change,
  };
}
