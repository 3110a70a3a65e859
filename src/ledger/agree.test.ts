import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import fc from 'fast-check';
import { digest, entry, message, step } from './ledger.suite.ts';
import type { Item, Landing, Ledger, Outcome } from './ledger.ts';
import { memoryLedger } from './memory/ledger.ts';
import { openSqliteLedger } from './sqlite/ledger.ts';

/** One verb, told to both ledgers; its answer, or the message of its refusal. */
interface Told {
  words: string;
  tell(ledger: Ledger): Promise<unknown>;
}

const ACCOUNTS = 3;
const FOLDERS = 4;
const PLACES = 2;
/** More than 40 verbs can make. */
const LANDINGS = 200;

const small = (max: number) => fc.integer({ min: 1, max });
const folder = small(FOLDERS);
const place = small(PLACES);
const item = small(14);
const landing = small(14);
const text = fc.constantFrom('a1', 'a2', 'b1', 'c');
const key = fc.constantFrom('1', '2', '3', '4', '5');
const landingKey = fc.constantFrom('9.1', '9.2', '9.3', '9.4');
const marks = fc.subarray(['\\Seen', '\\Flagged', '\\Deleted', '$Work']);
const list = <T>(of: fc.Arbitrary<T>) => fc.array(of, { minLength: 1, maxLength: 4 });

/** Most outcomes drawn blindly would be refused: aimed ones take the n-th item or landing that fits. */
async function aimed(ledger: Ledger, outcome: Outcome): Promise<Outcome> {
  const all = await allRows(ledger);
  const waiting = all.items.filter((row) => row.outcome === null && row.landing === null && !row.gone);
  if (outcome.is === 'moved') {
    const from = nth(
      all.items.filter((row) => row.gone && row.landing !== null),
      outcome.from,
    );
    const next = nth(
      waiting.filter((row) => row.account === from?.account),
      outcome.item,
    );
    return { is: 'moved', from: from?.id ?? 1, item: next?.id ?? 1 };
  }
  const change: { item?: number; landing?: number } = {};
  if ('item' in outcome) change.item = nth(waiting, outcome.item)?.id ?? 1;
  if ('landing' in outcome) change.landing = nth(all.landings, outcome.landing)?.id ?? 1;
  return { ...outcome, ...change };
}

async function allRows(ledger: Ledger): Promise<{ items: Item[]; landings: Landing[] }> {
  const items: Item[] = [];
  const landings: Landing[] = [];
  for (let id = 1; id <= FOLDERS; id += 1) items.push(...(await ledger.items(id, 0, 100)));
  for (let id = 1; id <= LANDINGS; id += 1) {
    const row = await ledger.landing(id);
    if (row) landings.push(row);
  }
  return { items, landings };
}

function nth<T>(rows: readonly T[], at: number): T | undefined {
  return rows.length === 0 ? undefined : rows[at % rows.length];
}

const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  fc.record({ is: fc.constant('landed' as const), landing, key: fc.option(landingKey) }),
  fc.record({
    is: fc.constant('verified' as const),
    landing,
    key: landingKey,
    stored: fc.option(text.map(digest)),
    altered: fc.subarray(['nul', 'line-ends']),
  }),
  fc.record({ is: fc.constant('absent' as const), landing }),
  fc.record({
    is: fc.constant('merged' as const),
    item,
    landing,
    by: fc.constantFrom('exact' as const, 'likely' as const),
  }),
  fc.record({ is: fc.constant('moved' as const), item, from: item }),
  fc.record({ is: fc.constantFrom('left' as const, 'asked' as const), item, reason: fc.constant('{}') }),
  fc.record({ is: fc.constant('marked' as const), landing, marks }),
);

function told(words: string, tell: (ledger: Ledger) => Promise<unknown>): Told {
  return { words, tell };
}

/** What is in the file is all there is: nothing may hang on what this process has in memory. */
const REOPEN = told('reopen', (ledger) => ledger.flush());

