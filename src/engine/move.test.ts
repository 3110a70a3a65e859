import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { contents, letter, memoryRoad } from '../../test/journeys/memory-road.ts';
import { memoryMailbox } from '../stores/memory/mailbox.ts';

const DAY = Date.UTC(2022, 2, 1, 9);
const INBOX = ['INBOX'];
const CLIENTS = ['Clients', 'Été & Fils'];

function filled(name = 'old') {
  const mailbox = memoryMailbox({ name });
  for (let n = 1; n <= 30; n++) {
    mailbox.add(n % 3 ? INBOX : CLIENTS, {
      bytes: letter(n),
      marks: n % 2 ? ['\\Seen'] : ['\\Flagged', 'important'],
      receivedAt: DAY + n * 1000,
    });
  }
  return mailbox;
}

suite('move: one account', () => {
  test('everything arrives with its folder, bytes, marks and date, and the sum adds up', async () => {
    const road = memoryRoad([filled()], memoryMailbox({ name: 'new' }));
    const summary = await road.move();
    assert.deepEqual(contents(road.target), contents(road.sources[0]!));
    assert.deepEqual([summary.entries, summary.copied, summary.carried, summary.missing], [30, 30, 30, 0]);
    const proof = await road.prove();
    assert.deepEqual(
      [proof.entries, proof.copied, proof.missing, proof.extra, proof.doubled],
      [30, 30, 0, 0, 0],
    );
  });

  test('the second pass carries nothing and touches nothing', async () => {
    const road = memoryRoad([filled()], memoryMailbox({ name: 'new' }));
    await road.move();
    const before = contents(road.target);
    const calls = road.target.calls() + road.sources[0]!.calls();
    const summary = await road.move();
    assert.equal(summary.carried, 0);
    assert.equal(summary.copied, 30);
    assert.deepEqual(contents(road.target), before);
    assert.equal(road.target.calls() + road.sources[0]!.calls() - calls, 2, 'one listing on each side');
  });

  test('a target without keys (no UIDPLUS): the same', async () => {
    const target = memoryMailbox({ name: 'new', behaviour: { tellsKey: false, withdraws: false } });
    const road = memoryRoad([filled()], target);
    await road.move();
    assert.deepEqual(contents(target), contents(road.sources[0]!));
    assert.equal((await road.move()).carried, 0);
    assert.equal((await road.prove()).copied, 30);
  });

  test('genuine twins inside one folder stay twins', async () => {
    const source = memoryMailbox({ name: 'old' });
    for (let n = 0; n < 3; n++) source.add(INBOX, { bytes: letter('twin'), receivedAt: DAY });
    for (const tellsKey of [true, false]) {
      const road = memoryRoad([source], memoryMailbox({ name: 'new', behaviour: { tellsKey } }));
      await road.move();
      assert.equal(road.target.messages(INBOX).length, 3);
      assert.equal((await road.prove()).doubled, 0);
    }
  });

  test('a delta pass brings what came, follows marks, and does not double what moved or was renumbered', async () => {
    const road = memoryRoad([filled()], memoryMailbox({ name: 'new' }));
    const source = road.sources[0]!;
    await road.move();
    source.add(INBOX, { bytes: letter(31), marks: [], receivedAt: DAY + 31_000 });
    const [first] = source.messages(INBOX);
    source.flag(INBOX, first!.key, ['\\Seen', '\\Answered']);
    source.renumber(CLIENTS);
    const delta = await road.move();
    assert.equal(delta.carried, 1);
    assert.deepEqual(contents(road.target), contents(source));
    assert.equal((await road.move()).carried, 0);
    assert.equal((await road.prove()).missing, 0);
  });

  test('a target that renumbers its folder: nothing is doubled, and marks still follow', async () => {
    const road = memoryRoad([filled()], memoryMailbox({ name: 'new' }));
    const source = road.sources[0]!;
    await road.move();
    road.target.renumber(INBOX);
    source.flag(INBOX, source.messages(INBOX)[0]!.key, ['\\Answered']);
    const delta = await road.move();
    assert.deepEqual([delta.carried, delta.merged], [0, 0]);
    assert.deepEqual(contents(road.target), contents(source));
    assert.deepEqual((await road.prove()).missing, 0);
  });

  test('a message that moved to another folder at the source is followed, not doubled', async () => {
    const road = memoryRoad([filled()], memoryMailbox({ name: 'new' }));
    const source = road.sources[0]!;
    await road.move();
    const [first] = source.messages(INBOX);
    source.expunge(INBOX, [first!.key]);
    source.add(CLIENTS, first!);
    const delta = await road.move();
    assert.equal(delta.carried, 0);
    assert.equal(delta.entries, 30);
    assert.equal((await road.prove()).missing, 0);
  });

  test('marks that somebody set at the target stay; only what we gave is taken back', async () => {
    const road = memoryRoad([filled()], memoryMailbox({ name: 'new' }));
    const source = road.sources[0]!;
    await road.move();
    const [here] = road.target.messages(INBOX);
    road.target.flag(INBOX, here!.key, [...here!.marks, 'mine']);
    source.flag(INBOX, source.messages(INBOX)[0]!.key, []);
    await road.move();
    assert.deepEqual(road.target.messages(INBOX)[0]!.marks, ['mine']);
  });

  test('the ledger lost: nothing is copied again', async () => {
    const road = memoryRoad([filled()], memoryMailbox({ name: 'new' }));
    await road.move();
    const again = memoryRoad(road.sources, road.target);
    const summary = await again.move();
    assert.deepEqual([summary.carried, summary.merged, summary.entries], [0, 30, 30]);
    assert.deepEqual(contents(road.target), contents(road.sources[0]!));
  });

  test('mail that was delivered to both sides meanwhile is merged, not copied', async () => {
    const road = memoryRoad([filled()], memoryMailbox({ name: 'new' }));
    await road.move();
    const both = letter('both', { body: 'le même texte' });
    const received = Buffer.concat([
      Buffer.from('Received: by new.example; Thu, 3 Mar 2022 10:00:01 +0100\r\n'),
      both,
    ]);
    road.sources[0]!.add(INBOX, { bytes: both, receivedAt: DAY });
    road.target.add(INBOX, { bytes: received, receivedAt: DAY });
    const delta = await road.move();
    assert.deepEqual([delta.carried, delta.merged], [0, 1]);
  });

  test('one message deleted at the target: the proof names it', async () => {
    const road = memoryRoad([filled()], memoryMailbox({ name: 'new' }));
    await road.move();
    const [first] = road.target.messages(INBOX);
    road.target.expunge(INBOX, [first!.key]);
    const proof = await road.prove();
    assert.equal(proof.missing, 1);
    const missing = road.events.flatMap((event) =>
      event.event === 'finding' && event.finding.is === 'missing' ? [event.finding] : [],
    );
    assert.deepEqual(
      missing.map((finding) => finding.subject),
      ['Lettre 1'],
    );
    assert.equal((await road.move()).carried, 0, 'what a person deleted at the target does not come back');
  });

  test('one message doubled at the target: the proof names it', async () => {
    const road = memoryRoad([filled()], memoryMailbox({ name: 'new' }));
    await road.move();
    const [first] = road.target.messages(INBOX);
    road.target.add(INBOX, first!);
    assert.equal((await road.prove()).doubled, 1);
  });

  test('a proof without any ledger matches the bytes alone', async () => {
    const road = memoryRoad([filled()], memoryMailbox({ name: 'new' }));
    await road.move();
    const bare = memoryRoad(road.sources, road.target);
    const proof = await bare.prove();
    assert.deepEqual([proof.copied, proof.missing, proof.extra], [30, 0, 0]);
  });

  test('a dry run touches nothing', async () => {
    const { dryTarget } = await import('../stores/around/dry.ts');
    const road = memoryRoad([filled()], memoryMailbox({ name: 'new' }));
    const target = road.target.target;
    road.target.target = () => dryTarget(target());
    const summary = await road.move({ dryRun: true });
    assert.equal(summary.carried, 30);
    assert.deepEqual(contents(road.target), []);
  });
});

