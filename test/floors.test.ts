/** The house of `docs/design.md`, kept by reading the import lines: imports go down or stay in the folder. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { ROOT } from './check.ts';

const FLOORS: Record<string, number> = {
  mail: 0,
  wire: 1,
  formats: 1,
  stores: 2,
  groupware: 2,
  directory: 2,
  ledger: 2,
  records: 2,
  work: 2,
  engine: 3,
  gateway: 3,
  provision: 3,
  domains: 3,
  advice: 3,
  papers: 3,
  waves: 3,
  prepared: 3,
  app: 4,
  cockpit: 5,
  // A command serves the cockpit; the cockpit knows no commands.
  cli: 6,
};

/** Imports nothing of ours but itself, and is for those who speak to people. */
const WORDS_FOR = new Set(['words', 'papers', 'app', 'cli', 'cockpit']);

/** The demo starts the same private servers as the tests do. */
const MAY_LEAVE_SRC = /^src\/cli\/demo/;

const FORBIDDEN_NAMES = /(^|\/)(utils?|helpers?|common|services?|managers?)(\/|\.[a-z]+$|\.test\.ts$)/i;

/** What would make `src/mail` depend on anything but bytes. */
const PURE_ONLY =
  /^node:(fs|net|tls|http|https|http2|dgram|dns|child_process|worker_threads|cluster|timers|process|os|sqlite)/;

interface Import {
  file: string;
  target: string;
  typeOnly: boolean;
}

const sources = globSync('src/**/*.{ts,tsx}', { cwd: ROOT }).map((file) => file.replaceAll(path.sep, '/'));
const product = sources.filter((file) => !/\.(test|suite)\.ts$/.test(file));
const imports = product.flatMap(importsOf);

