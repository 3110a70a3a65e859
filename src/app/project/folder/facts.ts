import { z } from 'zod';
import type { GateTick, Organisation, Site, Wave } from '../../../records/facts.ts';
import { GATES } from '../../../waves/gates.ts';
import { WAVE_STATES } from '../../../waves/state.ts';

const Line = z.string().max(500);
const Note = z.string().max(4000);
const Moment = z.iso.datetime();
const LocalDate = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const Time = z.string().regex(/^\d{2}:\d{2}$/);
const ROWS_MAX = 10_000;

const Hours = z.strictObject({ days: z.array(z.number().int().min(1).max(7)), from: Time, to: Time });
const SiteFacts = z.strictObject({
  name: Line,
  zone: Line,
  hours: z.array(Hours).max(ROWS_MAX),
  closed: z.array(LocalDate).max(ROWS_MAX),
  lineBytesPerSecond: z.number().int().positive().nullable(),
});
const GateFacts = z.strictObject({
  gate: Line,
  is: z.enum(['ticked', 'overridden']),
  by: Line,
  at: Moment,
  note: Note,
});
const WaveFacts = z.strictObject({
  name: Line,
  pilot: z.boolean(),
  state: z.enum(WAVE_STATES),
  startsOn: LocalDate.nullable(),
  deadline: Moment.nullable(),
  started: Moment.nullable(),
  ended: Moment.nullable(),
  rollBackNote: Note,
  decision: z.strictObject({ go: z.boolean(), by: Line, at: Moment, note: Note }).nullable(),
  gates: z.array(GateFacts).max(GATES.length),
});

/** A project as `project.yaml` has it; its people lie beside it in `people.csv`. No secret, no id, and nothing of what has run. */
export const FolderFacts = z.strictObject({
  /** Of this form of the file. */
  malleposte: z.literal(1),
  organisation: z.strictObject({
    name: Line,
    language: z.enum(['fr', 'en']),
    suite: z.enum(['google', 'microsoft', 'open']),
    domains: z.array(Line).max(ROWS_MAX),
    targetTemplate: Line.nullable(),
    movesAtOnce: z.number().int().positive(),
  }),
  settings: z.strictObject({ deltaEveryHours: z.number().int().positive().nullable() }),
  sites: z.array(SiteFacts).max(ROWS_MAX),
  waves: z.array(WaveFacts).max(ROWS_MAX),
});
export type FolderFacts = z.output<typeof FolderFacts>;

/** What a folder is made of, wherever it was read. */
export interface ProjectParts {
  organisation: Omit<Organisation, 'id' | 'version' | 'createdMs'>;
  deltaEveryHours: number | null;
  sites: readonly Omit<Site, 'id' | 'version'>[];
  /** In the order of the road. */
  waves: readonly (Omit<Wave, 'id' | 'version' | 'position'> & { ticks: readonly GateTick[] })[];
}

/** The same project gives the same facts, whatever its ids are. Pure. */
export function folderFacts({ organisation, deltaEveryHours, sites, waves }: ProjectParts): FolderFacts {
  const { name, language, suite, domains, targetTemplate, movesAtOnce } = organisation;
  return {
    malleposte: 1,
    organisation: { name, language, suite, domains: [...domains], targetTemplate, movesAtOnce },
    settings: { deltaEveryHours },
    sites: sites.map(siteFacts).sort((a, b) => (a.name < b.name ? -1 : 1)),
    waves: waves.map(waveFacts),
  };
}

function siteFacts(site: ProjectParts['sites'][number]): FolderFacts['sites'][number] {
  const { name, zone, hours, closed, lineBytesPerSecond } = site;
  const plain = hours.map(({ days, from, to }) => ({ days: [...days], from, to }));
  return { name, zone, hours: plain, closed: [...closed], lineBytesPerSecond };
}

function waveFacts(wave: ProjectParts['waves'][number]): FolderFacts['waves'][number] {
  const { name, pilot, state, startsOn, deadlineMs, startedMs, endedMs, rollBackNote, decision } = wave;
  const order = new Map<string, number>(GATES.map(({ code }, at) => [code, at]));
  const gates = wave.ticks
    .map(({ gate, is, by, atMs, note }) => ({ gate, is, by, at: momentOf(atMs)!, note }))
    .sort((a, b) => (order.get(a.gate) ?? 0) - (order.get(b.gate) ?? 0));
  return {
    ...{ name, pilot, state, startsOn, deadline: momentOf(deadlineMs) },
    ...{ started: momentOf(startedMs), ended: momentOf(endedMs), rollBackNote },
    decision: decision && {
      ...{ go: decision.go, by: decision.by, at: momentOf(decision.atMs)!, note: decision.note },
    },
    gates,
  };
}

function momentOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

export function msOf(moment: string | null): number | null {
  return moment === null ? null : Date.parse(moment);
}
