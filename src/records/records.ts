import type {
  Account,
  AccountCheck,
  AuditEntry,
  Decision,
  FindingRecord,
  GateTick,
  Group,
  Id,
  Operator,
  Organisation,
  Pass,
  PassCounts,
  PassKind,
  Person,
  Site,
  TroubleRecord,
  Version,
  Wave,
} from './facts.ts';

/**
 * The project itself: who, from where, when, how far. One store for all organisations; everything that is asked of one of them
 * names it, and nothing of another one is ever answered.
 *
 * Laws:
 * 1. A change is all or nothing, and durable when it is answered.
 * 2. Every change has its line in the audit, written in the same transaction; a change that changes nothing leaves none.
 * 3. Who changes a thing names the version seen; another version is `refused` with the answer `changed-meanwhile`.
 * 4. Secrets go in, sealed, and come out for the coach alone; no reading verb answers them.
 * 5. The same change again, with what it left, changes nothing.
 *
 * Troubles: `missing` (`read-record`) no such thing; `refused` (`write-record`) with a `RefusalCode`; `busy`, `full`, `denied`,
 * `malformed` (`open-records`, `write-record`) of the disk.
 */
export interface Records extends Reading {
  /**
   * One transaction; others wait. What `work` throws takes all of it back. `by` is who is named in the audit.
   */
  write<T>(by: string, work: (change: Change) => Promise<T>): Promise<T>;
  /** Seals all secrets anew with the vault's first key; answers how many. Twice is once. */
  rotate(): Promise<number>;
  close(): Promise<void>;
}

export type RefusalCode =
  | 'changed-meanwhile'
  /** The address, or an alias, belongs to somebody else of this organisation. */
  | 'address-taken'
  | 'name-taken'
  /** A person has one target. */
  | 'target-taken'
  /** People or a running pass hold on to it. */
  | 'in-use'
  /** Belongs to another organisation. */
  | 'elsewhere';

export interface Page {
  offset: number;
  limit: number;
}

export interface Paged<T> {
  rows: T[];
  total: number;
}

export interface PeopleQuery extends Page {
  /** In name, address, alias, title or account; case and accents ignored. */
  text?: string;
  site?: Id | null;
  wave?: Id | null;
  /** State of their last pass, or `none`. */
  state?: readonly string[];
  sort?: 'name' | 'address' | 'site' | 'wave' | 'state' | 'entries' | 'left';
  descending?: boolean;
}

/** A person as a table shows it. */
export interface PersonRow extends Person {
  accounts: Account[];
  lastPass: Pass | null;
  openFindings: number;
}

export interface FindingQuery extends Page {
  person?: Id;
  wave?: Id;
  is?: readonly string[];
  code?: string;
  /** The server's words, as `groups` gives them. */
  cause?: string;
  text?: string;
  accepted?: boolean;
}

/** Findings of one cause. */
export interface FindingGroup {
  is: string;
  code: string | null;
  /** The server's own words, figures and addresses taken out so that equal causes meet. */
  cause: string;
  count: number;
  accepted: number;
  people: number;
}

export interface Reading {
  organisations(): Promise<Organisation[]>;
  organisation(id: Id): Promise<Organisation>;
  sites(organisation: Id): Promise<Site[]>;
  /** In the order of the road. */
  waves(organisation: Id): Promise<Wave[]>;
  wave(organisation: Id, id: Id): Promise<Wave>;
  ticks(wave: Id): Promise<GateTick[]>;
  people(organisation: Id, query: PeopleQuery): Promise<Paged<PersonRow>>;
  person(organisation: Id, id: Id): Promise<PersonRow>;
  /** All of them, with accounts: for exports and previews. */
  everybody(organisation: Id): Promise<PersonRow[]>;
  groups(organisation: Id): Promise<Group[]>;
  passes(organisation: Id, of: { person?: Id; wave?: Id }): Promise<Pass[]>;
  /** Everywhere, those not ended: what a server that was killed takes up again. */
  unfinished(): Promise<(Pass & { organisation: Id })[]>;
  /** Sums over the last pass of each person, by wave; null: of no wave. */
  sums(organisation: Id): Promise<WaveSums[]>;
  findings(organisation: Id, query: FindingQuery): Promise<Paged<FindingRecord>>;
  findingGroups(organisation: Id, of: { person?: Id; wave?: Id }): Promise<FindingGroup[]>;
  /** What a survey told of an account, as it was; null: none yet. */
  survey(account: Id): Promise<{ atMs: number; survey: unknown } | null>;
  operators(organisation?: Id): Promise<Operator[]>;
  operatorOf(user: string): Promise<Operator | null>;
  audit(organisation: Id | null, query: Page & { text?: string }): Promise<Paged<AuditEntry>>;
  setting(organisation: Id | null, name: string): Promise<unknown>;
  /** For the coach. Null: none is sealed. Throws Trouble `malformed` (`read-secret`): of another key. */
  secretOf(account: Id): Promise<string | null>;
}