function importsOf(file: string): Import[] {
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  const found: Import[] = [];
  for (const match of text.matchAll(/^\s*(import|export)\s+(type\s+)?[^'";]*?from\s+'([^']+)'/gm)) {
    found.push({ file, target: match[3]!, typeOnly: match[2] !== undefined });
  }
  for (const match of text.matchAll(/^\s*import\s+'([^']+)'/gm))
    found.push({ file, target: match[1]!, typeOnly: false });
  for (const match of text.matchAll(/(?<!typeof )\bimport\('([^']+)'\)(?!\.[A-Z])/g)) {
    found.push({ file, target: match[1]!, typeOnly: false });
  }
  return found;
}

function resolved({ file, target }: Import): string {
  return path.posix.join(path.posix.dirname(file), target);
}

/** `src/stores/imap/pool.ts` → `stores`; a file of `src` itself → its name. */
function folderOf(file: string): string {
  return file.split('/')[1]!;
}

function complaint(one: Import): string | null {
  if (!one.target.startsWith('.')) return null;
  const to = resolved(one);
  if (!to.startsWith('src/')) return MAY_LEAVE_SRC.test(one.file) ? null : 'leaves src';
  const [from, into] = [folderOf(one.file), folderOf(to)];
  if (to === 'src/trouble.ts' || from === into) return storeToStore(one.file, to);
  if (into === 'words') return WORDS_FOR.has(from) ? null : 'has no business with words';
  const [here, there] = [FLOORS[from], FLOORS[into]];
  if (here === undefined || there === undefined) return 'is on no floor';
  if (there > here) return 'points up';
  // Contracts may be named beside: a ledger speaks of entries, a paper of certificates.
  return there === here && !one.typeOnly ? 'points to its own floor' : null;
}

/** Between stores there is no road but their contracts; `around/` is made to go around any. */
function storeToStore(from: string, to: string): string | null {
  const [, floor, store, deep] = from.split('/');
  const [, , other, otherDeep] = to.split('/');
  if (floor !== 'stores' || !to.startsWith('src/stores/') || otherDeep === undefined) return null;
  if (other === 'holds' || store === other) return null;
  if (deep === undefined || store === 'around') return `${from} reaches into a store`;
  return 'goes from one store to another';
}

test('imports go down or stay in the folder', () => {
  const wrong = imports.flatMap((one) => {
    const why = complaint(one);
    return why ? [`${one.file} → ${one.target} ${why}`] : [];
  });
  assert.deepEqual(wrong, []);
  assert.ok(imports.length > 100, 'the import lines were not read');
});

test('every folder of src is on a floor', () => {
  const folders = new Set(sources.filter((file) => file.split('/').length > 2).map(folderOf));
  assert.deepEqual(
    [...folders].filter((folder) => folder !== 'words' && FLOORS[folder] === undefined),
    [],
  );
});

test('mail is pure: bytes in, values out', () => {
  const wrong = imports.filter(({ file, target }) => file.startsWith('src/mail/') && PURE_ONLY.test(target));
  assert.deepEqual(wrong, []);
  const clocks = product.filter((file) => file.startsWith('src/mail/') && readsClock(file));
  assert.deepEqual(clocks, []);
});

function readsClock(file: string): boolean {
  return /\bDate\.now\(|\bnew Date\(\)|performance\.now\(|Math\.random\(/.test(
    readFileSync(path.join(ROOT, file), 'utf8'),
  );
}

test('no file is named for having no place', () => {
  const files = globSync(['src/**/*', 'test/**/*', 'bench/**/*', 'bin/*'], { cwd: ROOT });
  assert.deepEqual(
    files.map((file) => file.replaceAll(path.sep, '/')).filter((file) => FORBIDDEN_NAMES.test(file)),
    [],
  );
});

test('the complaints are made', () => {
  const say = (file: string, target: string, typeOnly = false) => complaint({ file, target, typeOnly });
  assert.equal(say('src/mail/a.ts', '../engine/run.ts'), 'points up');
  assert.equal(say('src/mail/a.ts', '../engine/run.ts', true), 'points up');
  assert.equal(say('src/ledger/a.ts', '../stores/entry.ts'), 'points to its own floor');
  assert.equal(say('src/ledger/a.ts', '../stores/entry.ts', true), null);
  assert.equal(say('src/stores/imap/a.ts', '../mbox/b.ts'), 'goes from one store to another');
  assert.equal(say('src/stores/imap/a.ts', '../entry.ts'), null);
  assert.equal(say('src/stores/imap/a.ts', '../holds/memory.ts'), null);
  assert.equal(say('src/engine/a.ts', '../words/words.ts'), 'has no business with words');
  assert.equal(say('src/app/a.ts', '../../test/servers/imap.ts'), 'leaves src');
  assert.equal(say('src/cli/a.ts', '../mail/role.ts'), null);
  assert.ok(FORBIDDEN_NAMES.test('src/mail/utils.ts') && FORBIDDEN_NAMES.test('src/common/a.ts'));
});

test('no package runs a script when it is installed', () => {
  const lock = JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { hasInstallScript?: boolean; resolved?: string }>;
  };
  const scripted = Object.entries(lock.packages).filter(([, entry]) => entry.hasInstallScript);
  assert.deepEqual(
    scripted.map(([name]) => name),
    [],
  );
});

test('every dependency has its line in docs/dependencies.md', () => {
  const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as Record<
    string,
    Record<string, string>
  >;
  const text = readFileSync(path.join(ROOT, 'docs/dependencies.md'), 'utf8');
  const names = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((kind) =>
    Object.keys(manifest[kind] ?? {}),
  );
  assert.deepEqual(
    names.filter((name) => !text.includes(`\`${name}\``)),
    [],
  );
});

test('every RFC that the code cites stands in docs/specs.md', {
  skip: existsSync(path.join(ROOT, 'docs/specs.md')) ? false : 'docs/specs.md is not there',
}, () => {
  const specs = readFileSync(path.join(ROOT, 'docs/specs.md'), 'utf8');
  const cells = [...specs.matchAll(/^\| ([^|]+) \|/gm)].map(([, cell]) => cell!);
  // One row may hold several: `RFC 2595, 8314`.
  const numbers = (cell: string) => (/RFC/.test(cell) ? (cell.match(/(?<![§.\d])\d{3,5}\b/g) ?? []) : []);
  const listed = new Set(cells.flatMap(numbers));
  const cited = new Map<string, string>();
  for (const file of sources) {
    for (const [, number] of readFileSync(path.join(ROOT, file), 'utf8').matchAll(/RFC (\d{3,5})/g))
      cited.set(number!, file);
  }
  assert.deepEqual(
    [...cited].filter(([number]) => !listed.has(number)),
    [],
  );
});
