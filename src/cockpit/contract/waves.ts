import { z } from 'zod';
import { Stage } from './organisation.ts';
import { route } from './route.ts';
import { Count, Id, Line, LocalDate, Ms, Note, Version } from './values.ts';

export const Gate = z.object({
  code: z.string(),
  when: z.enum(['entry', 'exit']),
  how: z.enum(['computed', 'ticked']),
  state: z.enum(['met', 'unmet', 'unknown', 'overridden']),
  /** Of a computed one: how many people lack something, of how many; the first of them, and what. */
  count: Count,
  of: Count,
  lacking: z.array(
    z.object({ person: Id, name: z.string(), account: z.string().nullable(), because: z.string() }),
  ),
  because: z.string().nullable(),
  /** Who ticked or overrode it. */
  by: z.string().nullable(),
  atMs: Ms.nullable(),
  note: z.string().nullable(),
});
export type Gate = z.infer<typeof Gate>;

export const Estimate = z.object({
  /** Null: further away than can be looked. */
  earliestMs: Ms.nullable(),
  latestMs: Ms.nullable(),
  /** How many of the amounts are known, of the speeds measured, 0 to 1. */
  known: z.number(),
  measured: z.number(),
  /** What holds it back most: `line`, `daily-cap`, `hours`, `speed`, with its figures (`src/waves/estimate.ts`). */
  limit: z.looseObject({ by: z.string() }).nullable(),
  longest: z.array(
    z.object({
      person: Id,
      name: z.string(),
      latestMs: Ms.nullable(),
      highBytes: z.number(),
      capDays: z.number(),
    }),
  ),
});

/** Against the deadline: `yes`, `perhaps`, `no`, `free` (there is none); null: nothing is known of the amounts. */
export const Fit = z.object({
  verdict: z.enum(['yes', 'perhaps', 'no', 'free']).nullable(),
  /** What would make it fit, with figures (`src/waves/fits.ts`). */
  remedies: z.array(z.looseObject({ by: z.string() })),
});

/** Why something cannot be done now. */
export const Hindrance = z.object({ code: z.string(), gate: z.string().nullable() });

export const Wave = z.object({
  id: Id,
  version: Version,
  name: Line,
  position: Count,
  pilot: z.boolean(),
  state: Stage.shape.state,
  startsOn: LocalDate.nullable(),
  deadlineMs: Ms.nullable(),
  rollBackNote: z.string(),
  decision: z.object({ go: z.boolean(), by: z.string(), atMs: Ms, note: z.string() }).nullable(),
  startedMs: Ms.nullable(),
  endedMs: Ms.nullable(),
  stage: Stage,
});
export const WaveDetail = Wave.extend({
  gates: z.array(Gate),
  estimate: Estimate.nullable(),
  fit: Fit,
  /** Why it cannot be started, or ended, now. Empty: it can. */
  mayStart: z.array(Hindrance),
  mayEnd: z.array(Hindrance),
});
export type WaveDetail = z.infer<typeof WaveDetail>;

const seen = z.object({ version: Version });
export const waveRoutes = {
  'GET /organisations/{organisation}/waves': route({
    summary: 'Waves in the order of the road',
    may: 'see',
    answer: z.array(Wave),
  }),
  'POST /organisations/{organisation}/waves': route({
    summary: 'Adds a wave at the end of the road',
    may: 'prepare',
    body: z.object({
      name: Line,
      pilot: z.boolean().default(false),
      startsOn: LocalDate.nullable().default(null),
    }),
    answer: Wave,
  }),
  'PUT /organisations/{organisation}/waves/order': route({
    summary: 'Sets the order of the road',
    may: 'prepare',
    body: z.object({ waves: z.array(Id).max(500) }),
    answer: z.array(Wave),
  }),
  'GET /organisations/{organisation}/waves/{wave}': route({
    summary: 'One wave: gates, estimate, what may be done',
    may: 'see',
    answer: WaveDetail,
  }),
  'PATCH /organisations/{organisation}/waves/{wave}': route({
    summary: 'Changes a wave',
    may: 'prepare',
    body: z
      .object({
        name: Line,
        pilot: z.boolean(),
        startsOn: LocalDate.nullable(),
        deadlineMs: Ms.nullable(),
        rollBackNote: Note,
      })
      .partial()
      .extend({ version: Version }),
    answer: WaveDetail,
  }),
  'DELETE /organisations/{organisation}/waves/{wave}': route({
    summary: 'Removes a wave that nobody is in',
    may: 'prepare',
  }),
  // Before the one with a name: the first that fits is taken.
  'POST /organisations/{organisation}/waves/none/people': route({
    summary: 'Takes people out of their wave',
    may: 'prepare',
    body: z.object({ people: z.array(Id).min(1).max(10_000) }),
  }),
  'POST /organisations/{organisation}/waves/{wave}/people': route({
    summary: 'Puts people into a wave',
    may: 'prepare',
    body: z.object({ people: z.array(Id).min(1).max(10_000) }),
    answer: WaveDetail,
  }),
  'PUT /organisations/{organisation}/waves/{wave}/gates/{gate}': route({
    summary: 'Ticks a gate, overrides a computed one, or takes that back',
    may: 'decide-gates',
    body: z.object({ is: z.enum(['ticked', 'overridden', 'open']), note: Note }),
    answer: WaveDetail,
  }),
  'POST /organisations/{organisation}/waves/{wave}/decision': route({
    summary: 'Go, or no-go',
    may: 'decide-gates',
    body: z.object({ version: Version, go: z.boolean(), note: Note }),
    answer: WaveDetail,
  }),
  'POST /organisations/{organisation}/waves/{wave}/start': route({
    summary: 'Starts the first pass of everybody in the wave',
    may: 'start',
    body: seen,
    answer: WaveDetail,
  }),
  'POST /organisations/{organisation}/waves/{wave}/pause': route({
    summary: 'Pauses the wave; what has landed stays noted',
    may: 'start',
    body: seen,
    answer: WaveDetail,
  }),
  'POST /organisations/{organisation}/waves/{wave}/resume': route({
    summary: 'Lets the wave go on',
    may: 'start',
    body: seen,
    answer: WaveDetail,
  }),
  'POST /organisations/{organisation}/waves/{wave}/pass': route({
    summary: 'Asks for another pass over everybody in the wave',
    may: 'start',
    body: z.object({ version: Version, kind: z.enum(['delta', 'last']) }),
    answer: WaveDetail,
  }),
  'POST /organisations/{organisation}/waves/{wave}/end': route({
    summary: 'Ends the wave when its exit gates are met',
    may: 'decide-gates',
    body: seen,
    answer: WaveDetail,
  }),
  'POST /organisations/{organisation}/waves/{wave}/roll-back': route({
    summary: 'Notes that the wave was taken back, with the reason',
    may: 'decide-gates',
    body: z.object({ version: Version, note: Note }),
    answer: WaveDetail,
  }),
  'POST /organisations/{organisation}/waves/{wave}/check': route({
    summary: 'Signs in at every account of the wave',
    may: 'check',
    answer: z.object({ asked: Count }),
  }),
} as const;
