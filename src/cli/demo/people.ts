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
  /** Whether the old mailbox's password has been handed over. */
  passwordGiven: boolean;
  /** Parts of the mail, from 0 (oldest) to 1 (newest). */
  places: readonly { kind: 'imap' | 'maildir' | 'mbox'; from: number; to: number }[];
}

/** One after the other: the pilot is moved to its end, the second is on its way, the third waits for its passwords. */
export const SITES = { pilot: 'Avignon', second: 'Lyon', third: 'Toulouse' } as const;

/**
 * Three sites, seven people: an old server with tiny quotas that holds the newest mail, Maildirs, and mbox archives of more
 * than 100 MB that overlap with it.
 */
export const COLLEAGUES: readonly Colleague[] = [
  {
    first: 'Claire',
    last: 'Vidal',
    login: 'claire',
    site: SITES.pilot,
    mail: { messages: 1500, folders: 12, seed: 11, sizes: 'real' },
    passwordGiven: true,
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
    passwordGiven: true,
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
    passwordGiven: true,
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
    passwordGiven: true,
    places: [
      { kind: 'imap', from: 0.4, to: 1 },
      { kind: 'maildir', from: 0, to: 0.5 },
    ],
  },
  {
    first: 'Nora',
    last: 'Lefèvre',
    login: 'nora',
    site: SITES.third,
    mail: { messages: 300, folders: 5, seed: 15, sizes: 'small' },
    passwordGiven: true,
    places: [{ kind: 'imap', from: 0, to: 1 }],
  },
  {
    first: 'Paul',
    last: 'Girard',
    login: 'paul',
    site: SITES.third,
    mail: { messages: 200, folders: 4, seed: 16, sizes: 'small' },
    passwordGiven: false,
    places: [{ kind: 'imap', from: 0, to: 1 }],
  },
  {
    first: 'Inès',
    last: 'Roux',
    login: 'ines',
    site: SITES.third,
    mail: { messages: 250, folders: 4, seed: 17, sizes: 'small' },
    passwordGiven: false,
    places: [{ kind: 'imap', from: 0, to: 1 }],
  },
];

export function owner({ first, last, login }: Colleague): Person {
  return { name: `${first} ${last}`, address: `${login}@ateliers-mistral.example` };
}
