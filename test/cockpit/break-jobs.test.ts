/** What somebody changes while it waits or moves: nothing waits for ever, nothing is lost, nothing ends the server. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { passKey } from '../../src/app/project/jobs.ts';
import { waveActs, waveView } from '../../src/app/project/waves.ts';
import type { Id } from '../../src/records/facts.ts';
import { isTrouble } from '../../src/trouble.ts';
import { isOver, openStand, type Stand, siteNamed, waited } from './project.ts';

const BY = 'Claire Vidal';
const SERVER_MOVES = 4;

describe('what is changed while jobs wait or run', { timeout: 600_000 }, () => {
  let stand: Stand;
  beforeEach(async () => {
    stand = await openStand(SERVER_MOVES);
  });
  afterEach(() => stand.close());

  const place = async (person: Id, site: Id | null): Promise<void> => {
    const { records } = stand.project;
    await records.write(BY, async (change) => {
      const { version } = await change.person(stand.organisation, person);
      await change.changePerson(stand.organisation, person, version, { site });
    });
  };

  it('a job of a site that was removed is done all the same', async () => {
    const { project, organisation } = stand;
    const never = { ...siteNamed('Lyon'), hours: [{ days: [1], from: '03:00', to: '03:01' }] };
    const lyon = await project.records.write(BY, (change) => change.addSite(organisation, never));
    const person = await stand.somebody('ines', 8, { site: lyon.id });
    await project.runs.ask(BY, organisation, [person], 'first');
    await place(person, stand.site);
    await project.records.write(BY, (change) => change.removeSite(organisation, lyon.id));
    await project.runs.start();
    assert.equal((await stand.until(person, isOver)).state, 'proven');
  });

  it('a site that is added while the server runs is known at once, with its hours', async () => {
    const { project, organisation } = stand;
    await project.runs.start();
    const early = await stand.somebody('hugo', 5);
    await project.runs.ask(BY, organisation, [early], 'first');
    await stand.until(early, isOver);
    const closed = { ...siteNamed('Nice'), hours: [{ days: [1], from: '03:00', to: '03:01' }] };
    const nice = await project.records.write(BY, (change) => change.addSite(organisation, closed));
    const person = await stand.somebody('ines', 5, { site: nice.id });
    await project.runs.ask(BY, organisation, [person], 'first');
    const later = await stand.somebody('zoe', 5);
    await project.runs.ask(BY, organisation, [later], 'first');
    await stand.until(later, isOver);
    assert.equal((await stand.pass(person))!.state, 'waiting');
  });

  it('an organisation moves no more at once than it allows', async () => {
    const { project, organisation } = stand;
    await project.records.write(BY, async (change) => {
      const { version } = await change.organisation(organisation);
      await change.changeOrganisation(organisation, version, { movesAtOnce: 1 });
    });
    const people = await Promise.all(['ines', 'hugo', 'zoe', 'paul'].map((one) => stand.somebody(one, 20)));
    let most = 0;
    const stop = project.live.listen(organisation, {
      moves: (moves, whole) => (most = whole ? Math.max(most, moves.length) : most),
      speed: () => {},
      changed: () => {},
    });
    const looking = setInterval(() => (most = Math.max(most, project.live.moves(organisation).length)), 20);
    await project.runs.start();
    await project.runs.ask(BY, organisation, people, 'first');
    for (const person of people) assert.equal((await stand.until(person, isOver)).state, 'proven');
    clearInterval(looking);
    stop();
    assert.equal(most, 1);
  });

  it('somebody with more accounts than a pass takes fails alone; the server and all others go on', async () => {
    const { project, organisation, root } = stand;
    const [much, little] = [await stand.somebody('ines', 3), await stand.somebody('hugo', 3)];
    await project.records.write(BY, async (change) => {
      for (let position = 1; position <= 101; position++)
        await change.addAccount(organisation, {
          ...{ person: much, role: 'source', position, needsSecret: false },
          address: `maildir:${join(root, 'uploads', 'ines', `more-${position}`)}`,
        });
    });
    await project.runs.start();
    await project.runs.check(organisation, [much]);
    await project.runs.ask(BY, organisation, [much, little], 'first');
    const failed = await stand.until(much, isOver);
    assert.deepEqual(
      [failed.state, failed.trouble?.kind, failed.trouble?.answer],
      ['failed', 'malformed', 'too-many'],
    );
    assert.equal((await stand.until(little, isOver)).state, 'proven');
  });

  it('an account that is removed while it moves takes nothing away from what was proven', async () => {
    const { project, organisation } = stand;
    const person = await stand.somebody('ines', 400);
    await project.runs.start();
    await project.runs.ask(BY, organisation, [person], 'first');
    await waited(
      async () => project.live.moves(organisation),
      (moves) => moves.length > 0,
    );
    await project.records.write(BY, async (change) => {
      const { accounts } = await change.person(organisation, person);
      for (const { id } of accounts) await change.removeAccount(organisation, id);
    });
    const pass = await stand.until(person, isOver);
    assert.deepEqual([pass.state, pass.counts.entries, pass.counts.missing], ['proven', 400, 0]);
  });

  it('a pause that comes when the pass is over holds up no later one', async () => {
    const { project, organisation } = stand;
    const person = await stand.somebody('ines', 5);
    await project.runs.start();
    await project.runs.ask(BY, organisation, [person], 'first');
    await stand.until(person, isOver);
    await project.runs.pause(BY, organisation, [person]);
    await project.runs.ask(BY, organisation, [person], 'delta');
    const delta = await stand.until(person, (pass) => pass!.number === 2 && isOver(pass));
    assert.equal(delta.state, 'proven');
  });

  it('somebody paused who was running when the server was killed stays paused', async () => {
    const { project, organisation } = stand;
    const person = await stand.somebody('ines', 5);
    const [pass] = await project.runs.ask(BY, organisation, [person], 'first');
    await project.records.write(BY, (change) => change.notePass(pass!.id, { state: 'running' }));
    // All that a killed server had done of a pause of one that ran.
    await project.work.pause(person);
    await stand.again();
    await stand.project.runs.start();
    assert.equal((await stand.pass(person))!.state, 'stopped');
    await stand.project.runs.resume(BY, organisation, [person]);
    assert.equal((await stand.until(person, isOver)).state, 'proven');
  });

  it('a pass whose job was never written is done, also where an older pause was left', async () => {
    const { project, organisation } = stand;
    const person = await stand.somebody('ines', 5);
    await project.work.pause(person);
    const asked = { person, kind: 'first' as const, askedMs: Date.now() };
    await project.records.write(BY, (change) => change.addPass(organisation, asked));
    await project.runs.start();
    assert.equal((await stand.until(person, isOver)).state, 'proven');
  });

  it('a pass whose job ended without a word of it is told as failed, and may be asked for again', async () => {
    const { project, organisation } = stand;
    const person = await stand.somebody('ines', 5);
    const [pass] = await project.runs.ask(BY, organisation, [person], 'first');
    await project.work.cancel([passKey(pass!.id)]);
    await project.runs.start();
    assert.equal((await stand.until(person, isOver)).state, 'failed');
    await project.runs.ask(BY, organisation, [person], 'first');
    const next = await stand.until(person, (one) => one!.number === 2 && isOver(one));
    assert.equal(next.state, 'proven');
  });
});

describe('waves whose people change', { timeout: 600_000 }, () => {
  let stand: Stand;
  beforeEach(async () => {
    stand = await openStand();
  });
  afterEach(() => stand.close());

  const addWave = async (name: string): Promise<Id> => {
    const one = { name, pilot: false, startsOn: null };
    return (await stand.project.records.write(BY, (change) => change.addWave(stand.organisation, one))).id;
  };
  const wave = (id: Id) => stand.project.records.wave(stand.organisation, id);

  /** With every gate overridden. */
  async function start(id: Id): Promise<void> {
    const acts = waveActs(stand.project);
    const { organisation } = stand;
    const { gates } = await waveView(stand.project, organisation, id);
    for (const { code, how } of gates.filter(({ when, state }) => when === 'entry' && state !== 'met'))
      await acts.tick(BY, organisation, id, code, how === 'ticked' ? 'ticked' : 'overridden', 'as agreed');
    await acts.decide(BY, organisation, id, (await wave(id)).version, true, '');
    await acts.start(BY, organisation, id, (await wave(id)).version);
  }

  it('the last who has not arrived is put elsewhere: the wave has moved', async () => {
    const { project, organisation } = stand;
    const [one, other] = [await addWave('Un'), await addWave('Deux')];
    const fine = await stand.somebody('ines', 5, { wave: one });
    const stuck = await stand.somebody('hugo', 5, { wave: one });
    await project.runs.start();
    await start(one);
    await project.runs.pause(BY, organisation, [stuck]);
    await stand.until(fine, isOver);
    await project.records.write(BY, (change) => change.assign(organisation, [stuck], other));
    await waited(
      () => wave(one),
      ({ state }) => state === 'moved',
    );
    // Paused in the one, it goes on when the other is started.
    await stand.until(stuck, (pass) => pass?.state === 'stopped' || isOver(pass));
    await start(other);
    await waited(
      () => wave(other),
      ({ state }) => state === 'moved',
    );
  });

  it('of two who start it at once, one is told; everybody has one pass', async () => {
    const { project, organisation } = stand;
    const id = await addWave('Un');
    const people = [
      await stand.somebody('ines', 5, { wave: id }),
      await stand.somebody('hugo', 5, { wave: id }),
    ];
    await start(id).catch((error) => assert.fail(String(error)));
    const acts = waveActs(project);
    const { version } = await wave(id);
    const both = await Promise.allSettled([
      acts.pause(BY, organisation, id, version),
      acts.pause('Luc', organisation, id, version),
      acts.start('Luc', organisation, id, version),
      acts.pass('Luc', organisation, id, version, 'delta'),
    ]);
    assert.equal(both.filter(({ status }) => status === 'fulfilled').length, 1);
    for (const one of both)
      if (one.status === 'rejected') assert.ok(isTrouble(one.reason, 'refused'), String(one.reason));
    for (const person of people)
      assert.equal((await project.records.passes(organisation, { person })).length, 1);
    assert.equal((await wave(id)).state, 'paused');
    await acts.resume(BY, organisation, id, (await wave(id)).version);
    await project.runs.start();
    await waited(
      () => wave(id),
      ({ state }) => state === 'moved',
    );
  });

  it('pause and resume in any order at once: what the wave says is what its moves do', async () => {
    const { project, organisation } = stand;
    const id = await addWave('Un');
    const person = await stand.somebody('ines', 300, { wave: id });
    await project.runs.start();
    await start(id);
    const acts = waveActs(project);
    for (let round = 0; round < 10; round++) {
      const { version, state } = await wave(id);
      if (state === 'moved') break;
      const tries = ['pause', 'resume', 'pause', 'resume'] as const;
      await Promise.allSettled(tries.map((act) => acts[act](BY, organisation, id, version)));
    }
    const { state, version } = await wave(id);
    if (state === 'paused') await acts.resume(BY, organisation, id, version);
    await waited(
      () => wave(id),
      (one) => one.state === 'moved',
    );
    assert.equal((await stand.pass(person))!.counts.missing, 0);
  });
});
