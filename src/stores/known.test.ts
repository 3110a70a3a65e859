import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readCheckpointText, writeCheckpointText } from './checkpoint-text.ts';
import type { Entry } from './entry.ts';
import { differences, KnownGatherer, unpackKnown } from './known.ts';
import { collect } from './stand.suite.ts';

const marks = fc.constantFrom<string[]>([], ['\\Seen'], ['$Forwarded', '\\Flagged', '\\Seen']);
const listing = fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), marks, { maxKeys: 30 });

async function* entriesOf(marksByKey: Record<string, string[]>): AsyncGenerator<Entry> {
  for (const [key, marks] of Object.entries(marksByKey)) yield { key, marks, receivedAt: null, size: 1 };
}

async function checkpointOf(marksByKey: Record<string, string[]>): Promise<string> {
  const gatherer = new KnownGatherer();
  await collect(differences(null, entriesOf(marksByKey), gatherer));
  return gatherer.checkpoint('stamp');
}

test('the differences lead from one listing to the other', async () => {
  await fc.assert(
    fc.asyncProperty(listing, listing, async (before, now) => {
      const text = readCheckpointText(await checkpointOf(before))!;
      assert.equal(text.stamp, 'stamp');
      const there = new Map(Object.entries(before));
      for (const change of await collect(
        differences(unpackKnown(text), entriesOf(now), new KnownGatherer()),
      )) {
        if (change.is === 'entry') {
          assert.ok(!there.has(change.entry.key));
          there.set(change.entry.key, [...change.entry.marks]);
        } else if (change.is === 'marks') there.set(change.key, [...change.marks]);
        else if (change.is === 'gone') assert.ok(there.delete(change.key));
      }
      assert.deepEqual(there, new Map(Object.entries(now)));
    }),
  );
});

test('a folder that is too large to be remembered is told anew', () => {
  const gatherer = new KnownGatherer();
  for (let n = 0; n <= 250_001; n += 1) gatherer.add({ key: `${n}`, marks: [], receivedAt: null, size: 1 });
  const checkpoint = gatherer.checkpoint('stamp');
  assert.ok(checkpoint.length < 100);
  assert.equal(unpackKnown(readCheckpointText(checkpoint)!), null);
});

test('a checkpoint that is not whole is none', () => {
  const checkpoint = writeCheckpointText('stamp', [1, 2, 3]);
  assert.deepEqual(readCheckpointText(checkpoint)!.data(), [1, 2, 3]);
  fc.assert(
    fc.property(fc.nat(checkpoint.length - 1), fc.constantFrom('', 'x', ' ', 'é'), (at, put) => {
      const changed = checkpoint.slice(0, at) + put + checkpoint.slice(at + 1);
      if (changed !== checkpoint) assert.equal(readCheckpointText(changed), null);
    }),
  );
  for (const strange of ['', 'x', `${checkpoint}9`, `x${checkpoint}`])
    assert.equal(readCheckpointText(strange), null);
});
