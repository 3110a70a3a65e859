import type { AccountShape } from '../../../test/generate/account.ts';
import type { Person } from '../../../test/generate/names.ts';

/** One person of the sample organisation, and where their mail lies today. Invented, like everything here. */
export interface Colleague {
  first: string;
  last: string;
  login: string;
  site: string;
  /** All mail of this person; the places below hold parts of it, and the parts overlap. */
  mail: AccountShape;
  /** Parts of the mail, from 0 (oldest) to 1 (newest). */
  places: readonly { kind: 'imap' | 'maildir' | 'mbox'; from: number; to: number }[];
}

const SITES = { pilot: 'Avignon', second: 'Lyon' };

/**
 * Two sites, four people: an old server with tiny quotas that holds the newest mail, Maildirs, and mbox archives of more
 * than 100 MB that overlap with it.
 */
export const COLLEAGUES: readonly Colleague[] = [
  {
    first: 'Claire',
    last: 'Vidal',
    login: 'claire',
    site: SITES.pilot,
    mail: { messages: 1500, folders: 12, seed: 11, sizes: 'real' },
    places: [
      { kind: 'imap', from: 0.8, to: 1 },
      { kind: 'mbox', from: 0, to: 0.9 },
    ],
  },
  {
    first: 'Karim',
    last: 'Benali',
    login: 'karim',
    site: SITES.pilot,
    mail: { messages: 1200, folders: 8, seed: 12, sizes: 'small' },
    places: [
      { kind: 'imap', from: 0.5, to: 1 },
      { kind: 'maildir', from: 0, to: 0.6 },
    ],
  },
  {
    first: 'Sophie',
    last: 'Marchand',
    login: 'sophie',
    site: SITES.second,
    mail: { messages: 1500, folders: 10, seed: 13, sizes: 'real' },
    places: [
      { kind: 'imap', from: 0.85, to: 1 },
      { kind: 'mbox', from: 0, to: 0.9 },
      { kind: 'maildir', from: 0.7, to: 0.95 },
    ],
  },
  {
    first: 'Luc',
    last: 'Fontaine',
    login: 'luc',
    site: SITES.second,
    mail: { messages: 900, folders: 6, seed: 14, sizes: 'small' },
    places: [
      { kind: 'imap', from: 0.4, to: 1 },
      { kind: 'maildir', from: 0, to: 0.5 },
    ],
  },
];

export function owner({ first, last, login }: Colleague): Person {
  return { name: `${first} ${last}`, address: `${login}@ateliers-mistral.example` };
}
