import type {
  Account,
  AuditEntry,
  Decision,
  FindingRecord,
  GateTick,
  Group,
  Operator,
  Organisation,
  Pass,
  PassCounts,
  Person,
  Site,
  Wave,
} from '../facts.ts';
import type {
  AccountRow,
  AuditRow,
  FindingRow,
  GroupRow,
  OperatorRow,
  OrganisationRow,
  PassRow,
  PeopleRow,
  SiteRow,
  TickRow,
  WaveRow,
} from './tables.ts';

/** Rows as they lie in the database, as the facts that they are. */

const read = <T>(json: string): T => JSON.parse(json) as T;
const readOrNull = <T>(json: string | null): T | null => (json === null ? null : read<T>(json));

/** What a select answers: `Generated` is for inserts alone. */
export type Selected<R> = { [K in keyof R]: K extends 'seq' ? number : R[K] };

export function organisationOf(row: OrganisationRow): Organisation {
  return {
    id: row.id,
    version: row.version,
    name: row.name,
    language: row.language as Organisation['language'],
    suite: row.suite as Organisation['suite'],
    domains: read(row.domains),
    targetTemplate: row.target_template,
    movesAtOnce: row.moves_at_once,
    createdMs: row.created_ms,
  };
}

export function siteOf(row: SiteRow): Site {
  return {
    id: row.id,
    version: row.version,
    name: row.name,
    zone: row.zone,
    hours: read(row.hours),
    closed: read(row.closed),
    lineBytesPerSecond: row.line_bytes_per_second,
  };
}

export function waveOf(row: WaveRow): Wave {
  return {
    id: row.id,
    version: row.version,
    name: row.name,
    position: row.position,
    pilot: row.pilot === 1,
    state: row.state as Wave['state'],
    startsOn: row.starts_on,
    deadlineMs: row.deadline_ms,
    rollBackNote: row.roll_back_note,
    decision: readOrNull<Decision>(row.decision),
    startedMs: row.started_ms,
    endedMs: row.ended_ms,
  };
}

export function tickOf(row: TickRow): GateTick {
  return { gate: row.gate, is: row.how as GateTick['is'], by: row.who, atMs: row.at_ms, note: row.note };
}

export function personOf(row: PeopleRow): Person {
  return {
    id: row.id,
    version: row.version,
    kind: row.kind as Person['kind'],
    givenName: row.given_name,
    familyName: row.family_name,
    displayName: row.display_name,
    address: row.address,
    aliases: read(row.aliases),
    site: row.site,
    wave: row.wave,
    language: row.language as Person['language'],
    title: row.title,
    mobile: row.mobile,
  };
}

export function groupOf(row: GroupRow): Group {
  return {
    id: row.id,
    version: row.version,
    name: row.name,
    address: row.address,
    aliases: read(row.aliases),
    site: row.site,
    members: read(row.members),
  };
}

export function accountOf(row: AccountRow): Account {
  return {
    id: row.id,
    version: row.version,
    person: row.person,
    role: row.role as Account['role'],
    address: row.address,
    position: row.position,
    secret: row.has_secret === 1 ? 'sealed' : row.needs_secret === 1 ? 'none' : 'not-needed',
    check: readOrNull(row.checked),
    amount: readOrNull(row.amount),
  };
}

export const COUNTS = [
  'entries',
  'copied',
  'merged',
  'left',
  'asked',
  'missing',
  'extra',
  'doubled',
  'altered',
  'bytes',
  'carried',
  'seconds',
] as const satisfies readonly (keyof PassCounts)[];

export function countsOf(row: Record<keyof PassCounts, unknown>): PassCounts {
  return Object.fromEntries(COUNTS.map((name) => [name, Number(row[name] ?? 0)])) as unknown as PassCounts;
}

export function passOf(row: Selected<PassRow>): Pass {
  return {
    id: row.id,
    person: row.person,
    wave: row.wave,
    number: row.number,
    kind: row.kind as Pass['kind'],
    state: row.state as Pass['state'],
    askedMs: row.asked_ms,
    beganMs: row.began_ms,
    endedMs: row.ended_ms,
    counts: countsOf(row),
    trouble: readOrNull(row.trouble),
    certificate: row.certificate,
  };
}

export function findingOf(row: Selected<FindingRow>): FindingRecord {
  return {
    id: String(row.seq),
    pass: row.pass,
    person: row.person,
    is: row.kind,
    account: row.account,
    folder: row.folder,
    key: row.key,
    subject: row.subject,
    messageId: row.message_id,
    code: row.code,
    answer: row.answer,
    classes: read(row.classes),
    same: row.same,
    accepted:
      row.accepted === 1
        ? { by: row.accepted_by!, atMs: row.accepted_ms!, reason: row.accepted_reason! }
        : null,
  };
}

export function operatorOf(row: OperatorRow): Operator {
  return {
    id: row.id,
    version: row.version,
    user: row.user,
    name: row.name,
    email: row.email,
    language: row.language as Operator['language'],
    roles: read(row.roles),
    disabled: row.disabled === 1,
  };
}

export function auditOf(row: Omit<AuditRow, 'id'> & { id: number }): AuditEntry {
  return {
    id: row.id,
    atMs: row.at_ms,
    by: row.who,
    organisation: row.organisation,
    action: row.action,
    on: row.what,
    details: read(row.details),
  };
}
