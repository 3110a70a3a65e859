/** A source that gives other bytes each time it is read (Exchange writes each message anew). */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { multipart, renderAnew, unrendered } from '../../test/generate/rendered.ts';
import { fates, killedAt, movedThroughLosses } from '../../test/journeys/memory-crash.ts';
import { type MemoryRoad, memoryRoad } from '../../test/journeys/memory-road.ts';
import { memoryLedger } from '../ledger/memory/ledger.ts';
import { type Behaviour, type MemoryMailbox, memoryMailbox } from '../stores/memory/mailbox.ts';
import type { Finding } from './event.ts';

const DAY = Date.UTC(2022, 2, 1, 9);
const INBOX = ['INBOX'];
const CLIENTS = ['Clients'];

/** Nine letters, three of them twins in one folder. */
function unstable(name = 'old'): MemoryMailbox {
  const mailbox = memoryMailbox({ name, behaviour: { render: renderAnew } });
  for (let n = 1; n <= 6; n++)
    mailbox.add(n % 2 ? INBOX : CLIENTS, {
      bytes: multipart(n),
      marks: n % 3 ? ['\\Seen'] : ['\\Flagged'],
      receivedAt: DAY + n * 1000,
      size: 40 * n,
    });
  for (let n = 0; n < 3; n++) mailbox.add(CLIENTS, { bytes: multipart('twin'), receivedAt: DAY });
  return mailbox;
}

/** What lies in a mailbox, whichever rendering it is. */
function held(mailbox: MemoryMailbox): string[] {
  return mailbox
    .paths()
    .flatMap((path) =>
      mailbox
        .messages(path)
        .map(({ bytes, marks, receivedAt }) =>
          JSON.stringify([path, unrendered(bytes), [...marks].sort(), receivedAt]),
        ),
    )
    .sort();
}

function findings(road: MemoryRoad): Finding[] {
  return road.events.flatMap((told) => (told.event === 'finding' ? [told.finding] : []));
}

async function assertWhole(road: MemoryRoad, wanted: string[], told: string): Promise<void> {
  assert.deepEqual(held(road.target), wanted, told);
  const again = await road.move();
  assert.deepEqual([again.carried, again.missing], [0, 0], told);
  assert.deepEqual(held(road.target), wanted, told);
  const proof = await road.prove();
  assert.deepEqual([proof.missing, proof.doubled, proof.extra], [0, 0, 0], told);
}

suite('a source that gives other bytes at each reading', () => {
  test('two readings of one message are other bytes of the same message', () => {
    const one = multipart(1);
    assert.notDeepEqual(renderAnew(one), renderAnew(one));
    assert.equal(unrendered(renderAnew(one)), unrendered(one));
  });

  test('everything arrives once, the second pass carries nothing, and the proof says by what', async () => {
    const road = memoryRoad([unstable()], memoryMailbox({ name: 'new' }));
    const wanted = held(road.sources[0]!);
    assert.equal((await road.move()).carried, 9);
    await assertWhole(road, wanted, 'whole');
    const proof = await road.prove();
    assert.deepEqual([proof.entries, proof.copied, proof.merged], [9, 9, 0]);
    for (const { is, by, classes } of findings(road))
      assert.deepEqual([is, by, classes], ['same', 'likely', ['rendered']]);
  });

  test('a renumbered folder is recognised, twins included, and proven', async () => {
    const road = memoryRoad([unstable()], memoryMailbox({ name: 'new' }));
    const wanted = held(road.sources[0]!);
    await road.move();
    for (const path of [CLIENTS, INBOX, CLIENTS]) {
      road.sources[0]!.renumber(path);
      assert.equal((await road.move()).carried, 0, path.join());
      await assertWhole(road, wanted, `renumbered ${path}`);
    }
    for (const { by } of findings(road)) assert.equal(by, 'likely');
  });

  test('without its ledger: nothing is carried twice', async () => {
    const road = memoryRoad([unstable()], memoryMailbox({ name: 'new' }));
    const wanted = held(road.sources[0]!);
    await road.move();
    road.ledger = memoryLedger();
    const proof = await road.prove();
    assert.deepEqual([proof.missing, proof.extra, proof.doubled], [0, 0, 0], 'proven by what lies there');
    assert.equal((await road.move()).carried, 0);
    await assertWhole(road, wanted, 'ledger lost');
  });

  test('what is really missing, or another, is not taken for it', async () => {
    const road = memoryRoad([unstable()], memoryMailbox({ name: 'new' }));
    await road.move();
    const [first] = road.target.messages(INBOX);
    road.target.expunge(INBOX, [first!.key]);
    const clients = road.target.messages(CLIENTS);
    const twin = clients.find(({ bytes }) => /Lettre twin/.test(Buffer.from(bytes).toString('latin1')));
    road.target.expunge(CLIENTS, [twin!.key]);
    road.target.add(INBOX, { bytes: multipart('autre'), receivedAt: DAY });
    for (const lost of [false, true]) {
      if (lost) road.ledger = memoryLedger();
      const proof = await road.prove();
      assert.deepEqual([proof.missing, proof.doubled, proof.extra], [2, 0, 1], `ledger lost: ${lost}`);
    }
  });

  test('two accounts with the same letters: each once, twins stay', async () => {
    const road = memoryRoad([unstable('one'), unstable('two')], memoryMailbox({ name: 'new' }));
    const summary = await road.move();
    assert.deepEqual([summary.carried, summary.merged], [9, 9]);
    const proof = await road.prove();
    assert.deepEqual([proof.missing, proof.doubled, proof.extra, proof.merged], [0, 0, 0, 9]);
  });

  test('a target that alters what it stores is not blamed for what the source does', async () => {
    const alter = (bytes: Uint8Array): Uint8Array =>
      Buffer.concat([Buffer.from('X-Stored: here\r\n'), Buffer.from(bytes)]);
    const road = memoryRoad([unstable()], memoryMailbox({ name: 'new', behaviour: { alter } }));
    await road.move();
    const classes = new Set(road.events.flatMap((told) => (told.event === 'altered' ? told.classes : [])));
    assert.deepEqual([...classes], ['rendered']);
    const proof = await road.prove();
    assert.deepEqual([proof.missing, proof.doubled, proof.extra], [0, 0, 0]);
    for (const { is, by, classes } of findings(road))
      assert.deepEqual([is, by, classes], ['altered', 'likely', ['rendered']]);
  });
});

