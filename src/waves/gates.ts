import type { Account, GateTick, Id, Site } from '../records/facts.ts';
import type { PersonRow } from '../records/records.ts';
import { hasArrived, moveStateOf } from './state.ts';

/** A condition that a wave must meet before it may start (`entry`) or end (`exit`). */
export interface Gate {
  code: GateCode;
  when: 'entry' | 'exit';
  /** `computed` from the records, and never ticked; `ticked` by a named operator. */
  how: 'computed' | 'ticked';
}

export const GATES = [
  { code: 'accounts-reachable', when: 'entry', how: 'computed' },
  { code: 'secrets-present', when: 'entry', how: 'computed' },
  { code: 'target-exists', when: 'entry', how: 'computed' },
  { code: 'site-hours-set', when: 'entry', how: 'computed' },
  { code: 'plan-fits', when: 'entry', how: 'computed' },
  { code: 'licences', when: 'entry', how: 'ticked' },
  { code: 'scope-accepted', when: 'entry', how: 'ticked' },
  { code: 'people-told', when: 'entry', how: 'ticked' },
  { code: 'backup-of-archives', when: 'entry', how: 'ticked' },
  { code: 'mx-ttl-lowered', when: 'entry', how: 'ticked' },
  { code: 'all-moved', when: 'exit', how: 'computed' },
  { code: 'proof-complete', when: 'exit', how: 'computed' },
  { code: 'findings-read', when: 'exit', how: 'computed' },
  { code: 'mail-arrives', when: 'exit', how: 'ticked' },
  { code: 'people-served', when: 'exit', how: 'ticked' },
  { code: 'old-accounts-kept', when: 'exit', how: 'ticked' },
] as const satisfies readonly { code: string; when: Gate['when']; how: Gate['how'] }[];
export type GateCode = (typeof GATES)[number]['code'];
export type ComputedCode = Extract<(typeof GATES)[number], { how: 'computed' }>['code'];

/** What a person, or the plan, lacks; each has its words. */
export const LACKS = [
  'check-failed',
  'not-checked',
  'check-old',
  'no-source',
  'no-target',
  'no-secret',
  'no-site',
  'no-hours',
  'not-moved',
  'no-certificate',
  'missing-messages',
  'open-findings',
  'no-estimate',
  'too-late',
  'perhaps-late',
] as const;
export type Lack = (typeof LACKS)[number];

/** Of these it is not known whether anything is wrong. */
const UNKNOWN: ReadonlySet<Lack> = new Set<Lack>(['not-checked', 'check-old', 'no-estimate', 'perhaps-late']);

/** Passwords change, people leave: who signed in longer ago than this is asked again before a wave starts. */
export const CHECK_HOLDS_MS = 7 * 86_400_000;

/** Named of those who lack something; the count tells of all. */
export const NAMED_MAX = 100;

export type GatePerson = Pick<
  PersonRow,
  'id' | 'displayName' | 'site' | 'accounts' | 'lastPass' | 'openFindings'
>;

/** All that the computed gates look at. */
export interface GateFacts {
  /** Those in the wave, with their accounts, the target's as it will be used. */
  people: readonly GatePerson[];
  sites: readonly Pick<Site, 'id' | 'hours'>[];
  /** Of the plan against the deadline (`fitOf`); `free`: there is no deadline; null: nothing is known of the amounts. */
  fit: 'yes' | 'perhaps' | 'no' | 'free' | null;
  nowMs: number;
}

export interface Lacking {
  person: Id;
  name: string;
  /** Address of the account; null: it is not about one. */
  account: string | null;
  because: Lack;
}

export interface GateState extends Gate {
  state: 'met' | 'unmet' | 'unknown' | 'overridden';
  /** What was computed, whatever somebody decided of it; null: this one is ticked. */
  computed: 'met' | 'unmet' | 'unknown' | null;
  /** How many people lack something, of how many. */
  count: number;
  of: number;
  /** One line a person, the first `NAMED_MAX`; what is surely wrong before what is not known. */
  lacking: Lacking[];
  /** What is lacking first of all; of a plan, what is wrong with it. */
  because: Lack | null;
  /** Who ticked or overrode it, when, and with which note; kept in sight when it is met since. */
  tick: GateTick | null;
}

/**
 * The state of every gate, in the order of `GATES`. A tick of a computed gate, an override of a ticked one or without a name and
 * a reason, and a tick of a gate that is none, count for nothing.
 */
export function evaluate(facts: GateFacts, ticks: readonly GateTick[]): GateState[] {
  return GATES.map((gate): GateState => {
    const tick = ticks.findLast((one) => one.gate === gate.code && counts(gate, one)) ?? null;
    if (gate.how === 'ticked') {
      const none = { count: 0, of: facts.people.length, lacking: [], because: null };
      return { ...gate, state: tick === null ? 'unmet' : 'met', computed: null, ...none, tick };
    }
    const result = compute(gate.code, facts);
    const state = tick !== null && result.computed !== 'met' ? 'overridden' : result.computed;
    return { ...gate, state, ...result, tick };
  });
}

/** Why a gate cannot be ticked or overridden; each has its words. */
export const TICK_REFUSALS = [
  'no-such-gate',
  'computed',
  'not-computed',
  'is-met',
  'no-name',
  'no-reason',
] as const;
export type TickRefusal = (typeof TICK_REFUSALS)[number];

