import assert from 'node:assert/strict';
import { test } from 'node:test';
import { letter, memoryRoad } from '../../test/journeys/memory-road.ts';
import { type MemoryMailbox, memoryMailbox } from '../stores/memory/mailbox.ts';

const AT = Date.UTC(2022, 2, 1);

test('a folder that its server does not show for one pass is known again when it comes back', async () => {
  const hidden = new Set<string>();
  const mailbox = memoryMailbox({ name: 'source' });
  const source: MemoryMailbox = {
    ...mailbox,
    source() {
      const whole = mailbox.source();
      const folders = async () => (await whole.folders()).filter(({ path }) => !hidden.has(path.join('/')));
      return { ...whole, folders };
    },
  };
  const target = memoryMailbox({ name: 'target' });
  const road = memoryRoad([source], target);
  const there = (): string[] => ['INBOX', 'Notes'].map((name) => `${name} ${target.messages([name]).length}`);
  mailbox.add(['Notes'], { bytes: letter(1), receivedAt: AT });
  mailbox.add(['INBOX'], { bytes: letter(2), receivedAt: AT });
  await road.move();
  hidden.add('Notes');
  assert.equal((await road.move()).entries, 1);
  hidden.clear();
  const back = await road.move();
  assert.deepEqual([back.entries, back.carried], [2, 0]);
  // A second one of the same bytes is one more, not the first one moved.
  mailbox.add(['INBOX'], { bytes: letter(1), receivedAt: AT });
  await road.move();
  assert.deepEqual(there(), ['INBOX 2', 'Notes 1']);
  const proof = await road.prove();
  assert.deepEqual([proof.entries, proof.copied, proof.missing, proof.extra], [3, 3, 0, 0]);
});
