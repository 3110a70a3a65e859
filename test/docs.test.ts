import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Fact } from '../src/stores/facts.ts';

const ROOT = path.dirname(import.meta.dirname);
const PAGES = ['*.md', 'docs/**/*.md', 'changes/*.md', 'bench/*.md'];
const pages = globSync(PAGES, { cwd: ROOT }).sort();

for (const [page, language, keeps] of [
  ['docs/stores.md', 'en', { yes: 'yes', partly: 'partly', no: 'no' }],
  ['docs/fr/depots.md', 'fr', { yes: 'oui', partly: 'en partie', no: 'non' }],
] as const) {
  test(`${page} holds every fact of every store`, async () => {
    const text = readFileSync(path.join(ROOT, page), 'utf8');
    const files = globSync('src/stores/*/**/facts.ts', { cwd: ROOT });
    assert.ok(files.length >= 4);
    for (const file of files) {
      for (const fact of await factsOf(file)) {
        const row = `| ${keeps[fact.keeps]} | ${fact[language]} |`;
        assert.ok(text.includes(row), `${file}, a row is missing: ${row}`);
      }
    }
  });
}

async function factsOf(file: string): Promise<readonly Fact[]> {
  const exported = (await import(pathToFileURL(path.join(ROOT, file)).href)) as Record<string, unknown>;
  const facts = Object.entries(exported).find(([name]) => name.endsWith('Facts'))?.[1];
  assert.ok(Array.isArray(facts), `${file} exports no …Facts`);
  return facts;
}

for (const page of pages) {
  test(`every relative link of ${page} leads somewhere`, () => {
    for (const link of linksOf(page)) {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? page : path.join(path.dirname(page), decodeURIComponent(file));
      assert.ok(existsSync(path.join(ROOT, target)), `${link}: there is no ${target}`);
      if (anchor === undefined || !target.endsWith('.md')) continue;
      assert.ok(anchorsOf(target).includes(decodeURIComponent(anchor)), `${link}: no such heading`);
    }
  });
}

/** Targets of links and pictures, code aside, that do not leave the repository. */
function linksOf(page: string): string[] {
  const text = proseOf(page).replace(/`[^`\n]*`/g, (code) => code.replace(/[[\]()]/g, ' '));
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!);
  return links.filter((link) => !/^[a-z]+:/.test(link));
}

function anchorsOf(page: string): string[] {
  const headings = proseOf(page).matchAll(/^#{1,6} +(.+)$/gm);
  return [...headings].map(([, heading]) => slug(heading!));
}

/** As the places that show Markdown make anchors of headings. */
function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M} _-]/gu, '')
    .replaceAll(' ', '-');
}

function proseOf(page: string): string {
  return readFileSync(path.join(ROOT, page), 'utf8').replace(/^```[\s\S]*?^```/gm, '');
}
