import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { fates, killedAt, movedThroughLosses } from '../../test/journeys/memory-crash.ts';
import { contents, letter, type MemoryRoad, memoryRoad } from '../../test/journeys/memory-road.ts';
import { type Behaviour, type MemoryMailbox, memoryMailbox } from '../stores/memory/mailbox.ts';

const DAY = Date.UTC(2022, 2, 1, 9);
const INBOX = ['INBOX'];

/** Two accounts that overlap, twins among them: small enough to be killed at every single step. */
function accounts(): MemoryMailbox[] {
  const one = memoryMailbox({ name: 'one' });
  const two = memoryMailbox({ name: 'two' });
  for (let n = 1; n <= 5; n++)
    one.add(INBOX, { bytes: letter(n), marks: ['\\Seen'], receivedAt: DAY + n * 1000 });
  for (let n = 0; n < 3; n++) one.add(['Clients'], { bytes: letter('twin'), receivedAt: DAY });
  for (let n = 4; n <= 7; n++)
    two.add(INBOX, { bytes: letter(n), marks: ['\\Flagged'], receivedAt: DAY + n * 1000 });
  two.add(['Clients'], { bytes: letter('twin'), receivedAt: DAY });
  return [one, two];
}

async function expected(): Promise<string[]> {
  const road = memoryRoad(accounts(), memoryMailbox({ name: 'new' }));
  await road.move();
  return contents(road.target);
}

async function assertWhole(road: MemoryRoad, wanted: string[], told: string): Promise<void> {
  assert.deepEqual(contents(road.target), wanted, told);
  const again = await road.move();
  assert.deepEqual([again.carried, again.missing], [0, 0], told);
  assert.deepEqual(contents(road.target), wanted, told);
  const proof = await road.prove();
  assert.deepEqual([proof.missing, proof.doubled, proof.extra], [0, 0, 0], told);
}

for (const behaviour of [
  {},
  { tellsKey: false, withdraws: false },
  { tellsState: false, tellsPosition: false },
]) {
  suite(`killed at every single step, target ${JSON.stringify(behaviour)}`, () => {
    test('the run after it brings the same end', async () => {
      const wanted = await expected();
      for (let killAt = 1; ; killAt++) {
        const road = memoryRoad(accounts(), memoryMailbox({ name: 'new', behaviour }));
        const { killed } = await killedAt(road, killAt);
        if (!killed) {
          assert.ok(killAt > 60, `a run has more than 60 steps (${killAt})`);
          break;
        }
        await road.move();
        await assertWhole(road, wanted, `killed at step ${killAt}`);
      }
    });
  });
}

const SEEDS = process.env.SEED ? [Number(process.env.SEED)] : Array.from({ length: 25 }, (_, n) => n + 1);

for (const behaviour of [{}, { tellsKey: false, withdraws: false }] satisfies Partial<Behaviour>[]) {
  suite(`answers lost and late, target ${JSON.stringify(behaviour)}`, () => {
    for (const seed of SEEDS) {
      test(`seed ${seed}`, async () => {
        const wanted = await expected();
        const target = memoryMailbox({ name: 'new', behaviour: { ...behaviour, fate: fates(seed) } });
        const road = memoryRoad(accounts(), target);
        await movedThroughLosses(road, seed);
        await assertWhole(road, wanted, `SEED=${seed}`);
      });
    }
  });
}

suite('the settle time too short', () => {
  test('a copy that lands after the message was put again is withdrawn on the next pass', async () => {
    const target = memoryMailbox({ name: 'new' });
    let puts = 0;
    target.behaviour.fate = () => (++puts === 3 ? { late: {} } : 'acknowledged');
    const road = memoryRoad(accounts(), target);
    await road.move({ settleMs: 1 });
    assert.equal(target.landLate(), 1);
    await road.move();
    await assertWhole(road, await expected(), 'late');
  });
});
