/** A window of the mail left on a POP3 server, beside the account that holds the rest: the union arrives once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type MemoryMailbox, memoryMailbox } from '../../src/stores/memory/mailbox.ts';
import { openPop3Source } from '../../src/stores/pop3/source.ts';
import { type Pop3Server, startPop3Server } from '../servers/pop3.ts';
import { letter, memoryRoad } from './memory-road.ts';

/** What the road needs of a source's mailbox. */
function asMailbox(server: Pop3Server): MemoryMailbox {
  const name = `pop3://marie@127.0.0.1:${server.port}/`;
  const source = () =>
    openPop3Source({
      ...{ name, host: '127.0.0.1', port: server.port, security: 'none' },
      auth: { by: 'password', user: 'marie', password: 'secret' },
    });
  return { name, source } as unknown as MemoryMailbox;
}

for (const without of [[], ['UIDL'], ['UIDL', 'TOP', 'CAPA']]) {
  const lacking = without.length > 0 ? ` without ${without.join(', ')}` : '';
  test(`POP3${lacking} and another account that overlap, new ids, a delta pass, a proof`, async () => {
    await using server = await startPop3Server({ script: () => ({ without }) });
    const drop = server.maildrop('marie');
    const rest = memoryMailbox({ name: 'rest' });
    const target = memoryMailbox({ name: 'target' });
    for (let n = 1; n <= 20; n++) rest.add(['INBOX'], { bytes: letter(n), marks: n % 2 ? ['\\Seen'] : [] });
    for (let n = 11; n <= 30; n++) drop.add({ bytes: letter(n) });
    drop.add({ bytes: letter(30) });
    const road = memoryRoad([asMailbox(server), rest], target);

    const first = await road.move();
    // 31 and not 30: a message that lies twice in one folder of one account lies there twice afterwards.
    assert.deepEqual([first.entries, first.copied, first.merged, first.left], [41, 31, 10, 0]);
    const there = target.messages(['INBOX']);
    assert.equal(there.length, 31);
    const seen = there.filter(({ marks }) => marks.includes('\\Seen')).length;
    assert.equal(seen, 10, 'what POP3 does not know takes no mark away and adds none');

    drop.renumber();
    drop.add({ bytes: letter(31) });
    // The sums are those of all passes: one more than before, and nothing copied again.
    assert.equal((await road.move()).copied, 32);
    assert.equal((await road.move()).copied, 32);
    assert.equal(target.messages(['INBOX']).length, 32);

    const proof = await road.prove();
    assert.deepEqual([proof.missing, proof.extra], [0, 0]);
    assert.equal(drop.messages.length, 22);
    assert.ok(!server.log.some((line) => line.startsWith('DELE')));
    if (!without.includes('TOP')) assert.ok(drop.messages.every((message) => !message.retrieved));
  });
}
