import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { letter, memoryRoad } from '../../test/journeys/memory-road.ts';
import { memoryMailbox } from '../stores/memory/mailbox.ts';

const INBOX = ['INBOX'];

function filled(count: number) {
  const mailbox = memoryMailbox({ name: 'old' });
  for (let n = 1; n <= count; n++)
    mailbox.add(INBOX, { bytes: letter(n), receivedAt: Date.UTC(2022, 2, 1) + n * 1000 });
  return mailbox;
}

suite('prove', () => {
  test('what lies in a source and is no message is told', async () => {
    const road = memoryRoad([filled(2)], memoryMailbox({ name: 'new' }));
    const thing = { path: 'notes.txt', because: 'no-message' } as const;
    const [mailbox] = road.sources;
    const open = mailbox!.source.bind(mailbox);
    mailbox!.source = () => Object.assign(open(), { aside: () => [thing] });
    await road.move();
    await road.prove();
    const told = road.events.filter(({ event }) => event === 'aside');
    assert.deepEqual(told, [{ event: 'aside', account: 'memory:old', ...thing }]);
  });
});
