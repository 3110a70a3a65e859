import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { openEmlSource } from './eml/source.ts';
import { openMboxSource } from './mbox/source.ts';

let root: string;
before(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'hidden-'));
  const letter = 'From marie@example.org Fri May 17 09:30:12 2019\nSubject: x\n\ny\n';
  const put = (name: string, text: string): void => {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  };
  for (const name of ['.old', 'In/.kept']) put(name, letter);
  for (const name of ['.a.eml', '.archive.MBOX', 'In/.Drafts/x']) put(name, 'A: b\n\nx\n');
  for (const name of ['.DS_Store', '._a.eml', '.gitignore', '.git/HEAD', '.imap/INBOX/index'])
    put(name, 'From x');
  for (const name of ['.note', '.short']) put(name, 'Fro');
  for (const name of ['.empty.eml', '.parentlock']) put(name, '');
  mkdirSync(path.join(root, '.nothing'));
  symlinkSync('..', path.join(root, '.up'));
});
after(() => rm(root, { recursive: true }));

const TOLD = [
  '.a.eml: hidden',
  '.archive.MBOX: hidden',
  '.old: hidden',
  '.up: symbolic-link',
  'In/.Drafts: hidden',
  'In/.kept: hidden',
];

for (const [store, open] of [
  ['mbox', openMboxSource],
  ['eml', openEmlSource],
] as const) {
  test(`${store}: hidden names are not taken; those that may be mail are told`, async () => {
    const source = open({ path: root, name: `${store}:x` });
    assert.deepEqual(await source.folders(), []);
    assert.deepEqual(
      source.aside!()
        .map(({ path, because }) => `${path}: ${because}`)
        .sort(),
      TOLD,
    );
    await source.close();
  });
}