const verb: fc.Arbitrary<Told> = fc.oneof(
  fc.constant(REOPEN),
  {
    weight: 4,
    arbitrary: fc.tuple(folder, list(fc.tuple(key, marks))).map(([at, rows]) =>
      told(`note ${at} ${JSON.stringify(rows)}`, (ledger) =>
        ledger.note(
          at,
          rows.map(([name, set]) => entry(name, set)),
        ),
      ),
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(folder, fc.oneof(list(key), fc.constant('all' as const)))
      .map(([at, keys]) => told(`gone ${at} ${keys}`, (ledger) => ledger.gone(at, keys))),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(folder, list(fc.record({ key, marks })))
      .map(([at, changes]) =>
        told(`remark ${at} ${JSON.stringify(changes)}`, (ledger) => ledger.remark(at, changes)),
      ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(item, text, marks, fc.option(fc.constant(1000)))
      .map(([id, content, set, receivedAt]) => {
        const digests = { exact: digest(content), kin: digest(content[0]!), likely: null };
        const read = {
          item: id,
          ...digests,
          messageId: null,
          subject: content,
          size: 10,
          marks: set,
          receivedAt,
        };
        return told(`identify ${JSON.stringify(read)}`, (ledger) => ledger.identify([read]));
      }),
  },
  {
    weight: 8,
    arbitrary: fc
      .tuple(list(fc.tuple(item, text, marks)), place)
      .map(([rows, at]) =>
        told(`intend ${JSON.stringify(rows)} ${at}`, (ledger) =>
          ledger.intend(rows.map(([id, content, set]) => step(id, at, content, set))),
        ),
      ),
  },
  {
    weight: 10,
    arbitrary: fc
      .array(outcome, { minLength: 1, maxLength: 2 })
      .map((outcomes) => told(`settle ${JSON.stringify(outcomes)}`, (ledger) => ledger.settle(outcomes))),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(folder, small(9)).map(([at, validity]) =>
      told(`renumber ${at} ${validity}`, async (ledger) => {
        await ledger.gone(at, 'all');
        return ledger.note(at, [entry(`${validity}.1`), entry(`${validity}.2`, ['\\Seen'])]);
      }),
    ),
  },
  {
    weight: 24,
    arbitrary: fc
      .array(outcome, { minLength: 1, maxLength: 2 })
      .map((outcomes) =>
        told(`aimed ${JSON.stringify(outcomes)}`, async (ledger) =>
          ledger.settle(await Promise.all(outcomes.map((one) => aimed(ledger, one)))),
        ),
      ),
  },
  {
    weight: 8,
    arbitrary: fc.tuple(folder, small(3), text, marks, place).map(([from, limit, content, set, at]) =>
      told(`carry ${from} ${limit} ${content} ${at}`, async (ledger) => {
        const items = await ledger.waiting(from, 0, limit);
        return ledger.intend(items.map((row) => step(row.id, at, content, set)));
      }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(place, list(fc.tuple(landingKey, text, marks))).map(([at, rows]) =>
      told(`found ${at} ${JSON.stringify(rows)}`, (ledger) =>
        ledger.found(
          at,
          rows.map(([name, content, set]) => ({ ...message(content, set), key: name })),
        ),
      ),
    ),
  },
  fc
    .tuple(folder, key)
    .map(([at, checkpoint]) => told(`advance ${at}`, (ledger) => ledger.advance(at, checkpoint))),
  fc
    .tuple(place, fc.option(key))
    .map(([at, state]) => told(`updatePlace ${at} ${state}`, (ledger) => ledger.updatePlace(at, { state }))),
  fc
    .tuple(landing, small(3))
    .map(([after, limit]) =>
      told(`unmarked ${after} ${limit}`, async (ledger) =>
        (await ledger.unmarked(after, limit)).map((row) => [row.landing.id, row.wanted]),
      ),
    ),
);

/** Everything that can be asked. The moment of intending is the clock's. */
async function everything(ledger: Ledger): Promise<unknown> {
  const texts = ['a1', 'a2', 'b1', 'c'];
  const answer: Record<string, unknown> = {
    landings: (await allRows(ledger)).landings,
    counts: await ledger.counts(),
    exceptions: await ledger.exceptions(0, 100),
    folders: await ledger.folders(),
    places: await ledger.places(),
    unmarked: await ledger.unmarked(0, 100),
    unsettled: await ledger.unsettled(),
    unverified: await ledger.unverified(),
    byExact: await ledger.landingsByExact(texts.map(digest)),
    byKin: await ledger.landingsByKin([digest('kin a'), digest('kin b')]),
    itemsOf: await ledger.itemsOf(Array.from({ length: 30 }, (_, id) => id)),
  };
  for (let id = 1; id <= FOLDERS; id += 1) {
    answer[`items ${id}`] = await ledger.items(id, 0, 100);
    answer[`waiting ${id}`] = await ledger.waiting(id, 0, 100);
  }
  for (let id = 1; id <= PLACES; id += 1) {
    answer[`keys ${id}`] = await ledger.landingsByKey(id, ['9.1', '9.2', '9.3', '9.4']);
    answer[`unsettled ${id}`] = await ledger.unsettled(id);
  }
  for (let id = 1; id <= ACCOUNTS; id += 1) {
    answer[`gone ${id}`] = await ledger.goneByExact(id, texts.map(digest));
    answer[`mergeable ${id}`] = await ledger.mergeable(id);
  }
  return JSON.parse(JSON.stringify(answer, (name, value) => (name === 'intendedAt' ? 0 : value)));
}

async function answerOf(ledger: Ledger, verbTold: Told): Promise<unknown> {
  try {
    return (await verbTold.tell(ledger)) ?? 'done';
  } catch (error) {
    return (error as Error).message;
  }
}

async function furnish(ledger: Ledger): Promise<Ledger> {
  for (let id = 1; id <= ACCOUNTS; id += 1) await ledger.enrol(`account ${id}`, 0);
  for (let id = 1; id <= FOLDERS; id += 1) await ledger.folder((id % ACCOUNTS) + 1, ['folder', `${id}`]);
  for (let id = 1; id <= PLACES; id += 1) await ledger.place([`${id}`]);
  for (let id = 1; id <= FOLDERS; id += 1) await ledger.note(id, [entry('1'), entry('2', ['\\Seen'])]);
  return ledger;
}

it('sqlite and memory answer alike, whatever is told', { timeout: 120_000 }, async () => {
  const folderOf = mkdtempSync(join(tmpdir(), 'malleposte-ledger-'));
  let run = 0;
  const property = fc.asyncProperty(fc.array(verb, { maxLength: 40, size: 'max' }), async (verbs) => {
    run += 1;
    const path = join(folderOf, `${run}.ledger`);
    let sqlite = await furnish(await openSqliteLedger(path));
    const memory = await furnish(memoryLedger());
    try {
      for (const one of verbs) {
        if (one === REOPEN) {
          await sqlite.close();
          sqlite = await openSqliteLedger(path);
        }
        assert.deepEqual(await answerOf(sqlite, one), await answerOf(memory, one), one.words);
        assert.deepEqual(await everything(sqlite), await everything(memory), one.words);
      }
    } finally {
      await sqlite.close();
      rmSync(path);
    }
  });
  const runs = Number(process.env.MALLEPOSTE_RUNS ?? 60);
  const seed = process.env.MALLEPOSTE_SEED;
  try {
    await fc.assert(property, { numRuns: runs, ...(seed === undefined ? {} : { seed: Number(seed) }) });
  } finally {
    rmSync(folderOf, { recursive: true });
  }
});
