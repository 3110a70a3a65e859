import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { Allowance } from '../stores/around/allowance.ts';
import { parseAddress } from './address.ts';
import { dailyOf, spentFile } from './allowance.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'mp-spent-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test('four fifths of what Google lets out, by whatever address; what the address says; else no limit', () => {
  const daily = (text: string) => dailyOf(parseAddress(text));
  assert.deepEqual(daily('gmail://marie@example.org/'), { down: 2_000_000_000, up: 400_000_000 });
  assert.deepEqual(daily('imaps://marie%40gmail.com@imap.gmail.com/'), {
    down: 2_000_000_000,
    up: 400_000_000,
  });
  assert.equal(daily('pop3s://marie%40gmail.com@pop.gmail.com/').down, 1_000_000_000);
  assert.deepEqual(daily('gmail://marie@gmail.com/?daily=300'), { down: 300_000_000, up: 300_000_000 });
  assert.deepEqual(daily('imaps://marie@mail.example/'), { down: null, up: null });
  assert.deepEqual(daily('mbox:/a'), { down: null, up: null });
});

test('what was spent is kept in a file that is whole at any moment', async () => {
  const file = path.join(folder, 'deep', 'marie-down.json');
  const keeper = spentFile(file);
  await Promise.all([1, 2, 3].map((n) => keeper.update((spent) => [...spent, [n * 1000, n]])));
  const all = [1, 2, 3].map((n) => [n * 1000, n]);
  assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), { spent: all });
  assert.deepEqual(readdirSync(path.dirname(file)), ['marie-down.json', 'marie-down.json.lock']);
  await Promise.all(
    [spentFile(file), spentFile(file)].map((one, n) => one.update((spent) => [...spent, [9_000 + n, 1]])),
  );
  assert.equal((await keeper.update((spent) => spent)).length, 5, 'two keepers of one file');
  assert.equal((await keeper.update((spent) => spent.slice(0, 3))).length, 3);
  assert.deepEqual(readdirSync(path.dirname(file)), ['marie-down.json', 'marie-down.json.lock']);
  assert.deepEqual(await spentFile(file).update((spent) => spent), all);
});

test('processes that spend at once forget nothing of each other', async () => {
  const file = path.join(folder, 'shared.json');
  const spender = `import { spentFile } from ${JSON.stringify(new URL('./allowance.ts', import.meta.url).href)};
    const keeper = spentFile(${JSON.stringify(file)});
    for (let n = 0; n < 30; n++) await keeper.update((spent) => [[1000, (spent[0]?.[1] ?? 0) + 1]]);`;
  const run = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', spender]);
  await Promise.all([run(), run()]);
  assert.deepEqual(await spentFile(file).update((spent) => spent), [[1000, 60]]);
});

test('what is no list of ours counts as nothing spent, whatever it is', async () => {
  const file = path.join(folder, 'odd.json');
  const texts = [
    '',
    '{',
    'null',
    '[]',
    '{"spent":7}',
    '{"spent":[["x",1],[1],[1,2,3],[1.5,2],[null,null],[1,-5]]}',
    '\0'.repeat(50),
  ];
  for (const text of [...texts, JSON.stringify({ spent: Array.from({ length: 5_000 }, (_, n) => [n, 1]) })]) {
    writeFileSync(file, text);
    assert.deepEqual(await spentFile(file).update((spent) => spent), [], text.slice(0, 60));
  }
});

test('a file with more than a day can hold, or of another time, locks nobody out for longer than a day', async () => {
  const file = path.join(folder, 'huge.json');
  writeFileSync(
    file,
    JSON.stringify({
      spent: [
        [8.64e15, Number.MAX_SAFE_INTEGER],
        [-5, 9e15],
        [0, 10],
      ],
    }),
  );
  let now = Date.UTC(2026, 10, 24);
  const begun = now;
  const sleep = async (ms: number): Promise<void> => {
    now += ms;
  };
  const allowance = new Allowance({
    name: 'x',
    bytes: 1_000,
    keeper: spentFile(file),
    now: () => now,
    sleep,
  });
  await allowance.pass();
  assert.ok(now - begun <= 25 * 3_600_000, `${(now - begun) / 3_600_000} hours`);
});
