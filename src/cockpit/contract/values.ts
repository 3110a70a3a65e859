import { z } from 'zod';

export const Id = z.string().min(1).max(64);
export const Version = z.number().int().nonnegative();
export const Ms = z.number().int();
export const Count = z.number().int().nonnegative();
/** One line of text that a person typed. */
export const Line = z.string().trim().min(1).max(200);
export const Note = z.string().trim().max(4000);
export const Address = z.string().trim().min(3).max(320);
export const Language = z.enum(['fr', 'en']);
export const LocalDate = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);

export const PAGE_MAX = 500;
export const PageQuery = z.object({
  offset: z.coerce.number().int().min(0).max(10_000_000).default(0),
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(100),
});

export const paged = <T extends z.ZodType>(row: T) => z.object({ rows: z.array(row), total: Count });

/** Several values of one name in a query: `state=running,proven`. */
export const Several = z
  .string()
  .max(2000)
  .transform((text) => text.split(',').filter(Boolean));

export const TroubleRecord = z.object({
  kind: z.string(),
  tried: z.string(),
  on: z.string(),
  answer: z.string().nullable(),
  atMs: Ms,
  /** The whole of it as one sentence, in the language of who asks. */
  sentence: z.string(),
});

/** What every refusal of the server looks like; `fields`: which part of the body or query, and what is wrong with it. */
export const Refusal = z.object({
  trouble: z.object({
    kind: z.string(),
    tried: z.string(),
    on: z.string(),
    answer: z.string().nullable(),
  }),
  sentence: z.string(),
  fields: z.record(z.string(), z.string()).optional(),
});
export type Refusal = z.infer<typeof Refusal>;
