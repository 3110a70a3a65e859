import { z } from 'zod';
import type { Account, Id, TroubleRecord } from '../../records/facts.ts';
import type { PersonRow, Reading } from '../../records/records.ts';
import type { AsideBecause } from '../../stores/source.ts';
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
  aside: z.array(z.object({ path: z.string(), because: z.string(), items: z.number().optional() })),
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

/** What is shown of a survey: its folders counted, what lies aside parted into what may be mail and what is none. */
interface Digest extends Omit<Kept, 'folders' | 'aside'> {
  surveyedMs: number;
  folders: number;
  overlooked: Kept['aside'];
  overlookedMore: number;
  /** Items that are no mail. */
  aside: number;
}

/** Beside what was read may lie mail that nobody gave as an account: archives of another kind, hidden or sealed ones. */
const MAY_BE_MAIL: ReadonlySet<string> = new Set<AsideBecause>([
  'all-mail-hidden',
  'imap-limit',
  'unreadable',
  'hidden',
  'too-deep',
  'other-store',
  'no-reader',
  'nested',
  'encrypted',
  'overgrown',
  'part-missing',
  'too-many',
]);
/** Of one account; how many more there are is said. */
const OVERLOOKED_MAX = 20;

/** Nearly full: mail will soon be refused, and a large one is already. */
const NEARLY_FULL = 0.9;
/** Nobody's organisation is larger. */
const PEOPLE_MAX = 100_000;
/** Which of the surveys' targets an organisation goes to. */
const TARGET = { google: 'google', microsoft: 'microsoft', open: 'imap' } as const;

/** All accounts that mail comes from, side by side, with what their surveys told. Throws Trouble of the records. */
export async function inventoryOf(
  { records }: Pick<Project, 'records'>,
  organisation: Id,
  site: Id | undefined,
  words: Words,
): Promise<InventoryLine[]> {
  const { suite } = await records.organisation(organisation);
  const page = { offset: 0, limit: PEOPLE_MAX };
  const people =
    site === undefined
      ? await records.everybody(organisation)
      : (await records.people(organisation, { site, ...page })).rows;
  const lines: InventoryLine[] = [];
  for (const person of people)
    for (const account of person.accounts.filter(({ role }) => role === 'source'))
      lines.push(lineOf(person, account, await digestOf(records, account), TARGET[suite], words));
  return lines;
}

/** A survey is large and seldom changes: its digest is kept beside the records, by when the account's amount was noted. */
const digests = new WeakMap<Reading, Map<Id, { atMs: number; digest: Digest | null }>>();
/** Its sentences, by language and target: thousands of accounts are told each time. */
const told = new WeakMap<Digest, Map<string, InventoryLine['risks']>>();

async function digestOf(records: Reading, { id, amount }: Account): Promise<Digest | null> {
  // A survey notes the amount in the same moment: without one there is no survey.
  if (amount === null) return null;
  const known = digests.get(records) ?? new Map<Id, { atMs: number; digest: Digest | null }>();
  digests.set(records, known);
  const kept = known.get(id);
  if (kept?.atMs === amount.atMs) return kept.digest;
  const row = await records.survey(id);
  const survey = row === null ? undefined : Kept.safeParse(row.survey).data;
  const digest = row === null || survey === undefined ? null : digested(row.atMs, survey);
  known.set(id, { atMs: amount.atMs, digest });
  return digest;
}

function digested(surveyedMs: number, { folders, aside, ...survey }: Kept): Digest {
  const overlooked = aside.filter(({ because }) => MAY_BE_MAIL.has(because));
  return {
    ...{ ...survey, surveyedMs },
    folders: folders.filter(({ selectable }) => selectable).length,
    overlooked: overlooked.slice(0, OVERLOOKED_MAX),
    overlookedMore: Math.max(0, overlooked.length - OVERLOOKED_MAX),
    aside: aside
      .filter(({ because }) => !MAY_BE_MAIL.has(because))
      .reduce((sum, { items }) => sum + (items ?? 1), 0),
  };
}

function lineOf(
  person: PersonRow,
  { id, address, amount, check }: Account,
  survey: Digest | null,
  target: string,
  words: Words,
): InventoryLine {
  return {
    ...{ account: id, person: person.id, personName: person.displayName, address, site: person.site },
    surveyedMs: survey?.surveyedMs ?? null,
    messages: survey?.messages ?? amount?.messages ?? null,
    bytes: survey?.bytes ?? amount?.bytes ?? null,
    folders: survey?.folders ?? null,
    oldestMs: survey?.oldest ?? null,
    newestMs: survey?.newest ?? null,
    risks: survey === null ? [] : risksOf(survey, target, words),
    trouble: check !== null && !check.ok ? check.trouble : null,
  };
}

/** In sentences, the important ones first. */
function risksOf(survey: Digest, target: string, words: Words): InventoryLine['risks'] {
  const known = told.get(survey) ?? new Map<string, InventoryLine['risks']>();
  told.set(survey, known);
  const key = `${words.language} ${target}`;
  const risks = known.get(key) ?? sentences(survey, target, words);
  known.set(key, risks);
  return risks;
}

function sentences(survey: Digest, target: string, words: Words): InventoryLine['risks'] {
  const risks = [...fullness(survey, words), ...obstacles(survey, target, words), ...besides(survey, words)];
  return [
    ...risks.filter(({ severity }) => severity === 'important'),
    ...risks.filter(({ severity }) => severity === 'note'),
  ];
}

function fullness({ quota }: Digest, { say, figures }: Words): InventoryLine['risks'] {
  if (quota === null || quota.limitBytes <= 0 || quota.usedBytes < quota.limitBytes * NEARLY_FULL) return [];
  const [used, limit] = [figures.bytes(quota.usedBytes), figures.bytes(quota.limitBytes)];
  return [{ severity: 'important', sentence: say('inventory.nearly-full', { used, limit }) }];
}

function obstacles({ prospects }: Digest, target: string, words: Words): InventoryLine['risks'] {
  const { say, sayIfKnown, figures } = words;
  const found = prospects.find((one) => one.target === target)?.obstacles ?? [];
  // What lies aside is told by name, or counted, below.
  return found
    .filter(({ is }) => is !== 'no-mail')
    .map(({ is, effect, count, bytes }) => ({
      severity: effect === 'refused' || effect === 'left' ? 'important' : 'note',
      sentence: say('survey.line', {
        n: figures.number(count),
        what: sayIfKnown(`survey.obstacle.${is}`, is),
        bytes: figures.bytes(bytes),
        comes: sayIfKnown(`survey.effect.${effect}`, effect),
      }),
    }));
}

function besides(
  { overlooked, overlookedMore, aside }: Digest,
  { say, sayIfKnown, figures }: Words,
): InventoryLine['risks'] {
  const risks: InventoryLine['risks'] = overlooked.map(({ path, because }) => ({
    severity: 'important',
    sentence: say('aside.item', { path, because: sayIfKnown(`aside.because.${because}`, because) }),
  }));
  if (overlookedMore > 0) {
    const n = figures.number(overlookedMore);
    risks.push({ severity: 'important', sentence: say('aside.more', { count: overlookedMore, n }) });
  }
  if (aside > 0)
    risks.push({
      severity: 'note',
      sentence: say('inventory.aside', { count: aside, n: figures.number(aside) }),
    });
  return risks;
}
