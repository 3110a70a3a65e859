import { z } from 'zod';
import { route } from './route.ts';
import {
  Address,
  Count,
  Id,
  Language,
  Line,
  Ms,
  PageQuery,
  paged,
  Several,
  TroubleRecord,
  Version,
} from './values.ts';

export const PassCounts = z.object({
  entries: Count,
  copied: Count,
  merged: Count,
  left: Count,
  asked: Count,
  missing: Count,
  extra: Count,
  doubled: Count,
  altered: Count,
  bytes: Count,
  carried: Count,
  seconds: z.number().nonnegative(),
});

export const Pass = z.object({
  id: Id,
  number: Count,
  kind: z.enum(['first', 'delta', 'last']),
  state: z.enum(['waiting', 'running', 'resting', 'stopped', 'proving', 'proven', 'findings', 'failed']),
  askedMs: Ms,
  beganMs: Ms.nullable(),
  endedMs: Ms.nullable(),
  counts: PassCounts,
  trouble: TroubleRecord.nullable(),
  certificate: z.string().nullable(),
});

export const Account = z.object({
  id: Id,
  version: Version,
  role: z.enum(['source', 'target']),
  address: z.string(),
  position: Count,
  secret: z.enum(['none', 'sealed', 'not-needed']),
  check: z.object({ ok: z.boolean(), atMs: Ms, trouble: TroubleRecord.nullable() }).nullable(),
  amount: z.object({ messages: Count, bytes: Count, atMs: Ms }).nullable(),
});

export const PersonFields = z.object({
  kind: z.enum(['person', 'shared']),
  givenName: z.string().trim().max(100),
  familyName: z.string().trim().max(100),
  displayName: Line,
  address: Address,
  aliases: z.array(Address).max(200),
  site: Id.nullable(),
  wave: Id.nullable(),
  language: Language.nullable(),
  title: z.string().trim().max(200),
  mobile: z.string().trim().max(50),
});

export const PersonRow = PersonFields.extend({
  id: Id,
  version: Version,
  accounts: z.array(Account),
  lastPass: Pass.nullable(),
  openFindings: Count,
});
export type PersonRow = z.infer<typeof PersonRow>;

export const PeopleQuery = PageQuery.extend({
  text: z.string().max(200).optional(),
  /** An id, or `none`. */
  site: z.string().max(64).optional(),
  wave: z.string().max(64).optional(),
  state: Several.optional(),
  sort: z.enum(['name', 'address', 'site', 'wave', 'state', 'entries', 'left']).optional(),
  descending: z.stringbool().optional(),
});

export const Group = z.object({
  id: Id,
  version: Version,
  name: Line,
  address: Address,
  aliases: z.array(Address),
  site: Id.nullable(),
  members: z.array(z.string()),
});

const AccountFields = z.object({
  role: z.enum(['source', 'target']),
  /** As on the command line, without a password. */
  address: z.string().trim().min(3).max(1000),
  /** Sealed at once, never answered again. */
  secret: z.string().min(1).max(65_536).optional(),
});

/** Of a row of a file, or of what would be made of it. */
export const PreviewReason = z.object({
  code: z.string(),
  severity: z.enum(['refuse', 'ask', 'warn']),
  column: z.string().nullable(),
  value: z.string().nullable(),
  /** Whom or what it is about besides. */
  other: z.string().nullable(),
  /** Column number of the cell to correct; null: no single one. */
  cell: Count.nullable(),
});
export const PreviewRow = z.object({
  /** Line of the file, from 1. */
  line: Count,
  verdict: z.enum(['create', 'change', 'same', 'refuse']),
  kind: z.enum(['person', 'shared', 'group']),
  name: z.string(),
  address: z.string(),
  site: z.string().nullable(),
  accounts: z.array(z.string()),
  /** Line of the row that tells of the same person; null: this is the first. */
  joins: Count.nullable(),
  changes: z.array(z.object({ field: z.string(), from: z.string().nullable(), to: z.string().nullable() })),
  reasons: z.array(PreviewReason),
  /** The cells as they stand, by column number; passwords are shown as dots. */
  cells: z.array(z.string()),
});
export type PreviewRow = z.infer<typeof PreviewRow>;
export const Preview = z.object({
  id: Id,
  fileName: z.string(),
  template: z.string(),
  encoding: z.string(),
  headings: z.array(z.object({ text: z.string(), column: z.string().nullable(), secret: z.boolean() })),
  headingLine: Count,
  /** The columns are known by their order, not by their headings. */
  byOrder: z.boolean(),
  /** What is said of the file as a whole. */
  file: z.array(PreviewReason),
  counts: z.object({ create: Count, change: Count, same: Count, refuse: Count, ask: Count, warn: Count }),
  newSites: z.array(z.string()),
  newWaves: z.array(z.string()),
  /** Nothing is refused: it may be confirmed. */
  ready: z.boolean(),
});
export type Preview = z.infer<typeof Preview>;

