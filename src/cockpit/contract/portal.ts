import { z } from 'zod';
import { Stage } from './organisation.ts';
import { Pass } from './people.ts';
import { route } from './route.ts';
import { Count, Id, Language, LocalDate, Ms } from './values.ts';

/** Why a mailbox did not let somebody in, for words that a person understands. */
export const EntryRefused = z.enum([
  'wrong-password',
  'app-password',
  'access-off',
  'browser-first',
  'whole-address',
  'not-allowed',
  'unreachable',
  'busy',
  'other',
]);

export const PortalAccount = z.object({
  id: Id,
  /** `address`: what one signs in with; `host`: where. */
  login: z.string(),
  host: z.string(),
  /** For the words on where to find the password. */
  provider: z.enum(['google', 'microsoft', 'yahoo', 'apple', 'other']),
  secret: z.enum(['none', 'sealed']),
  /** Null: not tried since the password was handed over. */
  check: z.object({ ok: z.boolean(), atMs: Ms, because: EntryRefused.nullable() }).nullable(),
});
export type PortalAccount = z.infer<typeof PortalAccount>;

export const PortalUpload = z.object({
  id: Id,
  name: z.string(),
  bytes: Count,
  arrived: Count,
  /** By which a browser knows the same file again. */
  mark: z.string(),
  state: z.enum(['arriving', 'looking', 'taken', 'refused']),
  madeMs: Ms,
  /** Of the whole file, once it is here. */
  sha256: z.string().nullable(),
  because: z.enum(['no-mail', 'zipped-pst', 'same-again', 'unreadable', 'cut']).nullable(),
});
export type PortalUpload = z.infer<typeof PortalUpload>;

export const Portal = z.object({
  name: z.string(),
  address: z.string(),
  organisation: z.string(),
  language: Language,
  /** When the link stops to open this page. */
  untilMs: Ms,
  stages: z.array(
    z.object({
      name: z.string(),
      state: Stage.shape.state,
      share: z.number().min(0).max(1),
      mine: z.boolean(),
    }),
  ),
  /** Of one's own stage. */
  startsOn: LocalDate.nullable(),
  /** Of the last pass; `none`: nothing has begun. */
  state: z.enum(['none', ...Pass.shape.state.options]),
  /** While it moves. */
  progress: z
    .object({
      done: Count,
      entries: Count,
      share: z.number().min(0).max(1),
      messagesPerSecond: z.number().nonnegative(),
      remainingMs: z.object({ from: Count, to: Count }).nullable(),
    })
    .nullable(),
  /** Of what was proven last. */
  result: z
    .object({ arrived: Count, merged: Count, missing: Count, open: Count, bytes: Count, atMs: Ms })
    .nullable(),
  accounts: z.array(PortalAccount),
  uploads: z.array(PortalUpload),
  uploadMaxBytes: Count,
});
export type Portal = z.infer<typeof Portal>;

export const HELP_MAX_CHARS = 1_000;

export const portalRoutes = {
  'GET /organisations/{organisation}/people/{person}/link': route({
    summary: 'What a person’s own page is used for: links that open it, what was asked, files that were sent',
    may: 'see',
    perSite: true,
    answer: z.object({
      links: z.array(z.object({ untilMs: Ms, usedMs: Ms.nullable() })),
      asked: z.array(z.object({ atMs: Ms, text: z.string() })),
      uploads: z.array(PortalUpload.extend({ account: Id.nullable() })),
    }),
  }),
  'POST /organisations/{organisation}/people/{person}/link': route({
    summary: 'Makes a link that opens a person’s own page; it is answered this once',
    may: 'invite-people',
    perSite: true,
    body: z.object({ days: z.number().int().min(1).max(90).default(30) }),
    answer: z.object({ link: z.string(), untilMs: Ms }),
  }),
  'DELETE /organisations/{organisation}/people/{person}/link': route({
    summary: 'Revokes all links of a person',
    may: 'invite-people',
    perSite: true,
  }),
  'GET /portal/{token}': route({
    summary: 'A person’s own page, by its link',
    may: 'anyone',
    answer: Portal,
  }),
  'PUT /portal/{token}/accounts/{account}/secret': route({
    summary: 'Hands over the password of an own old mailbox: sealed, then tried',
    may: 'anyone',
    body: z.object({ secret: z.string().min(1).max(1_024) }),
    answer: PortalAccount,
  }),
  'POST /portal/{token}/help': route({
    summary: 'A message to those who run the move',
    may: 'anyone',
    body: z.object({ text: z.string().trim().min(1).max(HELP_MAX_CHARS) }),
  }),
} as const;
