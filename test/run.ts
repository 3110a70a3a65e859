/**
 * `npm test`: types, style, then every test. `npm test -- PATTERN …` runs the test files whose path holds one of the
 * patterns. The end is the summary of Node's test runner; before it stand the suites that were skipped, by name.
 */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { check, ROOT } from './check.ts';

/** Two cores; a third of the time a test waits for a server. */
const CONCURRENCY = 3;
const FILES = ['src/**/*.test.ts', 'test/**/*.test.ts'];

interface Skipped {
  name: string;
  file: string;
  because: string;
}

const patterns = process.argv.slice(2);
const files = globSync(FILES, { cwd: ROOT })
  .filter((file) => patterns.length === 0 || patterns.some((pattern) => file.includes(pattern)))
  .sort();

const checked = patterns.length > 0 || (await check());
const tested = await test(files);
process.exitCode = checked && tested ? 0 : 1;

async function test(files: readonly string[]): Promise<boolean> {
  if (files.length === 0) {
    process.stdout.write(`✖ no test file matches ${patterns.join(' ')}\n`);
    return false;
  }
  let passed = 0;
  let failed = 0;
  const skipped: Skipped[] = [];
  const events = run({
    files: files.map((file) => path.join(ROOT, file)),
    concurrency: CONCURRENCY,
    cwd: ROOT,
  });
  events.on('test:fail', () => failed++);
  events.on('test:pass', ({ name, file, skip }) => {
    if (skip === undefined) passed++;
    else
      skipped.push({
        name,
        file: path.relative(ROOT, file ?? ''),
        because: String(skip === true ? '' : skip),
      });
  });
  const closing = beforeSummary(() => `${skipNotice(skipped)}${lineCount()}\n`);
  await pipeline(events.compose(new spec()), closing, process.stdout, { end: false });
  return failed === 0 && passed > 0;
}

/** Sets a text before the runner's own summary, which begins with the number of tests. */
function beforeSummary(text: () => string): Transform {
  let said = false;
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      const now = piece.toString();
      const at = said ? -1 : now.search(/(^|\n)(\u001b\[\d+m)?(ℹ|#) tests \d/);
      if (at < 0) return done(null, piece);
      said = true;
      done(null, `${now.slice(0, at)}\n${text()}${now.slice(at)}`);
    },
  });
}

function skipNotice(skipped: readonly Skipped[]): string {
  if (skipped.length === 0) return '';
  const lines = skipped.map(
    ({ name, file, because }) => `  SKIPPED ${file}: ${name}${because && ` (${because})`}`,
  );
  const bar = '!'.repeat(72);
  return `${bar}\n${skipped.length} skipped: what they would have shown was NOT shown\n${lines.join('\n')}\n${bar}\n`;
}

/** How much there is, and how much of it is tests. */
function lineCount(): string {
  const isTest = (file: string): boolean => /^test\/|\.(test|suite)\.ts$/.test(file);
  const all = globSync(['src/**/*.ts', 'test/**/*.ts', 'bin/*.mjs'], { cwd: ROOT });
  const count = (some: string[]): number =>
    some.reduce(
      (lines, file) => lines + readFileSync(path.join(ROOT, file), 'utf8').split('\n').length - 1,
      0,
    );
  const tests = count(all.filter(isTest));
  return `${all.length} files: ${count(all) - tests} lines of product, ${tests} lines of tests`;
}
