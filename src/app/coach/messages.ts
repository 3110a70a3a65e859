import { z } from 'zod';
import type { Survey } from '../../engine/survey.ts';
import type { Attempt, TroubleKind } from '../../trouble.ts';
import { jobSchema, limitSchema } from './job.ts';

/** What server and coach say to each other; checked on both sides. */

/** Records, so that a kind that is added elsewhere is missed here. */
const KINDS: Record<TroubleKind, true> = {
  ...{ busy: true, full: true, lost: true, missing: true, refused: true, denied: true, malformed: true },
};
const ATTEMPTS: Record<Attempt, true> = {
  ...{
    'read-address': true,
    'read-secret': true,
    connect: true,
    encrypt: true,
    greet: true,
    'sign-in': true,
  },
  ...{ 'list-folders': true, 'open-folder': true, 'create-folder': true, 'list-messages': true },
  ...{ 'read-message': true, 'store-message': true, 'mark-message': true, 'remove-message': true },
  ...{ search: true, 'ask-quota': true, converse: true, 'read-file': true, 'write-file': true },
  ...{ 'open-ledger': true, 'write-ledger': true, 'verify-certificate': true, 'start-server': true },
  ...{ 'open-records': true, 'read-record': true, 'write-record': true },
};

const count = z.int().nonnegative();
/** Bytes of whole archives, and clock times. */
const amount = z.number().nonnegative();
const trouble = {
  kind: z.enum(Object.keys(KINDS) as [TroubleKind, ...TroubleKind[]]),
  tried: z.enum(Object.keys(ATTEMPTS) as [Attempt, ...Attempt[]]),
  on: z.string(),
  answer: z.string().nullable(),
};

const summary = z.strictObject({
  event: z.literal('summary'),
  ...{ entries: count, copied: count, merged: count, left: count, asked: count, missing: count },
  ...{ extra: count, doubled: count, unseen: count.optional(), altered: count, incomplete: count.optional() },
  ...{ unopened: count.optional(), gone: count, bytes: amount, carried: count, seconds: amount },
});

const stage = z.enum(['open', 'index', 'list', 'carry', 'read-back', 'marks', 'prove']);

/**
 * The road's events as a coach tells them: the latest of each kind and account, some times a second. What comes message by
 * message (`left`, `altered`, `finding` …) is only counted.
 */
export const coachEventSchema = z.discriminatedUnion('event', [
  z.strictObject({
    event: z.literal('begin'),
    ...{ target: z.string(), accounts: z.array(z.string()), pass: count, resumed: count },
  }),
  z.strictObject({ event: z.literal('listing'), account: z.string(), entries: count }),
  z.strictObject({
    event: z.literal('listed'),
    ...{ account: z.string(), folders: count, entries: count, waiting: count, bytes: amount },
  }),
  z.strictObject({
    event: z.literal('folder'),
    ...{ account: z.string(), folder: z.string(), into: z.string(), waiting: count },
  }),
  z.strictObject({
    event: z.literal('progress'),
    ...{ account: z.string(), done: count, of: count, bytes: amount, ofBytes: amount },
  }),
  z.strictObject({ event: z.literal('stage'), stage }),
  z.strictObject({ event: z.literal('trouble'), ...trouble, inMs: amount.nullable() }),
  z.strictObject({
    event: z.literal('rest'),
    ...{ account: z.string(), untilMs: amount, because: z.enum(['daily-limit', 'server']) },
    answer: z.string().nullable(),
  }),
  z.strictObject({ event: z.literal('cancelled'), done: count, of: count }),
  summary,
  /** What the ledger says of all passes so far, entries that are gone left out. */
  z.strictObject({
    event: z.literal('ledger'),
    ...{ entries: count, landed: count, merged: count, left: count, asked: count },
  }),
  /** What was met message by message in this pass. `proven`: entries that the proof has accounted for. */
  z.strictObject({
    event: z.literal('met'),
    ...{ altered: count, left: count, withdrawn: count, aside: count, proven: count },
  }),
  z.strictObject({
    event: z.literal('warning'),
    code: z.enum(['secret-in-url', 'secret-file-open', 'clear-text', 'option-ignored']),
    on: z.string(),
  }),
]);

export type CoachEvent = z.output<typeof coachEventSchema>;

const checkedSchema = z.discriminatedUnion('is', [
  z.strictObject({
    is: z.literal('ok'),
    ...{ account: z.string(), as: z.enum(['source', 'target']), folders: count },
    /** As far as the listing of folders tells; null where it does not. */
    messages: count.nullable(),
    /** Whether there is an inbox: a mailbox that was never made ready has none. */
    inbox: z.boolean(),
    quota: z.strictObject({ usedBytes: amount, limitBytes: amount }).nullable(),
  }),
  z.strictObject({
    is: z.literal('trouble'),
    ...{ account: z.string(), as: z.enum(['source', 'target']), ...trouble },
    retryAfterMs: amount.nullable(),
  }),
]);

/** What came of signing in to one account. */
export type Checked = z.output<typeof checkedSchema>;

/** The parts that are read by whoever gets it; the rest is as `engine/survey.ts` made it in this very version. */
const surveySchema = z.looseObject({
  ...{ name: z.string(), folders: z.array(z.looseObject({ path: z.array(z.string()) })) },
  ...{ messages: count, bytes: amount, prospects: z.array(z.looseObject({})) },
}) as unknown as z.ZodType<Survey>;

const certificateSchema = z.strictObject({
  ...{ file: z.string(), page: z.string(), head: z.string() },
  verdict: z.enum(['passed', 'exceptions', 'failed']),
  /** Of the proof. */
  summary,
});

/** How a pass ended, by its own word. */
export const outcomeSchema = z.discriminatedUnion('is', [
  z.strictObject({
    is: z.literal('done'),
    /** Of the move, or of the proof where nothing was moved; null where neither was asked for. */
    summary: summary.nullable(),
    certificate: certificateSchema.nullable(),
    surveys: z.array(surveySchema),
    checks: z.array(checkedSchema),
  }),
  z.strictObject({ is: z.literal('stopped') }),
  z.strictObject({ is: z.literal('trouble'), ...trouble, retryAfterMs: amount.nullable() }),
  /** A fault of ours, with its stack. */
  z.strictObject({ is: z.literal('bug'), text: z.string() }),
]);

export type ToldOutcome = z.output<typeof outcomeSchema>;

/** To the coach. */
export const orderSchema = z.discriminatedUnion('is', [
  z.strictObject({ is: z.literal('job'), job: jobSchema }),
  z.strictObject({ is: z.literal('limit'), bytesPerSecond: limitSchema }),
  z.strictObject({ is: z.literal('stop') }),
]);

export type Order = z.input<typeof orderSchema>;

/** From the coach. */
export const reportSchema = z.discriminatedUnion('is', [
  z.strictObject({ is: z.literal('alive'), residentBytes: amount }),
  z.strictObject({ is: z.literal('event'), event: coachEventSchema }),
  z.strictObject({ is: z.literal('outcome'), outcome: outcomeSchema }),
]);

export type Report = z.output<typeof reportSchema>;
