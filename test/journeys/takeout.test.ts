/** A person's mailbox by IMAP and the Takeout of the same: the union arrives once, in the folders of the labels. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { type MemoryMailbox, memoryMailbox } from '../../src/stores/memory/mailbox.ts';
import { openTakeoutSource } from '../../src/stores/takeout/source.ts';
import { placeTakeout } from '../../src/stores/takeout/takeout.fixture.ts';
import { contents, letter, memoryRoad } from './memory-road.ts';

const AT = Date.UTC(2022, 2, 2, 9);
const LABELS = [
  ['Boîte de réception', 'Non lus'],
  ['Boîte de réception', 'Ouvert', 'Suivis'],
  ['Messages archivés', 'Ouvert', 'Clients/Dupont'],
  ['Messages envoyés', 'Ouvert'],
  ['Messages archivés', 'Ouvert', 'Catégorie : Promotions'],
  ['Spam', 'Non lus'],
  ['Chat', 'Ouvert'],
];

for (const shape of ['zip', 'zips', 'directory'] as const)
  test(`IMAP and Takeout (${shape}) of one mailbox`, { timeout: 60_000 }, async (t) => {
    const root = mkdtempSync(path.join(tmpdir(), 'mp-takeout-'));
    t.after(() => rmSync(root, { recursive: true }));
    const file = placeTakeout(
      root,
      shape,
      LABELS.map((labels, n) => ({
        id: 1_728_424_719_502_045_299n + BigInt(n),
        labels,
        bytes: letter(n),
        receivedAt: AT,
      })),
    );
    const old = memoryMailbox({ name: 'imap://marie@old.example/' });
    for (const n of [0, 1]) old.add(['INBOX'], { bytes: letter(n), receivedAt: AT });
    old.add(['INBOX'], { bytes: letter(2), receivedAt: AT, marks: ['\\Seen'] });
    const takeout = {
      name: `takeout:${file}`,
      source: () => openTakeoutSource({ path: file, name: `takeout:${file}` }),
    } as Partial<MemoryMailbox> as MemoryMailbox;
    const target = memoryMailbox({ name: 'imap://marie@new.example/' });
    const road = memoryRoad([old, takeout], target);
    const summary = await road.move();
    assert.deepEqual([summary.entries, summary.copied, summary.merged, summary.left], [9, 6, 3, 0]);
    assert.deepEqual(
      contents(target).map((line) => line.split(' | ').filter((_, n) => n === 0 || n === 1 || n === 4)),
      [
        ['Clients/Dupont', 'Lettre 2', '\\Seen'],
        ['INBOX', 'Lettre 0', ''],
        ['INBOX', 'Lettre 1', '\\Flagged \\Seen'],
        ['Messages archivés', 'Lettre 4', '\\Seen'],
        ['Messages envoyés', 'Lettre 3', '\\Seen'],
        ['Spam', 'Lettre 5', ''],
      ],
    );
    const again = await road.move();
    assert.deepEqual([again.copied, again.left], [6, 0]);
    assert.equal(contents(target).length, 6);
    const proven = await road.prove();
    assert.deepEqual([proven.missing, proven.extra], [0, 0]);
  });
