import { z } from 'zod';
import { PassCounts } from './people.ts';
import { route } from './route.ts';
import { Count, Id, Line, Ms, PageQuery, paged } from './values.ts';

export const FindingGroup = z.object({
  is: z.string(),
  code: z.string().nullable(),
  /** The server's own words; figures and addresses taken out. */
  cause: z.string(),
  count: Count,
  accepted: Count,
  people: Count,
  /** The reason in the language of who asks. */
  sentence: z.string(),
});
export const Finding = z.object({
  id: Id,
  person: Id,
  personName: z.string(),
  is: z.string(),
  account: z.string().nullable(),
  folder: z.string(),
  subject: z.string().nullable(),
  messageId: z.string().nullable(),
  answer: z.string().nullable(),
  classes: z.array(z.string()),
  sentence: z.string(),
  accepted: z.object({ by: z.string(), atMs: Ms, reason: z.string() }).nullable(),
});
const Of = z.object({ person: Id.optional(), wave: Id.optional() });

export const CertificateLine = z.object({
  /** `person`, `site`, `wave`, `organisation`. */
  of: z.string(),
  id: Id,
  name: z.string(),
  site: z.string().nullable(),
  verdict: z.enum(['passed', 'exceptions', 'failed', 'unfinished']).nullable(),
  counts: PassCounts.nullable(),
  atMs: Ms.nullable(),
});

/** An account as the inventory shows it. */
export const InventoryLine = z.object({
  account: Id,
  person: Id,
  personName: z.string(),
  address: z.string(),
  site: Id.nullable(),
  surveyedMs: Ms.nullable(),
  messages: Count.nullable(),
  bytes: Count.nullable(),
  folders: Count.nullable(),
  oldestMs: Ms.nullable(),
  newestMs: Ms.nullable(),
  /** What will not survive or needs thought, as sentences. */
  risks: z.array(z.object({ severity: z.enum(['important', 'note']), sentence: z.string() })),
  trouble: z.string().nullable(),
});

export const findingRoutes = {
  'GET /organisations/{organisation}/finding-groups': route({
    summary: 'What a person must read, grouped by cause',
    may: 'see-findings',
    query: Of,
    answer: z.array(FindingGroup),
  }),
  'GET /organisations/{organisation}/findings': route({
    summary: 'Findings, a page at a time',
    may: 'see-findings',
    query: PageQuery.extend({
      ...Of.shape,
      is: z.string().max(40).optional(),
      code: z.string().max(40).optional(),
      cause: z.string().max(600).optional(),
      text: z.string().max(200).optional(),
      accepted: z.stringbool().optional(),
    }),
    answer: paged(Finding),
  }),
  'POST /organisations/{organisation}/findings/accept': route({
    summary: 'Accepts findings, with a reason',
    may: 'accept-findings',
    body: z.object({
      findings: z.array(Id).max(10_000).optional(),
      group: Of.extend({ is: z.string(), code: z.string().nullable(), cause: z.string() }).optional(),
      reason: Line,
    }),
    answer: z.object({ accepted: Count }),
  }),
  'POST /organisations/{organisation}/findings/retry': route({
    summary: 'Another pass over those who have open findings of a cause',
    may: 'start',
    body: Of.extend({ is: z.string().optional(), cause: z.string().optional() }),
    answer: z.object({ people: Count }),
  }),
  'GET /organisations/{organisation}/certificates': route({
    summary: 'What is certified',
    may: 'see',
    answer: z.array(CertificateLine),
  }),
  'GET /organisations/{organisation}/certificates/{of}/{id}': route({
    summary: 'A certificate as PDF or JSON',
    may: 'export',
    query: z.object({
      as: z.enum(['pdf', 'json']).default('pdf'),
      language: z.enum(['fr', 'en']).optional(),
    }),
  }),
  'GET /organisations/{organisation}/inventory': route({
    summary: 'Surveys of all accounts, side by side',
    may: 'see',
    query: z.object({ site: Id.optional() }),
    answer: z.array(InventoryLine),
  }),
  'POST /organisations/{organisation}/inventory/survey': route({
    summary: 'Surveys the accounts of a site, or all',
    may: 'check',
    body: z.object({ site: Id.optional(), again: z.boolean().default(false) }),
    answer: z.object({ asked: Count }),
  }),
} as const;