const BEHAVIOURS: Partial<Behaviour>[] = [{}, { tellsKey: false, withdraws: false }];

for (const behaviour of BEHAVIOURS) {
  suite(`unstable, killed at every single step, target ${JSON.stringify(behaviour)}`, () => {
    for (const renumbers of [false, true]) {
      test(`the run after it brings the same end${renumbers ? ', renumbered meanwhile' : ''}`, async () => {
        for (let killAt = 1; ; killAt++) {
          const road = memoryRoad([unstable()], memoryMailbox({ name: 'new', behaviour }));
          const wanted = held(road.sources[0]!);
          if (!(await killedAt(road, killAt)).killed) {
            assert.ok(killAt > 30, `a run has more than 30 steps (${killAt})`);
            break;
          }
          if (renumbers) road.sources[0]!.renumber(CLIENTS);
          await road.move();
          await assertWhole(road, wanted, `killed at step ${killAt}`);
        }
      });
    }
  });
}

const SEEDS = process.env.SEED ? [Number(process.env.SEED)] : Array.from({ length: 8 }, (_, n) => n + 1);

for (const behaviour of BEHAVIOURS) {
  suite(`unstable, answers lost and late, target ${JSON.stringify(behaviour)}`, () => {
    for (const seed of SEEDS) {
      test(`seed ${seed}`, async () => {
        const target = memoryMailbox({ name: 'new', behaviour: { ...behaviour, fate: fates(seed) } });
        const road = memoryRoad([unstable()], target);
        const wanted = held(road.sources[0]!);
        await movedThroughLosses(road, seed);
        await assertWhole(road, wanted, `SEED=${seed}`);
      });
    }
  });
}

suite('unstable, the settle time too short', () => {
  async function lateTwin(
    behaviour: Partial<Behaviour> = {},
  ): Promise<{ road: MemoryRoad; wanted: string[] }> {
    const target = memoryMailbox({ name: 'new', behaviour });
    let puts = 0;
    target.behaviour.fate = () => (++puts === 3 ? { late: {} } : 'acknowledged');
    const road = memoryRoad([unstable()], target);
    const wanted = held(road.sources[0]!);
    await road.move({ settleMs: 1 });
    assert.equal(target.landLate(), 1);
    return { road, wanted };
  }

  test('the late copy, which has other bytes than the one put after it, is withdrawn on the next pass', async () => {
    const { road, wanted } = await lateTwin();
    await road.move();
    await assertWhole(road, wanted, 'late');
  });

  test('until then the proof says that it is there twice', async () => {
    const { road } = await lateTwin();
    const proof = await road.prove();
    assert.deepEqual([proof.missing, proof.doubled, proof.extra], [0, 1, 0]);
  });

  test('where nothing can be withdrawn, the proof goes on saying so', async () => {
    const { road } = await lateTwin({ withdraws: false });
    await road.move();
    const proof = await road.prove();
    assert.deepEqual([proof.missing, proof.doubled, proof.extra], [0, 1, 0]);
  });

  test('a copy that came late is not withdrawn when the one put after it is gone', async () => {
    const { road } = await lateTwin();
    const late = road.target.messages(INBOX).at(-1) ?? road.target.messages(CLIENTS).at(-1);
    assert.ok(late);
    for (const path of [INBOX, CLIENTS]) {
      const mine = road.target.messages(path);
      const twins = mine.filter(({ bytes }) =>
        mine.some((other) => other.bytes !== bytes && unrendered(other.bytes) === unrendered(bytes)),
      );
      const first = twins.filter(({ bytes }) => !/Lettre twin/.test(Buffer.from(bytes).toString('latin1')));
      if (first.length === 2) road.target.expunge(path, [first[0]!.key]);
    }
    const before = held(road.target);
    await road.move();
    assert.deepEqual(held(road.target), before);
  });
});
