import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { letter, memoryRoad } from '../../test/journeys/memory-road.ts';
import { memoryMailbox } from '../stores/memory/mailbox.ts';
import { anyExceptions } from './certificate.ts';

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

  test('a file that could not be looked into is told in the sum, and is no complete move', async () => {
    const road = memoryRoad([filled(2)], memoryMailbox({ name: 'new' }));
    const things = (['unreadable', 'encrypted', 'overgrown', 'no-mbox'] as const).map((because) => ({
      ...{ path: because, because },
    }));
    const [mailbox] = road.sources;
    const open = mailbox!.source.bind(mailbox);
    mailbox!.source = () => Object.assign(open(), { aside: () => things });
    const { unopened, missing } = await road.move();
    const proof = await road.prove();
    assert.deepEqual([unopened, missing, proof.unopened, anyExceptions(proof)], [3, 0, 3, true]);
    things.splice(0, 3);
    assert.deepEqual([(await road.move()).unopened, anyExceptions(await road.prove())], [undefined, false]);
  });

  test('what the target lists and does not hand out is named, on both sides', async () => {
    const road = memoryRoad([filled(4)], memoryMailbox({ name: 'new' }));
    road.target.add(INBOX, { bytes: letter('other'), receivedAt: Date.UTC(2021, 1, 1) });
    await road.move();
    const [other, first] = road.target.messages(INBOX);
    const denied = new Set([other!.key, first!.key]);
    road.target.behaviour.unreadable = (key) => (denied.has(key) ? 'NO damaged' : null);
    const proof = await road.prove();
    assert.deepEqual(
      [proof.entries, proof.copied, proof.missing, proof.extra, proof.unseen],
      [4, 3, 1, 0, 2],
    );
    const found = road.events.flatMap((told) => (told.event === 'finding' ? [told.finding] : []));
    const reason = { code: 'unreadable-at-target', answer: 'NO damaged' };
    assert.deepEqual(
      found.filter(({ is }) => is === 'unseen').map((one) => [one.account, one.key, one.subject, one.reason]),
      [
        [null, other!.key, null, reason],
        [null, first!.key, 'Lettre 1', reason],
      ],
    );
    const [missing] = found.filter(({ is }) => is === 'missing');
    assert.deepEqual(
      [missing!.subject, missing!.reason, missing!.at],
      ['Lettre 1', reason, { folder: 'INBOX', key: first!.key }],
    );
  });

  test('what was deleted between the listing and the reading is not told as unreadable', async () => {
    const road = memoryRoad([filled(3)], memoryMailbox({ name: 'new' }));
    await road.move();
    const [first] = road.target.messages(INBOX);
    road.target.behaviour.leavesOut = (key) => {
      if (key === first!.key) road.target.expunge(INBOX, [key]);
      return key === first!.key;
    };
    const proof = await road.prove();
    assert.deepEqual([proof.missing, proof.unseen], [1, 0]);
    const [missing] = road.events.flatMap((told) =>
      told.event === 'finding' && told.finding.is === 'missing' ? [told.finding] : [],
    );
    assert.deepEqual([missing!.reason, missing!.at], [null, null]);
  });
});
