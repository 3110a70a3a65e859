/** Small letters for journeys: many, quickly written, some of them large, no two alike unless they are meant to be. */
import type { Mail } from '../generate/account.ts';
import type { Random } from '../generate/random.ts';

/** Without roles, so that a folder keeps its name on every server; `.` separates folders on some. */
export const FOLDERS: readonly (readonly string[])[] = [
  ['INBOX'],
  ['INBOX'],
  ['Clients'],
  ['Clients', 'Dupont & Fils'],
  ['Comptabilité', 'Factures'],
  ['Réunions'],
];
const FLAGS = ['\\Answered', '\\Flagged', '\\Seen'];
const KEYWORDS = ['$Forwarded', '$label1', 'a-relancer', 'facture'];
const WORDS = [
  'bonjour',
  'devis',
  'facture',
  'livraison',
  'réunion',
  'relance',
  'chantier',
  'merci',
  'demain',
];

export interface LetterShape {
  /** One in so many has a long body, up to `largeBytes`. Default: none. */
  largeOneIn?: number;
  largeBytes?: number;
}

export function letter(random: Random, name: string, shape: LetterShape = {}): Mail {
  const { largeOneIn = 0, largeBytes = 1_000_000 } = shape;
  const large = largeOneIn > 0 && random.chance(1 / largeOneIn);
  const size = large ? 100_000 + random.below(largeBytes) : 500 + random.below(3_000);
  const date = Date.UTC(2015, 0, 1) + random.below(300_000_000) * 1000;
  const head = [
    ...(random.chance(0.97) ? [`Message-ID: <${name}.${random.bits()}@atelier.example>`] : []),
    `Date: ${new Date(date).toUTCString().replace('GMT', '+0000')}`,
    'From: Marie Fontaine <marie@atelier.example>',
    'To: Paul Martin <paul@atelier.example>',
    `Subject: Lettre ${name}`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
  ];
  const lines: string[] = [];
  for (let length = 0; length < size; length += lines.at(-1)!.length + 2)
    lines.push(Array.from({ length: 9 }, () => random.pick(WORDS)).join(' '));
  return {
    folder: random.pick(FOLDERS),
    bytes: Buffer.from(`${head.join('\r\n')}\r\n\r\n${lines.join('\r\n')}\r\n`),
    flags: FLAGS.filter(() => random.chance(0.4)),
    keywords: KEYWORDS.filter(() => random.chance(0.1)),
    date,
  };
}

export function marksOf(random: Random): string[] {
  return [...FLAGS.filter(() => random.chance(0.5)), ...KEYWORDS.filter(() => random.chance(0.2))].sort();
}
