import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { PAGES, page } from './page.ts';

for (const language of ['en', 'fr'] as const) {
  test(`${PAGES[language]} is made of the dialogues (node test/quirks/page.ts writes it)`, () => {
    const file = path.join(import.meta.dirname, '../..', PAGES[language]);
    assert.equal(readFileSync(file, 'utf8'), page(language));
  });
}
