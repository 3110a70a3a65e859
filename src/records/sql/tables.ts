import type { Generated, Kysely } from 'kysely';

/** The tables as every database of ours has them; what the columns mean is told by the first migration. */
export interface Tables {
  organisations: OrganisationRow;
  sites: SiteRow;
  waves: WaveRow;
  ticks: TickRow;
  people: PeopleRow;
  groups: GroupRow;
  addresses: { organisation: string; address: string; owner: string };
  accounts: AccountRow;
  secrets: { account: string; sealing_key: string; sealed: string };
  surveys: { account: string; at_ms: number; survey: string };
  passes: PassRow;
  findings: FindingRow;
  operators: OperatorRow;
  audit: AuditRow;
  settings: { organisation: string; name: string; value: string };
}

export type Db = Kysely<Tables>;

export interface OrganisationRow {
  id: string;
  version: number;
  name: string;
  name_key: string;
  language: string;
  suite: string;
  domains: string;
  target_template: string | null;
  moves_at_once: number;
  created_ms: number;
}

export interface SiteRow {
  id: string;
  organisation: string;
  version: number;
  name: string;
  name_key: string;
  zone: string;
  hours: string;
  closed: string;
  line_bytes_per_second: number | null;
}

export interface WaveRow {
  id: string;
  organisation: string;
  version: number;
  name: string;
  name_key: string;
  position: number;
  pilot: number;
  state: string;
  starts_on: string | null;
  deadline_ms: number | null;
  roll_back_note: string;
  decision: string | null;
  started_ms: number | null;
  ended_ms: number | null;
}

export interface TickRow {
  wave: string;
  gate: string;
  how: string;
  who: string;
  at_ms: number;
  note: string;
}

export interface PeopleRow {
  id: string;
  organisation: string;
  version: number;
  kind: string;
  given_name: string;
  family_name: string;
  display_name: string;
  address: string;
  address_key: string;
  aliases: string;
  site: string | null;
  wave: string | null;
  language: string | null;
  title: string;
  mobile: string;
  sort_name: string;
  folded: string;
  /** `seq` of the pass with the highest number. */
  last_pass: number | null;
  /** Number of the pass whose findings stand; 0: none. */
  findings_of: number;
  open_findings: number;
}

export interface GroupRow {
  id: string;
  organisation: string;
  version: number;
  name: string;
  name_key: string;
  address: string;
  aliases: string;
  site: string | null;
  members: string;
}

export interface AccountRow {
  id: string;
  organisation: string;
  person: string;
  version: number;
  role: string;
  address: string;
  position: number;
  needs_secret: number;
  has_secret: number;
  checked: string | null;
  check_failed: number;
  amount: string | null;
}

export interface PassRow {
  seq: Generated<number>;
  id: string;
  organisation: string;
  person: string;
  wave: string | null;
  number: number;
  kind: string;
  state: string;
  asked_ms: number;
  began_ms: number | null;
  ended_ms: number | null;
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
  carried: number;
  seconds: number;
  trouble: string | null;
  certificate: string | null;
}

export interface FindingRow {
  seq: Generated<number>;
  organisation: string;
  person: string;
  pass: string;
  kind: string;
  account: string | null;
  folder: string;
  key: string;
  subject: string | null;
  message_id: string | null;
  code: string | null;
  answer: string | null;
  classes: string;
  same: string;
  cause: string;
  folded: string;
  accepted: number;
  accepted_by: string | null;
  accepted_ms: number | null;
  accepted_reason: string | null;
}

export interface OperatorRow {
  id: string;
  version: number;
  user: string;
  name: string;
  email: string;
  language: string;
  roles: string;
  disabled: number;
}

export interface AuditRow {
  id: Generated<number>;
  at_ms: number;
  who: string;
  organisation: string | null;
  action: string;
  what: string;
  details: string;
  folded: string;
}