/** Null: it may be ticked, or overridden, so. An override needs a reason, and something to override. */
export function tickRefusal(
  gates: readonly GateState[],
  { gate, is, by, note }: Pick<GateTick, 'gate' | 'is' | 'by' | 'note'>,
): TickRefusal | null {
  const found = gates.find(({ code }) => code === gate);
  if (found === undefined) return 'no-such-gate';
  if (by.trim() === '') return 'no-name';
  if (is === 'ticked') return found.how === 'computed' ? 'computed' : null;
  if (found.how === 'ticked') return 'not-computed';
  if (note.trim() === '') return 'no-reason';
  return found.computed === 'met' ? 'is-met' : null;
}

function counts({ how }: Pick<Gate, 'how'>, { is, by, note }: GateTick): boolean {
  if (by.trim() === '') return false;
  return how === 'ticked' ? is === 'ticked' : is === 'overridden' && note.trim() !== '';
}

type Computed = Pick<GateState, 'count' | 'of' | 'lacking' | 'because'> & {
  computed: NonNullable<GateState['computed']>;
};

function compute(code: ComputedCode, facts: GateFacts): Computed {
  if (code === 'plan-fits') return planFits(facts.fit);
  const hoursOf = new Map(facts.sites.map(({ id, hours }) => [id, hours.length]));
  const found = facts.people.flatMap((person) => {
    const lack = lackOf(code, person, hoursOf, facts.nowMs);
    return lack === null ? [] : [lack];
  });
  const wrong = found.filter(({ because }) => !UNKNOWN.has(because));
  const unsure = found.filter(({ because }) => UNKNOWN.has(because));
  const lacking = [...wrong, ...unsure].slice(0, NAMED_MAX);
  const of = facts.people.length;
  // Of nobody, nothing is known.
  const computed = wrong.length > 0 ? 'unmet' : unsure.length > 0 || of === 0 ? 'unknown' : 'met';
  return { computed, count: found.length, of, lacking, because: lacking[0]?.because ?? null };
}

function planFits(fit: GateFacts['fit']): Computed {
  const none = { count: 0, of: 0, lacking: [] };
  if (fit === null) return { ...none, computed: 'unknown', because: 'no-estimate' };
  if (fit === 'perhaps') return { ...none, computed: 'unknown', because: 'perhaps-late' };
  if (fit === 'no') return { ...none, computed: 'unmet', because: 'too-late' };
  return { ...none, computed: 'met', because: null };
}

type Found = { because: Lack; account: string | null };
const whole = (because: Lack): Found => ({ because, account: null });

/** The worst that this gate finds with this person. */
function lackOf(
  code: Exclude<ComputedCode, 'plan-fits'>,
  person: GatePerson,
  hoursOf: ReadonlyMap<Id, number>,
  nowMs: number,
): Lacking | null {
  const found = FINDERS[code](person, hoursOf, nowMs);
  const worst = found.find(({ because }) => !UNKNOWN.has(because)) ?? found[0];
  return worst === undefined ? null : { person: person.id, name: person.displayName, ...worst };
}

type Finder = (person: GatePerson, hoursOf: ReadonlyMap<Id, number>, nowMs: number) => Found[];

const FINDERS: Record<Exclude<ComputedCode, 'plan-fits'>, Finder> = {
  'accounts-reachable': ({ accounts }, _, nowMs) => reachable(accounts, 'source', 'no-source', nowMs),
  'target-exists': ({ accounts }, _, nowMs) => reachable(accounts, 'target', 'no-target', nowMs),
  'secrets-present': ({ accounts }) =>
    accounts.filter(({ secret }) => secret === 'none').map(({ address }) => found('no-secret', address)),
  'site-hours-set': ({ site }, hoursOf) => {
    if (site === null || !hoursOf.has(site)) return [whole('no-site')];
    return hoursOf.get(site) === 0 ? [whole('no-hours')] : [];
  },
  'all-moved': ({ lastPass }) => (hasArrived(moveStateOf(lastPass)) ? [] : [whole('not-moved')]),
  'proof-complete': ({ lastPass }) => {
    if (lastPass === null || lastPass.certificate === null) return [whole('no-certificate')];
    return lastPass.counts.missing > 0 ? [whole('missing-messages')] : [];
  },
  'findings-read': ({ lastPass, openFindings }) => {
    // Before a proof there is nothing that could have been read.
    if (!hasArrived(moveStateOf(lastPass))) return [whole('not-moved')];
    return openFindings > 0 ? [whole('open-findings')] : [];
  },
};

function found(because: Lack, account: string): Found {
  return { because, account };
}

function reachable(accounts: readonly Account[], role: Account['role'], none: Lack, nowMs: number): Found[] {
  const these = accounts.filter((account) => account.role === role);
  if (these.length === 0) return [whole(none)];
  return these.flatMap(({ check, address }) => {
    if (check === null) return [found('not-checked', address)];
    if (!check.ok) return [found('check-failed', address)];
    return nowMs - check.atMs > CHECK_HOLDS_MS ? [found('check-old', address)] : [];
  });
}