suite('move: several accounts', () => {
  test('the union arrives once, marks add up, a folder beats an inbox', async () => {
    const one = memoryMailbox({ name: 'one' });
    const two = memoryMailbox({ name: 'two' });
    one.add(INBOX, { bytes: letter(1), marks: ['\\Seen'], receivedAt: DAY });
    one.add(INBOX, { bytes: letter(2), receivedAt: DAY });
    two.add(CLIENTS, { bytes: letter(1), marks: ['\\Flagged'], receivedAt: DAY });
    two.add(INBOX, { bytes: letter(3), receivedAt: DAY });
    const road = memoryRoad([one, two], memoryMailbox({ name: 'new' }));
    const summary = await road.move();
    assert.deepEqual([summary.entries, summary.copied, summary.merged], [4, 3, 1]);
    assert.deepEqual(
      road.target.messages(CLIENTS).map((message) => message.marks),
      [['\\Flagged', '\\Seen']],
    );
    assert.equal(road.target.messages(INBOX).length, 2);
    const proof = await road.prove();
    assert.deepEqual([proof.merged, proof.missing, proof.doubled], [1, 0, 0]);
  });

  test('a copy that a person files elsewhere at the target is found there, merged accounts and all', async () => {
    const one = memoryMailbox({ name: 'one' });
    const two = memoryMailbox({ name: 'two' });
    one.add(INBOX, { bytes: letter(1), receivedAt: DAY });
    two.add(INBOX, { bytes: Buffer.concat([Buffer.from('X-Other: copy\r\n'), letter(1)]), receivedAt: DAY });
    const road = memoryRoad([one, two], memoryMailbox({ name: 'new' }));
    assert.equal((await road.move()).merged, 1);
    const [here] = road.target.messages(INBOX);
    road.target.add(CLIENTS, here!);
    road.target.expunge(INBOX, [here!.key]);
    const proof = await road.prove();
    assert.deepEqual([proof.copied, proof.merged, proof.missing], [1, 1, 0]);
  });

  test('twins are counted by the account that has most of them', async () => {
    const one = memoryMailbox({ name: 'one' });
    const two = memoryMailbox({ name: 'two' });
    one.add(INBOX, { bytes: letter('twin'), receivedAt: DAY });
    for (let n = 0; n < 3; n++) two.add(INBOX, { bytes: letter('twin'), receivedAt: DAY });
    const road = memoryRoad([one, two], memoryMailbox({ name: 'new' }));
    const summary = await road.move();
    assert.deepEqual([summary.copied, summary.merged], [3, 1]);
    assert.equal(road.target.messages(INBOX).length, 3);
    assert.equal((await road.prove()).doubled, 0);
  });

  test('one Message-ID, two bodies: both are kept', async () => {
    const one = memoryMailbox({ name: 'one' });
    const two = memoryMailbox({ name: 'two' });
    one.add(INBOX, { bytes: letter(1, { body: 'première version' }), receivedAt: DAY });
    two.add(INBOX, { bytes: letter(1, { body: 'deuxième version' }), receivedAt: DAY });
    const road = memoryRoad([one, two], memoryMailbox({ name: 'new' }));
    assert.equal((await road.move()).copied, 2);
  });

  test('original bytes beat rebuilt ones, whatever the precedence', async () => {
    const rebuilt = memoryMailbox({ name: 'pst', behaviour: { bytes: 'rebuilt' } });
    const original = memoryMailbox({ name: 'imap' });
    rebuilt.add(CLIENTS, { bytes: letter(1), receivedAt: DAY });
    const bytes = Buffer.concat([
      Buffer.from('Received: by a; Thu, 3 Mar 2022 10:00:01 +0100\r\n'),
      letter(1),
    ]);
    original.add(INBOX, { bytes, receivedAt: DAY });
    const road = memoryRoad([rebuilt, original], memoryMailbox({ name: 'new' }));
    const summary = await road.move();
    assert.deepEqual([summary.copied, summary.merged], [1, 1]);
    assert.deepEqual(Buffer.from(road.target.messages(INBOX)[0]!.bytes), bytes);
  });

  test('the sent folder is one, whatever its names', async () => {
    const one = memoryMailbox({ name: 'one', folders: [{ path: ['Éléments envoyés'], role: 'sent' }] });
    const two = memoryMailbox({ name: 'two', folders: [{ path: ['Sent'], role: 'sent' }] });
    one.add(['Éléments envoyés'], { bytes: letter(1), receivedAt: DAY });
    one.add(['Éléments envoyés', '2019'], { bytes: letter(2), receivedAt: DAY });
    two.add(['Sent'], { bytes: letter(3), receivedAt: DAY });
    const target = memoryMailbox({ name: 'new', folders: [{ path: ['Sent Items'], role: 'sent' }] });
    await memoryRoad([one, two], target).move();
    assert.equal(target.messages(['Sent Items']).length, 2);
    assert.equal(target.messages(['Sent Items', '2019']).length, 1);
  });
});
