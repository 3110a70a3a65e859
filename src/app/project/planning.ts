import type { Account, Id, Organisation, Pass, Site, Wave } from '../../records/facts.ts';
import type { PersonRow } from '../../records/records.ts';
import { isTrouble } from '../../trouble.ts';
import type { Plan, PlannedEnd, PlannedPerson, PlannedSource } from '../../waves/estimate.ts';
import { NO_LIMIT } from '../../waves/line.ts';
import { type Measured, type Speeds, withSample } from '../../waves/speeds.ts';
import { hasArrived, moveStateOf } from '../../waves/state.ts';
import { type Address, parseAddress } from '../address.ts';
import { dailyOf } from '../allowance.ts';
import type { LiveMove } from './live.ts';

/** What a plan is made of: as the records and what runs now have it. */
export interface Known {
  organisation: Organisation;
  wave: Wave;
  sites: readonly Site[];
  people: readonly PersonRow[];
  /** Of the whole organisation: what passes have taught. */
  passes: readonly { pass: Pass; person: PersonRow }[];
  /** Whom an earlier pass brought to the end; left out: those of `passes` whose were. */
  arrived?: ReadonlySet<Id>;
  live: readonly LiveMove[];
  nowMs: number;
}

/**
 * A wave with what is left of it to be moved. Who has arrived stays in it with nothing left: what is known of them is what the
 * unknown ones are guessed from.
 */
export function planOf(known: Known): Plan {
  const { organisation, people, sites, live, nowMs } = known;
  const going = new Map(live.map((move) => [move.person, move]));
  const there = known.arrived ?? arrivedBefore(known.passes.map(({ pass }) => pass));
  const inOrder = people.toSorted((a, b) => Number(going.has(b.id)) - Number(going.has(a.id)));
  return {
    fromMs: startOf(known),
    movesAtOnce: organisation.movesAtOnce,
    people: inOrder.map((person) =>
      there.has(person.id) || hasArrived(moveStateOf(person.lastPass))
        ? arrivedPerson(person)
        : plannedPerson(person, going.get(person.id)),
    ),
    sites: sites.map((site) => ({
      ...site,
      line: { ...NO_LIMIT, bytesPerSecond: site.lineBytesPerSecond },
    })),
    speeds: speedsOf(known.passes),
  };
  function startOf({ wave }: Known): number {
    if (wave.state !== 'draft' && wave.state !== 'ready') return nowMs;
    const day = wave.startsOn === null ? null : Temporal.PlainDate.from(wave.startsOn);
    const zone = sites[0]?.zone ?? 'UTC';
    return Math.max(nowMs, day?.toZonedDateTime(zone).epochMilliseconds ?? nowMs);
  }
}

/** Whom an earlier pass brought to the end: a later one carries only what came since, of which nobody knows how much it is. */
export function arrivedBefore(passes: readonly Pass[]): ReadonlySet<Id> {
  return new Set(passes.filter((pass) => hasArrived(moveStateOf(pass))).map(({ person }) => person));
}

/** An account that was never counted holds nothing that is still to come; it is left out, so that nobody guesses. */
function arrivedPerson(person: PersonRow): PlannedPerson {
  const { sources, ...planned } = plannedPerson(person, undefined);
  return {
    ...planned,
    sources: sources.flatMap((source) =>
      source.amount === null ? [] : [{ ...source, carried: source.amount }],
    ),
  };
}

function plannedPerson(person: PersonRow, move: LiveMove | undefined): PlannedPerson {
  const sources = person.accounts.filter(({ role }) => role === 'source');
  const target = person.accounts.find(({ role }) => role === 'target');
  const share = move && move.ofBytes > 0 ? move.bytes / move.ofBytes : 0;
  return {
    ...{ id: person.id, site: person.site },
    sources: sources.map((account) => plannedSource(account, share)),
    target: target ? plannedEnd(target, 'up') : { provider: 'unknown', bytesPerDay: null },
  };
}

function plannedSource(account: Account, share: number): PlannedSource {
  const { amount } = account;
  const known = amount && { messages: amount.messages, bytes: amount.bytes };
  const carried = {
    messages: Math.floor((known?.messages ?? 0) * share),
    bytes: Math.floor((known?.bytes ?? 0) * share),
  };
  return { ...plannedEnd(account, 'down'), amount: known, carried };
}

function plannedEnd({ address }: Account, way: 'up' | 'down'): PlannedEnd {
  const parsed = readable(address);
  if (parsed === null) return { provider: 'unknown', bytesPerDay: null };
  return { provider: providerOf(parsed), bytesPerDay: dailyOf(parsed)[way] };
}

/** What cannot be read is told where it is entered; a plan goes on without. */
function readable(address: string): Address | null {
  try {
    return parseAddress(address);
  } catch (error) {
    if (!isTrouble(error)) throw error;
    return null;
  }
}

function providerOf(address: Address): string {
  return 'host' in address ? address.host : address.kind;
}

/** From the passes that ended, oldest first. */
function speedsOf(passes: Known['passes']): Speeds {
  let overall: Measured | null = null;
  const providers: Record<string, Measured> = {};
  const sites: Record<Id, Measured> = {};
  for (const { pass, person } of passes) {
    const { counts } = pass;
    const sample = { messages: counts.carried, bytes: counts.bytes, seconds: counts.seconds };
    overall = withSample(overall, sample);
    const into = (record: Record<string, Measured>, key: string): void => {
      const joined = withSample(record[key] ?? null, sample);
      if (joined !== null) record[key] = joined;
    };
    if (person.site !== null) into(sites, person.site);
    for (const { address } of person.accounts) {
      const parsed = readable(address);
      if (parsed !== null) into(providers, providerOf(parsed));
    }
  }
  return { overall, providers, sites };
}
