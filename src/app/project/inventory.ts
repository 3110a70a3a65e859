import { z } from 'zod';
import type { Account, Id, TroubleRecord } from '../../records/facts.ts';
import type { PersonRow } from '../../records/records.ts';
import type { Words } from '../../words/words.ts';
import type { Project } from './project.ts';

/** An account as the inventory shows it. */
export interface InventoryLine {
  account: Id;
  person: Id;
  personName: string;
  address: string;
  site: Id | null;
  surveyedMs: number | null;
  messages: number | null;
  bytes: number | null;
  folders: number | null;
  oldestMs: number | null;
  newestMs: number | null;
  risks: { severity: 'important' | 'note'; sentence: string }[];
  trouble: TroubleRecord | null;
}

/** What is read of a survey that was kept; an older version may have kept less. */
const Kept = z.object({
  messages: z.number(),
  bytes: z.number(),
  folders: z.array(z.object({ selectable: z.boolean() })),
  oldest: z.number().nullable(),
  newest: z.number().nullable(),
  quota: z.object({ usedBytes: z.number(), limitBytes: z.number() }).nullable(),
  aside: z.array(z.looseObject({ because: z.string() })),
  prospects: z.array(
    z.object({
      target: z.string(),
      obstacles: z.array(
        z.object({ is: z.string(), effect: z.string(), count: z.number(), bytes: z.number() }),
      ),
    }),
  ),
});
type Kept = z.output<typeof Kept>;

/** Nearly full: mail will soon be refused, and a large one is already. */
const NEARLY_FULL = 0.9;
/** Which of the surveys' targets an organisation goes to. */
const TARGET = { google: 'google', microsoft: 'microsoft', open: 'imap' } as const;

/** All accounts that mail comes from, side by side, with what their surveys told. Throws Trouble of the records. */
export async function inventoryOf(
  { records }: Project,
  organisation: Id,
  site: Id | undefined,
  words: Words,
): Promise<InventoryLine[]> {
  const { suite } = await records.organisation(organisation);
  const people = (await records.everybody(organisation)).filter(
    (person) => site === undefined || person.site === site,
  );
  const lines: InventoryLine[] = [];
  for (const person of people)
    for (const account of person.accounts.filter(({ role }) => role === 'source'))
      lines.push(lineOf(person, account, await records.survey(account.id), TARGET[suite], words));
  return lines;
}

function lineOf(
  person: PersonRow,
  account: Account,
  told: { atMs: number; survey: unknown } | null,
  target: string,
  words: Words,
): InventoryLine {
  const survey = told === null ? null : (Kept.safeParse(told.survey).data ?? null);
  const { amount, check } = account;
  return {
    ...{ account: account.id, person: person.id, personName: person.displayName },
    ...{ address: account.address, site: person.site },
    surveyedMs: told?.atMs ?? null,
    messages: survey?.messages ?? amount?.messages ?? null,
    bytes: survey?.bytes ?? amount?.bytes ?? null,
    folders: survey?.folders.filter(({ selectable }) => selectable).length ?? null,
    oldestMs: survey?.oldest ?? null,
    newestMs: survey?.newest ?? null,
    risks: survey === null ? [] : risksOf(survey, target, words),
    trouble: check !== null && !check.ok ? check.trouble : null,
  };
}

function risksOf(
  { quota, prospects, aside }: Kept,
  target: string,
  { say, sayIfKnown, figures }: Words,
): InventoryLine['risks'] {
  const risks: InventoryLine['risks'] = [];
  if (quota !== null && quota.limitBytes > 0 && quota.usedBytes >= quota.limitBytes * NEARLY_FULL) {
    const [used, limit] = [figures.bytes(quota.usedBytes), figures.bytes(quota.limitBytes)];
    risks.push({ severity: 'important', sentence: say('inventory.nearly-full', { used, limit }) });
  }
  for (const { is, effect, count, bytes } of prospects.find((one) => one.target === target)?.obstacles ??
    []) {
    const what = sayIfKnown(`survey.obstacle.${is}`, is);
    const comes = sayIfKnown(`survey.effect.${effect}`, effect);
    const sentence = say('survey.line', {
      n: figures.number(count),
      what,
      bytes: figures.bytes(bytes),
      comes,
    });
    risks.push({ severity: effect === 'refused' || effect === 'left' ? 'important' : 'note', sentence });
  }
  if (aside.length > 0)
    risks.push({
      severity: 'note',
      sentence: say('inventory.aside', { count: aside.length, n: figures.number(aside.length) }),
    });
  return risks;
}
