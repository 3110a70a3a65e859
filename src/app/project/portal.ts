import type { Account, AccountCheck, Id, Language, Pass, PassState, Wave } from '../../records/facts.ts';
import type { PersonRow } from '../../records/records.ts';
import { parseAddress, type ServerAddress } from '../address.ts';
import { deniedBecause } from '../denied.ts';
import { accountIn, checkNow, notThere } from './people.ts';
import type { Project } from './project.ts';
import { type Stage, stageOf } from './waves.ts';

export type EntryRefused =
  | 'wrong-password'
  | 'app-password'
  | 'access-off'
  | 'browser-first'
  | 'whole-address'
  | 'not-allowed'
  | 'unreachable'
  | 'busy'
  | 'other';

export type ProviderName = 'google' | 'microsoft' | 'yahoo' | 'apple' | 'other';

/** An old mailbox on a server, whose password the person is asked for. */
export interface OldMailbox {
  id: Id;
  login: string;
  host: string;
  provider: ProviderName;
  secret: 'none' | 'sealed';
  check: { ok: boolean; atMs: number; because: EntryRefused | null } | null;
}

export interface PortalStage {
  name: string;
  state: Wave['state'];
  /** Of its messages, 0 to 1. */
  share: number;
  mine: boolean;
}

/** What a person sees of their own move, and nothing of anybody else. */
export interface PortalView {
  name: string;
  address: string;
  organisation: string;
  language: Language;
  stages: PortalStage[];
  startsOn: string | null;
  state: PassState | 'none';
  progress: {
    done: number;
    entries: number;
    share: number;
    messagesPerSecond: number;
    remainingMs: { from: number; to: number } | null;
  } | null;
  result: {
    arrived: number;
    merged: number;
    missing: number;
    open: number;
    bytes: number;
    atMs: number;
  } | null;
  accounts: OldMailbox[];
}

/** Throws Trouble `missing` (`read-record`): there is no such person any more. */
export async function portalView(project: Project, organisation: Id, person: Id): Promise<PortalView> {
  const { records } = project;
  const row = await records.person(organisation, person);
  const { name, language } = await records.organisation(organisation);
  const stages = await stagesSeen(project, organisation);
  const mine = stages.find(({ wave }) => wave === row.wave);
  const certified = (await records.passes(organisation, { person })).filter(isCertified);
  return {
    ...{ name: row.displayName, address: row.address, organisation: name },
    language: row.language ?? language,
    stages: stages.map((stage) => ({
      ...{ name: stage.name, state: stage.state, mine: stage.wave === row.wave },
      share: stage.state === 'ended' ? 1 : stage.share,
    })),
    startsOn: mine?.startsOn ?? null,
    state: row.lastPass?.state ?? 'none',
    progress: progressOf(project, organisation, row),
    result: resultOf(
      certified.toSorted((a, b) => b.number - a.number),
      row,
    ),
    accounts: row.accounts.flatMap(oldMailbox),
  };
}

function isCertified({ certificate, endedMs }: Pass): boolean {
  return certificate !== null && endedMs !== null;
}

function resultOf([newest]: readonly Pass[], { openFindings }: PersonRow): PortalView['result'] {
  if (newest === undefined) return null;
  const { copied, merged, missing, bytes } = newest.counts;
  return { arrived: copied, merged, missing, bytes, open: openFindings, atMs: newest.endedMs! };
}

function progressOf({ live }: Project, organisation: Id, { id }: PersonRow): PortalView['progress'] {
  const move = live.moves(organisation).find(({ person }) => person === id);
  if (move === undefined) return null;
  const { done, waiting, entries, messagesPerSecond, remainingMs } = move;
  const share = done + waiting > 0 ? done / (done + waiting) : 0;
  return { done, entries, share, messagesPerSecond, remainingMs };
}

/** A road is the same for everybody of an organisation, and everybody looks at it every few seconds. */
const STAGES_FRESH_MS = 5_000;
const seen = new WeakMap<Project, Map<Id, { atMs: number; stages: Promise<Stage[]> }>>();

function stagesSeen(project: Project, organisation: Id): Promise<Stage[]> {
  const known = seen.get(project) ?? new Map();
  seen.set(project, known);
  const last = known.get(organisation);
  const now = project.nowMs();
  if (last !== undefined && Math.abs(now - last.atMs) < STAGES_FRESH_MS) return last.stages;
  const stages = stagesNow(project, organisation);
  known.set(organisation, { atMs: now, stages });
  return stages;
}

