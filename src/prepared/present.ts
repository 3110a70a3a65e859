/** What an organisation has already; filled from the records, compared with what a file wants. */
import type { Language } from './synonyms.ts';

export type Id = string;

export interface Present {
  people: PresentPerson[];
  groups: PresentGroup[];
  sites: PresentPlace[];
  waves: PresentPlace[];
  /** Of the organisation's addresses; none: any is taken. */
  domains: string[];
}

/** A site or a wave. */
export interface PresentPlace {
  id: Id;
  name: string;
}

export interface PresentPerson {
  id: Id;
  kind: 'person' | 'shared';
  givenName: string;
  familyName: string;
  displayName: string;
  address: string;
  aliases: string[];
  site: Id | null;
  wave: Id | null;
  language: Language | null;
  title: string;
  mobile: string;
  /** In their order of precedence. */
  accounts: PresentAccount[];
}

export interface PresentAccount {
  id: Id;
  role: 'source' | 'target';
  /** Without any secret. */
  address: string;
  hasSecret: boolean;
}

export interface PresentGroup {
  id: Id;
  name: string;
  address: string;
  aliases: string[];
  site: Id | null;
  members: string[];
}
