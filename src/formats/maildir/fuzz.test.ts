import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crossed, fuzzRuns, mutated, numbersFrom } from '../zip/mutate.fixture.ts';
import {
  addKeywords,
  addSubscription,
  KEYWORDS_MAX,
  type Keywords,
  marksOfSuffix,
  readFileName,
  readKeywords,
  readSubscriptions,
  SYSTEM_MARKS,
  suffixOf,
  writeKeywords,
} from './index.ts';

const RUNS = fuzzRuns(3000);
const SEED = Number(process.env.MALLEPOSTE_SEED ?? 20_261_124);

const NAMES = [
  '1715938212.M20046P2137.mail,S=4542,W=4634:2,FRSab',
  '1715938212.M20046P2137.mail,S=4542:2,',
  '1715938212.2137_1.mail',
  '1715938212.M1P2.mail:1,DT',
  '1715938212.M1P2.mail:2,DFPRSTabcdefghijklmnopqrstuvwxyz',
].map((name) => Buffer.from(name, 'latin1'));
const FILES = [
  '0 travail\n1 $label1\n2 NonJunk\n25 last\n',
  'V\t2\n\nINBOX\nClients\t&AMk-t&AOk-\nINBOX\tNotes\n',
  'INBOX.Clients.&AMk-t&AOk-\nINBOX\nClients\n',
  `${Array.from({ length: 40 }, (_, n) => `${n} word${n}`).join('\r\n')}\n`,
].map((text) => Buffer.from(text));

test(`${RUNS} mutated names and files of a Maildir give marks, keywords, folders (seed ${SEED})`, (t) => {
  const random = numbersFrom(SEED);
  const seen = { marks: 0, keywords: 0, subscriptions: 0 };
  for (let run = 0; run < RUNS; run += 1) {
    const name = mutated(NAMES[run % NAMES.length]!, random).toString('latin1');
    const text = crossed(mutated(FILES[run % FILES.length]!, random), FILES[random(FILES.length)]!, random);
    try {
      const keywords = keywordsOf(text.toString());
      seen.keywords += Object.keys(keywords).length;
      seen.marks += marksOf(name, keywords);
      seen.subscriptions += subscriptionsOf(text.toString());
    } catch (error) {
      throw new Error(`run ${run}: ${JSON.stringify([name, text.toString()])}`, { cause: error });
    }
  }
  assert.ok(Object.values(seen).every((number) => number > 0));
  t.diagnostic(JSON.stringify(seen));
});

/** At most a letter each; what was written is what is read. */
function keywordsOf(text: string): Keywords {
  const keywords = readKeywords(text);
  assert.ok(keywords.length <= KEYWORDS_MAX);
  assert.deepEqual(readKeywords(writeKeywords(keywords)), keywords);
  const more = keywords.slice();
  addKeywords(more, ['neu', 'two words', '', ...text.split('\n')]);
  assert.ok(more.length <= KEYWORDS_MAX);
  keywords.forEach((keyword, number) => {
    assert.equal(more[number], keyword, 'a letter keeps its keyword');
  });
  assert.deepEqual(readKeywords(writeKeywords(more)), more);
  return keywords;
}

/** Nothing of a name goes, and marks read are the marks written. */
function marksOf(name: string, keywords: Keywords): number {
  const { unique, suffix } = readFileName(name);
  assert.equal(unique + suffix, name);
  const marks = marksOfSuffix(suffix, keywords);
  assert.deepEqual(marks, [...new Set(marks)].sort());
  const known = new Set([...SYSTEM_MARKS, '$Forwarded', ...keywords]);
  assert.ok(marks.every((mark) => known.has(mark)));
  const written = suffixOf(marks, keywords, suffix);
  assert.deepEqual(marksOfSuffix(written, keywords), marks);
  assert.equal(suffixOf(marks, keywords, written), written);
  if (suffix.startsWith(':2,'))
    for (const letter of suffix.slice(3))
      if (marksOfSuffix(`:2,${letter}`, keywords).length === 0)
        assert.ok(written.includes(letter), 'a letter of another program stays');
  return marks.length;
}

function subscriptionsOf(text: string): number {
  const names = readSubscriptions(text);
  assert.ok(names.size <= 2 * text.split('\n').length);
  const more = readSubscriptions(addSubscription(text, ['Clients', 'neu']));
  for (const name of [...names, 'Clients.neu']) assert.ok(more.has(name), name);
  return names.size;
}
