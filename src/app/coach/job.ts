import path from 'node:path';
import { z } from 'zod';
import { TARGET_KINDS } from '../../engine/target-limits.ts';
import { LEAST_BYTES_PER_SECOND } from '../../wire/bandwidth.ts';

/** Addresses without secrets, at most so many: nobody has more accounts. */
const ACCOUNTS_MAX = 100;
const ADDRESS_MAX_CHARS = 4_096;
/** As `src/app/secret.ts` reads at most. */
const SECRET_MAX_CHARS = 64 * 1024;

const address = z.string().min(1).max(ADDRESS_MAX_CHARS);

/** Bytes a second over all connections; null: no limit. */
export const limitSchema = z.int().min(LEAST_BYTES_PER_SECOND).nullable();

const common = {
  /** In order of precedence. None of them holds a secret or says where one lies: those are in `secrets`. */
  from: z.array(address).max(ACCOUNTS_MAX),
  /** The data folder, absolute. */
  data: z.string().refine((text) => path.isAbsolute(text)),
  /** The account's public name (`publicName`) to its password or token; a consent needs none. */
  secrets: z.record(z.string(), z.string().min(1).max(SECRET_MAX_CHARS)),
  /** At the start; `limit` changes it. */
  bytesPerSecond: limitSchema.default(null),
  /** What opens the vault, where it is not a file in the data folder: consents lie there. */
  vaultKey: z.string().nullable().default(null),
};

const road = {
  dryRun: z.boolean().default(false),
  settleMs: z.int().nonnegative().optional(),
  lanes: z.int().min(1).max(16).optional(),
};

const withRoad = z.strictObject({
  ...common,
  kind: z.enum(['move', 'prove', 'move-and-prove']),
  from: common.from.min(1),
  to: address,
  options: z.strictObject({
    ...road,
    /** Of the certificate's page. */
    language: z.enum(['fr', 'en']).default('fr'),
  }),
});

const survey = z.strictObject({
  ...common,
  kind: z.literal('survey'),
  from: common.from.min(1),
  to: address.nullable(),
  options: z.strictObject({
    /** Whether every message is read. */
    deep: z.boolean().default(false),
    /** Kinds of target asked about; none and no `to`: all of them. */
    kinds: z.array(z.enum(TARGET_KINDS)).default([]),
  }),
});

const check = z.strictObject({
  ...common,
  kind: z.literal('check'),
  to: address.nullable(),
  options: z.strictObject({
    /** How long one account may take to answer. */
    limitMs: z.int().min(1).max(600_000).default(90_000),
  }),
});

/**
 * One pass over one person's mail. `move-and-prove` proves only what was moved whole: while entries wait for another pass,
 * there is nothing to prove yet.
 */
export const jobSchema = z.discriminatedUnion('kind', [withRoad, survey, check]);

export type Job = z.output<typeof jobSchema>;
/** As it is given: what has a default may be left out. */
export type JobGiven = z.input<typeof jobSchema>;
export type JobOf<K extends Job['kind']> = Extract<Job, { kind: K }>;
export type RoadJob = z.output<typeof withRoad>;
