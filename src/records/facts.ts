/** What the records hold: plain values, as they travel to the pages. Times are milliseconds since 1970, ids short texts. */

export type Id = string;

/** Grows with every change; who changes a thing names the version that was seen, and is told when it is another by now. */
export type Version = number;

export type Suite = 'google' | 'microsoft' | 'open';
export type Language = 'fr' | 'en';

export interface Organisation {
  id: Id;
  version: Version;
  name: string;
  language: Language;
  suite: Suite;
  /** Domains of its addresses, lower case; the first is the main one. */
  domains: string[];
  /**
   * Address of a new mailbox, `{address}`, `{local}` and `{domain}` standing for the person's: `imaps://{local}@mail.example/`.
   * Null: each person's is given.
   */
  targetTemplate: string | null;
  /** At once, over all sites. */
  movesAtOnce: number;
  createdMs: number;
}

/** Local times `HH:MM`; `to` before `from` passes midnight. */
export interface OpenHours {
  /** 1 is Monday, 7 Sunday. */
  days: number[];
  from: string;
  to: string;
}

export interface Site {
  id: Id;
  version: Version;
  name: string;
  /** IANA. */
  zone: string;
  /** When mail may move; none: always. */
  hours: OpenHours[];
  /** Local dates `YYYY-MM-DD` on which nothing moves. */
  closed: string[];
  /** Of its line, for all moves together; null: no limit. */
  lineBytesPerSecond: number | null;
}

/** `src/waves/state.ts` tells which may follow which. */
export type WaveState = 'draft' | 'ready' | 'running' | 'paused' | 'moved' | 'ended' | 'rolled-back';

export interface Wave {
  id: Id;
  version: Version;
  name: string;
  /** In the order of the road, from 0; the pilot comes first. */
  position: number;
  pilot: boolean;
  state: WaveState;
  /** Planned; local date `YYYY-MM-DD` or null. */
  startsOn: string | null;
  /** Must be moved by then. */
  deadlineMs: number | null;
  /** What is done when it must be taken back. */
  rollBackNote: string;
  decision: Decision | null;
  startedMs: number | null;
  endedMs: number | null;
}

/** Go or no-go of a wave, by a named operator. */
export interface Decision {
  go: boolean;
  by: string;
  atMs: number;
  note: string;
}

/** A gate ticked, or an unmet computed one overridden, by a named operator. */
export interface GateTick {
  gate: string;
  is: 'ticked' | 'overridden';
  by: string;
  atMs: number;
  note: string;
}

/** `shared`: a mailbox of several people. */
export type PersonKind = 'person' | 'shared';

export interface Person {
  id: Id;
  version: Version;
  kind: PersonKind;
  givenName: string;
  familyName: string;
  displayName: string;
  /** Primary address, as written; compared without case. */
  address: string;
  aliases: string[];
  site: Id | null;
  wave: Id | null;
  language: Language | null;
  title: string;
  mobile: string;
}

export interface Group {
  id: Id;
  version: Version;
  name: string;
  address: string;
  aliases: string[];
  site: Id | null;
  /** Addresses, of people here or elsewhere. */
  members: string[];
}

/** Where a person's mail lies today (`source`), or shall lie (`target`, one a person). */
export interface Account {
  id: Id;
  version: Version;
  person: Id;
  role: 'source' | 'target';
  /** Of the command line, without any secret: `imaps://marie@old.example/`. */
  address: string;
  /** Order of precedence among the sources, from 0. */
  position: number;
  /** Whether a password or token is sealed here; files need none. */
  secret: 'none' | 'sealed' | 'not-needed';
  check: AccountCheck | null;
  /** What the last survey or pass counted. */
  amount: { messages: number; bytes: number; atMs: number } | null;
}

export interface AccountCheck {
  ok: boolean;
  atMs: number;
  trouble: TroubleRecord | null;
}

/** A `Trouble` as it is kept. */
export interface TroubleRecord {
  kind: string;
  tried: string;
  on: string;
  answer: string | null;
  atMs: number;
}

export type PassKind = 'first' | 'delta' | 'last';

/**
 * `waiting`: asked, not yet begun; `resting`: until a throttle or a day's allowance is over; `stopped`: by a person, goes on when
 * resumed; `failed`: a person must do something first.
 */
export type PassState =
  | 'waiting'
  | 'running'
  | 'resting'
  | 'stopped'
  | 'proving'
  | 'proven'
  | 'findings'
  | 'failed';

/** One run over all accounts of a person, and its proof. */
export interface Pass {
  id: Id;
  person: Id;
  wave: Id | null;
  /** Of this person, from 1. */
  number: number;
  kind: PassKind;
  state: PassState;
  askedMs: number;
  beganMs: number | null;
  endedMs: number | null;
  /** Of the last word heard from it. */
  counts: PassCounts;
  trouble: TroubleRecord | null;
  /** File name in the data folder's certificates; null until proven. */
  certificate: string | null;
}

export interface PassCounts {
  entries: number;
  copied: number;
  merged: number;
  left: number;
  asked: number;
  missing: number;
  extra: number;
  doubled: number;
  altered: number;
  bytes: number;
  /** Carried in this pass. */
  carried: number;
  seconds: number;
}

/** What the proof names and a person must read. */
export interface FindingRecord {
  id: Id;
  pass: Id;
  person: Id;
  is: string;
  account: string | null;
  folder: string;
  key: string;
  subject: string | null;
  messageId: string | null;
  code: string | null;
  /** The server's own words. */
  answer: string | null;
  classes: string[];
  /** Of the message: who it is from pass to pass, so that what was accepted stays accepted. */
  same: string;
  accepted: { by: string; atMs: number; reason: string } | null;
}

export type Role = 'consultant' | 'it-manager' | 'site-correspondent' | 'auditor';

/** Somebody who signs in. `user` is the sign-in's own id. */
export interface Operator {
  id: Id;
  version: Version;
  user: string;
  name: string;
  email: string;
  language: Language;
  roles: OperatorRole[];
  /** No longer let in; what was done stays named. */
  disabled: boolean;
}

/** `organisation` null: all of them, of a consultant. `site`: of a site correspondent. */
export interface OperatorRole {
  role: Role;
  organisation: Id | null;
  site: Id | null;
}

export interface AuditEntry {
  id: number;
  atMs: number;
  /** Name of the operator, of the token, or `malleposte` for what happens by itself. */
  by: string;
  organisation: Id | null;
  /** `person.changed`, `wave.started`, … */
  action: string;
  /** What it was done to, in words a person knows: a name or an address. */
  on: string;
  /** Fields changed, from and to; never a secret. */
  details: Record<string, unknown>;
}