export const peopleRoutes = {
  'GET /organisations/{organisation}/people': route({
    summary: 'People, a page at a time',
    may: 'see',
    perSite: true,
    query: PeopleQuery,
    answer: paged(PersonRow),
  }),
  'POST /organisations/{organisation}/people': route({
    summary: 'Adds a person',
    may: 'prepare',
    body: PersonFields.partial().required({ displayName: true, address: true }),
    answer: PersonRow,
  }),
  'GET /organisations/{organisation}/people/{person}': route({
    summary: 'One person: accounts, passes, what is open',
    may: 'see',
    perSite: true,
    answer: PersonRow.extend({ passes: z.array(Pass), targetName: z.string().nullable() }),
  }),
  'PATCH /organisations/{organisation}/people/{person}': route({
    summary: 'Changes a person',
    may: 'prepare',
    body: PersonFields.partial().extend({ version: Version }),
    answer: PersonRow,
  }),
  'DELETE /organisations/{organisation}/people/{person}': route({
    summary: 'Removes a person with accounts and secrets; certificates stay',
    may: 'prepare',
  }),
  'POST /organisations/{organisation}/people/{person}/accounts': route({
    summary: 'Adds an account',
    may: 'prepare',
    body: AccountFields,
    answer: Account,
  }),
  'PATCH /organisations/{organisation}/people/{person}/accounts/{account}': route({
    summary: 'Changes an account',
    may: 'prepare',
    body: AccountFields.pick({ address: true })
      .partial()
      .extend({ version: Version, position: Count.optional() }),
    answer: Account,
  }),
  'DELETE /organisations/{organisation}/people/{person}/accounts/{account}': route({
    summary: 'Removes an account and its secret',
    may: 'prepare',
  }),
  'PUT /organisations/{organisation}/people/{person}/accounts/{account}/secret': route({
    summary: 'Seals the password or token of an account',
    may: 'enter-secrets',
    perSite: true,
    body: z.object({ secret: z.string().min(1).max(65_536).nullable() }),
    answer: Account,
  }),
  'POST /organisations/{organisation}/people/{person}/check': route({
    summary: 'Signs in at every account of a person, and tells',
    may: 'enter-secrets',
    perSite: true,
    answer: z.array(Account),
  }),
  'POST /organisations/{organisation}/people/{person}/run': route({
    summary: 'Asks for a pass over one person’s mail',
    may: 'start',
    body: z.object({ kind: z.enum(['first', 'delta', 'last']) }),
    answer: Pass,
  }),
  'POST /organisations/{organisation}/people/{person}/pause': route({
    summary: 'Stops the pass of one person; what has landed stays noted',
    may: 'start',
    answer: Pass,
  }),
  'POST /organisations/{organisation}/people/{person}/resume': route({
    summary: 'Lets the pass of one person go on',
    may: 'start',
    answer: Pass,
  }),
  'GET /organisations/{organisation}/groups': route({
    summary: 'Groups',
    may: 'see',
    answer: z.array(Group),
  }),
  'GET /organisations/{organisation}/import/template': route({
    summary: 'An example of a prepared file, as CSV',
    may: 'see',
    query: z.object({ language: Language.optional() }),
  }),
  'POST /organisations/{organisation}/import': route({
    summary:
      'Reads a prepared file (the body is the file) and tells what would come of it; nothing is written',
    may: 'import',
    query: z.object({ name: z.string().max(255) }),
    answer: Preview,
  }),
  'GET /organisations/{organisation}/import/{import}': route({
    summary: 'What would come of a prepared file',
    may: 'import',
    answer: Preview,
  }),
  'GET /organisations/{organisation}/import/{import}/rows': route({
    summary: 'Its rows, a page at a time',
    may: 'import',
    query: PageQuery.extend({ verdict: Several.optional(), text: z.string().max(200).optional() }),
    answer: paged(PreviewRow),
  }),
  'PATCH /organisations/{organisation}/import/{import}/rows/{line}': route({
    summary: 'Corrects one cell',
    may: 'import',
    body: z.object({ cell: Count, text: z.string().max(10_000) }),
    answer: Preview,
  }),
  'POST /organisations/{organisation}/import/{import}/confirm': route({
    summary: 'Writes all of it, or nothing',
    may: 'import',
    body: z.object({ createSites: z.boolean(), createWaves: z.boolean() }),
    answer: z.object({ created: Count, changed: Count, same: Count }),
  }),
  'GET /organisations/{organisation}/export': route({
    summary: 'The prepared file as it stands, without secrets',
    may: 'export',
    query: z.object({
      as: z.enum(['csv', 'xlsx', 'google', 'microsoft']).default('csv'),
      language: Language.optional(),
    }),
  }),
} as const;