export interface WaveSums {
  wave: Id | null;
  people: number;
  /** By state of the last pass; `none` has none. */
  states: Record<string, number>;
  counts: PassCounts;
  openFindings: number;
  /** Accounts that need a secret and have none. */
  secretsMissing: number;
  checksFailed: number;
}

type New<T> = Omit<T, 'id' | 'version'>;
type Changes<T> = Partial<Omit<T, 'id' | 'version'>>;

export interface Change extends Reading {
  addOrganisation(one: Omit<New<Organisation>, 'createdMs'>): Promise<Organisation>;
  changeOrganisation(id: Id, seen: Version, changes: Changes<Organisation>): Promise<Organisation>;
  addSite(organisation: Id, one: New<Site>): Promise<Site>;
  changeSite(organisation: Id, id: Id, seen: Version, changes: Changes<Site>): Promise<Site>;
  removeSite(organisation: Id, id: Id): Promise<void>;
  /** At the end of the road; `position` is given by `orderWaves`. */
  addWave(organisation: Id, one: Pick<Wave, 'name' | 'pilot' | 'startsOn'>): Promise<Wave>;
  changeWave(organisation: Id, id: Id, seen: Version, changes: Changes<Wave>): Promise<Wave>;
  orderWaves(organisation: Id, ids: readonly Id[]): Promise<void>;
  removeWave(organisation: Id, id: Id): Promise<void>;
  decide(organisation: Id, wave: Id, seen: Version, decision: Decision): Promise<Wave>;
  tick(organisation: Id, wave: Id, tick: GateTick): Promise<void>;
  untick(organisation: Id, wave: Id, gate: string): Promise<void>;
  addPerson(organisation: Id, one: New<Person>): Promise<Person>;
  changePerson(organisation: Id, id: Id, seen: Version, changes: Changes<Person>): Promise<Person>;
  /** With accounts and secrets; `in-use` while a pass of theirs runs. Passes and certificates stay. */
  removePerson(organisation: Id, id: Id): Promise<void>;
  /** Into a wave, or out of all (null). Those who are in it already change nothing. */
  assign(organisation: Id, people: readonly Id[], wave: Id | null): Promise<void>;
  addGroup(organisation: Id, one: New<Group>): Promise<Group>;
  changeGroup(organisation: Id, id: Id, seen: Version, changes: Changes<Group>): Promise<Group>;
  removeGroup(organisation: Id, id: Id): Promise<void>;
  addAccount(
    organisation: Id,
    one: Pick<Account, 'person' | 'role' | 'address' | 'position'> & { needsSecret: boolean },
  ): Promise<Account>;
  changeAccount(
    organisation: Id,
    id: Id,
    seen: Version,
    changes: Partial<Pick<Account, 'address' | 'position'>> & { needsSecret?: boolean },
  ): Promise<Account>;
  removeAccount(organisation: Id, id: Id): Promise<void>;
  /** Null takes it away. What was there is gone. The audit says that, never what. */
  sealSecret(organisation: Id, account: Id, secret: string | null): Promise<void>;
  /** No line in the audit: this happens by itself. */
  noteCheck(account: Id, check: AccountCheck): Promise<void>;
  noteAmount(account: Id, amount: NonNullable<Account['amount']>): Promise<void>;
  noteSurvey(account: Id, atMs: number, survey: unknown): Promise<void>;
  addPass(organisation: Id, one: { person: Id; kind: PassKind; askedMs: number }): Promise<Pass>;
  /** No line in the audit, but for the end. */
  notePass(id: Id, changes: PassChanges): Promise<Pass>;
  /** Those of an earlier pass of this person are gone; what was accepted of the same message stays accepted. */
  noteFindings(
    pass: Id,
    findings: readonly Omit<FindingRecord, 'id' | 'pass' | 'person' | 'accepted'>[],
  ): Promise<void>;
  /** Answers how many were open. */
  acceptFindings(organisation: Id, ids: readonly Id[], reason: string, atMs: number): Promise<number>;
  addOperator(one: New<Operator>): Promise<Operator>;
  changeOperator(id: Id, seen: Version, changes: Changes<Operator>): Promise<Operator>;
  setSetting(organisation: Id | null, name: string, value: unknown): Promise<void>;
  /** A line of its own, for what is done elsewhere: a sign-in, a file exported. */
  noteAudit(entry: Pick<AuditEntry, 'organisation' | 'action' | 'on' | 'details'>): Promise<void>;
}

export type PassChanges = Partial<
  Pick<Pass, 'state' | 'beganMs' | 'endedMs' | 'counts' | 'certificate'> & { trouble: TroubleRecord | null }
>;