async function stagesNow({ records, live }: Project, organisation: Id): Promise<Stage[]> {
  const waves = await records.waves(organisation);
  const sums = await records.sums(organisation);
  const moves = live.moves(organisation);
  return waves.map((wave) =>
    stageOf(
      wave,
      sums.find((one) => one.wave === wave.id),
      moves.filter((move) => move.wave === wave.id),
      null,
    ),
  );
}

/** None for what needs no password: files, consents. */
export function oldMailbox({ id, role, address, secret, check }: Account): OldMailbox[] {
  if (role !== 'source' || secret === 'not-needed') return [];
  const read = parseAddress(address);
  if (!('host' in read)) return [];
  const told = check && { ok: check.ok, atMs: check.atMs, because: whyRefused(check) };
  return [{ id, login: read.user, host: read.host, provider: providerOf(read), secret, check: told }];
}

const HOSTS: readonly (readonly [ProviderName, RegExp])[] = [
  ['google', /(^|\.)(gmail|googlemail|google)\.com$/],
  ['microsoft', /(^|\.)(office365|outlook|hotmail|live|office)\.(com|fr)$/],
  ['yahoo', /(^|\.)(yahoo|aol)\.[a-z.]+$/],
  ['apple', /(^|\.)(me|icloud|mac)\.com$/],
];

function providerOf({ host, gmail }: ServerAddress): ProviderName {
  if (gmail) return 'google';
  return HOSTS.find(([, pattern]) => pattern.test(host.toLowerCase()))?.[0] ?? 'other';
}

const DENIED = {
  app_password: 'app-password',
  access_off: 'access-off',
  browser_first: 'browser-first',
  whole_address: 'whole-address',
} as const;

function whyRefused({ ok, trouble }: AccountCheck): EntryRefused | null {
  if (ok || trouble === null) return null;
  const { kind, tried, answer } = trouble;
  if (kind === 'busy') return 'busy';
  if (kind === 'lost' || kind === 'missing') return 'unreachable';
  if (kind !== 'denied') return 'other';
  const because = deniedBecause(answer ?? '');
  if (because !== null) return DENIED[because];
  return tried === 'sign-in' ? 'wrong-password' : 'not-allowed';
}

/** Before whoever waits is told that it takes longer. */
const CHECK_MAX_MS = 20_000;

/**
 * Seals the password of an own old mailbox, and tries it. Throws Trouble `missing` (`read-record`): it is nobody's, somebody else's,
 * or needs none.
 */
export async function handOver(
  project: Project,
  organisation: Id,
  { id: person, address: by }: PersonRow,
  account: Id,
  secret: string,
  signal: AbortSignal,
): Promise<OldMailbox> {
  await project.records.write(by, async (change) => {
    const found = accountIn(await change.person(organisation, person), account);
    if (oldMailbox(found).length === 0) throw notThere(account);
    await change.sealSecret(organisation, account, secret);
  });
  project.live.changed(organisation, 'people', 'waves');
  const accounts = await checkNow(project, organisation, person, { limitMs: CHECK_MAX_MS, signal });
  const [told] = accounts.filter(({ id }) => id === account).flatMap(oldMailbox);
  if (told === undefined) throw notThere(account);
  return told;
}

const ASKED_HELP = 'person.asked-help';

/** A message to those who run the move: a line in the audit, which notices tell too. */
export async function askHelp(
  { records, live }: Project,
  organisation: Id,
  { address }: PersonRow,
  text: string,
): Promise<void> {
  await records.write(address, (change) =>
    change.noteAudit({ organisation, action: ASKED_HELP, on: address, details: { text } }),
  );
  live.changed(organisation, 'people');
}

const ASKED_MAX = 20;

/** What somebody has asked, newest first. */
export async function askedBy(
  { records }: Project,
  organisation: Id,
  { address }: PersonRow,
): Promise<{ atMs: number; text: string }[]> {
  const text = `${ASKED_HELP} ${address}`;
  const { rows } = await records.audit(organisation, { text, offset: 0, limit: ASKED_MAX });
  return rows
    .filter(({ action, on }) => action === ASKED_HELP && on === address)
    .map(({ atMs, details }) => ({ atMs, text: String(details.text ?? '') }));
}

export function noteLink(
  { records }: Project,
  by: string,
  organisation: Id,
  { address }: PersonRow,
  is: 'made' | 'revoked',
  details: Record<string, unknown>,
): Promise<void> {
  return records.write(by, (change) =>
    change.noteAudit({ organisation, action: `person.link-${is}`, on: address, details }),
  );
}
