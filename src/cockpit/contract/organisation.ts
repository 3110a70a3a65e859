import { z } from 'zod';
import { route } from './route.ts';
import { Count, Id, Language, Line, LocalDate, Ms, Version } from './values.ts';

export const Suite = z.enum(['google', 'microsoft', 'open']);

export const OrganisationFields = z.object({
  name: Line,
  language: Language,
  suite: Suite,
  domains: z.array(z.string().trim().toLowerCase().min(3).max(253)).min(1).max(50),
  targetTemplate: z.string().max(500).nullable(),
  movesAtOnce: z.number().int().min(1).max(64),
});
export const Organisation = OrganisationFields.extend({ id: Id, version: Version, createdMs: Ms });

export const OpenHours = z.object({
  days: z.array(z.number().int().min(1).max(7)).min(1).max(7),
  from: z.string().regex(/^\d{2}:\d{2}$/),
  to: z.string().regex(/^\d{2}:\d{2}$/),
});
export const SiteFields = z.object({
  name: Line,
  zone: z.string().min(1).max(60),
  hours: z.array(OpenHours).max(20),
  closed: z.array(LocalDate).max(200),
  lineBytesPerSecond: z.number().int().min(40_000).max(100_000_000_000).nullable(),
});
export const Site = SiteFields.extend({ id: Id, version: Version, people: Count });

/** Who is signed in, and what they may. */
export const Me = z.object({
  name: z.string(),
  email: z.string(),
  language: Language,
  /** Of the sign-in, so that the page can offer what is not yet set. */
  passkeys: Count,
  totp: z.boolean(),
  organisations: z.array(
    z.object({ id: Id, name: z.string(), role: z.string(), site: Id.nullable(), may: z.array(z.string()) }),
  ),
  mayAddOrganisations: z.boolean(),
});

/** A stage of the road: the inventory, then each wave. */
export const Stage = z.object({
  wave: Id.nullable(),
  name: z.string(),
  pilot: z.boolean(),
  state: z.enum(['draft', 'ready', 'running', 'paused', 'moved', 'ended', 'rolled-back']),
  people: Count,
  proven: Count,
  withFindings: Count,
  failed: Count,
  /** Share of the messages that have arrived, 0 to 1. */
  share: z.number().min(0).max(1),
  startsOn: LocalDate.nullable(),
  estimate: z.object({ earliestMs: Ms, latestMs: Ms }).nullable(),
  /** Accounts that wait for a secret. */
  secretsMissing: Count,
  checksFailed: Count,
});

/** A thing that a person should do now; `code` has words, `count` and `name` stand in them. */
export const Todo = z.object({
  code: z.enum([
    'add-site',
    'import-people',
    'place-people',
    'enter-secrets',
    'mend-accounts',
    'decide-wave',
    'start-wave',
    'read-findings',
    'mend-failed',
    'end-wave',
    'survey-accounts',
  ]),
  wave: Id.nullable(),
  name: z.string().nullable(),
  count: Count,
  done: z.boolean(),
});

/** One move that is under way, as it changes from moment to moment. */
export const LiveMove = z.object({
  person: Id,
  name: z.string(),
  address: z.string(),
  wave: Id.nullable(),
  pass: Id,
  kind: z.enum(['first', 'delta', 'last']),
  state: z.string(),
  /** Of the engine: `open`, `index`, `list`, `carry`, `read-back`, `marks`, `prove`. */
  stage: z.string().nullable(),
  entries: Count,
  done: Count,
  waiting: Count,
  bytes: Count,
  ofBytes: Count,
  messagesPerSecond: z.number().nonnegative(),
  bytesPerSecond: z.number().nonnegative(),
  remainingMs: z.object({ from: Count, to: Count }).nullable(),
  folder: z.string().nullable(),
  account: z.string().nullable(),
  restUntilMs: Ms.nullable(),
  trouble: z.string().nullable(),
});
export type LiveMove = z.infer<typeof LiveMove>;

