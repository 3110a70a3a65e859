import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { builtPages } from './pages.ts';

/** Of the issue: script of the first page, compressed. */
const FIRST_SCRIPT_BYTES = 220_000;

test('two that ask at the same time get the same pages, whole; what nobody needs any more goes', async (t) => {
  const cache = await mkdtemp(path.join(tmpdir(), 'malleposte-pages-'));
  t.after(() => rm(cache, { recursive: true, force: true }));
  for (const name of ['old-1', 'old-2', 'old-3']) await mkdir(path.join(cache, name));
  let told = 0;
  const building = (): void => {
    told++;
  };
  const [one, other] = await Promise.all([builtPages(building, cache), builtPages(building, cache)]);
  assert.equal(one, other);
  assert.equal(await builtPages(building, cache), one);
  assert.ok(told >= 1 && told <= 2);
  assert.ok((await readdir(one!)).includes('index.html'));
  // No half-made folder of the one that lost; of the old ones two are kept, which another server may still serve.
  const beside = await readdir(cache);
  assert.equal(beside.length, 3);
  assert.ok(beside.includes(path.basename(one!)));
});

test('nothing inline, no source map, names with a digest', async () => {
  const folder = await builtPages();
  const html = await readFile(path.join(folder, 'index.html'), 'utf8');
  assert.doesNotMatch(html, /<style|<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=/i);
  for (const name of await readdir(path.join(folder, 'assets'))) {
    assert.match(name, /-[\w-]{8}\.\w+$/, name);
    assert.doesNotMatch(name, /\.map$/);
    if (name.endsWith('.js'))
      assert.doesNotMatch(await readFile(path.join(folder, 'assets', name), 'utf8'), /sourceMappingURL/);
  }
});

test('what checks on the server (zod) is not in the browser, and the first script is small', async () => {
  const folder = await builtPages();
  const html = await readFile(path.join(folder, 'index.html'), 'utf8');
  const first = [...html.matchAll(/\/(assets\/[^"]+\.js)"/g)].map(([, name]) => name!);
  const assets = await readdir(path.join(folder, 'assets'));
  // The first page of somebody who speaks French.
  const words = assets.filter((name) => /^fr-.*\.js$/.test(name)).map((name) => `assets/${name}`);
  let bytes = 0;
  for (const name of [...first, ...words]) bytes += gzipSync(await readFile(path.join(folder, name))).length;
  assert.ok(first.length > 1 && words.length === 1);
  assert.ok(bytes < FIRST_SCRIPT_BYTES, `${bytes} bytes`);
  for (const name of assets.filter((one) => one.endsWith('.js')))
    assert.doesNotMatch(
      await readFile(path.join(folder, 'assets', name), 'utf8'),
      /ZodError|invalid_union/,
      name,
    );
});