export const Road = z.object({
  organisation: Organisation,
  sites: Count,
  people: Count,
  stages: z.array(Stage),
  inventory: z.object({ accounts: Count, surveyed: Count, bytes: Count }),
  proven: Count,
  messages: Count,
  bytes: Count,
  merged: Count,
  /** The number that matters; null while nothing is proven yet. */
  missing: Count.nullable(),
  openFindings: Count,
  running: z.array(LiveMove),
  /** Messages a second over all moves, of the last hour, one value a minute, oldest first. */
  speed: z.array(z.object({ atMs: Ms, messagesPerSecond: z.number(), bytesPerSecond: z.number() })),
  todo: z.array(Todo),
});
export type Road = z.infer<typeof Road>;

/** Null: only when somebody asks. */
export const Schedule = z.object({ deltaEveryHours: z.number().int().min(1).max(168).nullable() });

export const organisationRoutes = {
  'GET /me': route({ summary: 'Who is signed in, and what they may', may: 'signed-in', answer: Me }),
  'PATCH /me': route({
    summary: 'Changes the own name or language',
    may: 'signed-in',
    body: z.object({ name: Line, language: Language }).partial(),
    answer: Me,
  }),
  'GET /organisations': route({
    summary: 'Organisations that the operator may see',
    may: 'signed-in',
    answer: z.array(Organisation),
  }),
  'POST /organisations': route({
    summary: 'Adds an organisation',
    may: 'organisations',
    body: OrganisationFields,
    answer: Organisation,
  }),
  'GET /organisations/{organisation}': route({
    summary: 'One organisation',
    may: 'visit',
    answer: Organisation,
  }),
  'PATCH /organisations/{organisation}': route({
    summary: 'Changes an organisation',
    may: 'settings',
    body: OrganisationFields.partial().extend({ version: Version }),
    answer: Organisation,
  }),
  'GET /organisations/{organisation}/road': route({
    summary: 'Where the project stands, and what is to be done now',
    may: 'visit',
    answer: Road,
  }),
  'GET /organisations/{organisation}/sites': route({
    summary: 'Its sites',
    may: 'visit',
    answer: z.array(Site),
  }),
  'POST /organisations/{organisation}/sites': route({
    summary: 'Adds a site',
    may: 'prepare',
    body: SiteFields,
    answer: Site,
  }),
  'PATCH /organisations/{organisation}/sites/{site}': route({
    summary: 'Changes a site',
    may: 'prepare',
    body: SiteFields.partial().extend({ version: Version }),
    answer: Site,
  }),
  'DELETE /organisations/{organisation}/sites/{site}': route({
    summary: 'Removes a site that nobody is at',
    may: 'prepare',
  }),
  'GET /organisations/{organisation}/audit': route({
    summary: 'What was done, by whom, newest first',
    may: 'audit',
    query: z.object({
      offset: z.coerce.number().int().min(0).default(0),
      limit: z.coerce.number().int().min(1).max(500).default(100),
      text: z.string().max(200).optional(),
    }),
    answer: z.object({
      rows: z.array(
        z.object({
          id: z.number(),
          atMs: Ms,
          by: z.string(),
          action: z.string(),
          on: z.string(),
          details: z.record(z.string(), z.unknown()),
        }),
      ),
      total: Count,
    }),
  }),
  'GET /organisations/{organisation}/schedule': route({
    summary: 'How often those who have arrived are gone over again',
    may: 'see',
    answer: Schedule,
  }),
  'PUT /organisations/{organisation}/schedule': route({
    summary: 'Sets how often those who have arrived are gone over again',
    may: 'settings',
    body: Schedule,
    answer: Schedule,
  }),
  'GET /organisations/{organisation}/notices': route({
    summary: 'Where operators are told what happens',
    may: 'settings',
    answer: z.array(z.object({ url: z.string(), events: z.array(z.string()) })),
  }),
  'PUT /organisations/{organisation}/notices': route({
    summary: 'Sets where operators are told what happens',
    may: 'settings',
    body: z
      .array(
        z.object({
          url: z.url({ protocol: /^https?$/ }).max(500),
          events: z.array(z.string().max(40)).max(20),
        }),
      )
      .max(10),
    answer: z.array(z.object({ url: z.string(), events: z.array(z.string()) })),
  }),
};
