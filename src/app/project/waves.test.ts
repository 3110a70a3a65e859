import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { accountMessages } from '../../../test/generate/account.ts';
import { writeMaildir } from '../../../test/generate/account-files.ts';
import type { Id } from '../../records/facts.ts';
import { isTrouble } from '../../trouble.ts';
import { GATES } from '../../waves/gates.ts';
import { openProject, type Project } from './project.ts';
import { codeOf, type WaveActs, type WaveView, waveActs, waveView } from './waves.ts';

const WAIT_MS = 60_000;
const BY = 'Ada';
const ALL_DAY = [{ days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '24:00' }];

describe('waves of a project', () => {
  let root: string;
  let project: Project;
  let acts: WaveActs;
  let organisation: Id;
  let site: Id;
  let wave: Id;

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'malleposte-waves-'));
    project = await openProject({ data: root, reach: async () => {}, movesAtOnce: 2, language: 'fr' });
    acts = waveActs(project);
    await project.records.write(BY, async (change) => {
      organisation = (
        await change.addOrganisation({
          ...{ name: 'Ateliers Mistral', language: 'fr', suite: 'open', domains: ['mistral.example'] },
          ...{ targetTemplate: null, movesAtOnce: 2 },
        })
      ).id;
      site = (
        await change.addSite(organisation, {
          ...{ name: 'Avignon', zone: 'Europe/Paris', hours: ALL_DAY, closed: [], lineBytesPerSecond: null },
        })
      ).id;
      wave = (await change.addWave(organisation, { name: 'Pilote', pilot: true, startsOn: null })).id;
    });
  });
  afterEach(async () => {
    await project.close();
    rmSync(root, { recursive: true });
  });

  /** Somebody of the wave with a Maildir of so many messages, and an empty one to go to. */
  async function somebody(login: string, messages: number): Promise<Id> {
    const [old, fresh] = ['old', 'new'].map((name) => join(root, 'uploads', login, name));
    mkdirSync(old!, { recursive: true });
    const owner = { name: login, address: `${login}@mistral.example` };
    writeMaildir(old!, [...accountMessages({ messages, folders: 3, seed: 5, sizes: 'small', owner })]);
    return project.records.write(BY, async (change) => {
      const { id } = await change.addPerson(organisation, {
        ...{ kind: 'person', givenName: login, familyName: 'Roux', displayName: `${login} Roux` },
        ...{ address: `${login}@mistral.example`, aliases: [], site, wave },
        ...{ language: null, title: '', mobile: '' },
      });
      const account = { person: id, position: 0, needsSecret: false };
      await change.addAccount(organisation, { ...account, role: 'source', address: `maildir:${old}` });
      await change.addAccount(organisation, { ...account, role: 'target', address: `maildir:${fresh}` });
      return id;
    });
  }

  const view = (): Promise<WaveView> => waveView(project, organisation, wave);
  const version = async (): Promise<number> => (await project.records.wave(organisation, wave)).version;

  async function until(is: (seen: WaveView) => boolean): Promise<WaveView> {
    const end = Date.now() + WAIT_MS;
    for (;;) {
      const seen = await view();
      if (is(seen)) return seen;
      assert.ok(Date.now() < end, `waited in vain: ${JSON.stringify(seen)}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  const tickAll = async (when: 'entry' | 'exit'): Promise<void> => {
    for (const gate of GATES)
      if (gate.when === when && gate.how === 'ticked')
        await acts.tick(BY, organisation, wave, gate.code, 'ticked', '');
  };

  /** Everything that lets it start: checked, ticked, decided. */
  async function ready(): Promise<void> {
    const people = (await view()).people.map(({ id }) => id);
    await project.runs.check(organisation, people);
    await until(({ gates }) => gates.find(({ code }) => code === 'target-exists')!.state === 'met');
    await tickAll('entry');
    await acts.decide(BY, organisation, wave, await version(), true, 'all is there');
  }

  const refusedWith = (answer: string) => (error: unknown) => {
    assert.ok(isTrouble(error), String(error));
    assert.deepEqual([error.kind, error.tried, error.answer], ['refused', 'write-record', answer]);
    return true;
  };

  it('goes from draft to its end: gates, go, start, moved, another pass, end', async () => {
    await somebody('ines', 40);
    await somebody('hugo', 25);
    await project.runs.start();
    const draft = await view();
    assert.equal(draft.stage.share, 0);
    assert.ok(draft.mayStart.map(codeOf).includes('no-decision'));
    await ready();
    assert.deepEqual((await view()).mayStart, []);
    await acts.start(BY, organisation, wave, await version());
    assert.equal((await project.records.wave(organisation, wave)).state, 'running');
    const moved = await until(({ state }) => state === 'moved');
    assert.deepEqual([moved.stage.proven, moved.stage.people, moved.stage.share], [2, 2, 1]);
    assert.deepEqual(
      moved.people.map(({ lastPass }) => lastPass!.counts.missing),
      [0, 0],
    );
    // Nothing is left; the amounts of those who have arrived are known.
    assert.deepEqual([moved.fit.estimate!.limit, moved.fit.estimate!.known], [null, 1]);
    await acts.pass(BY, organisation, wave, await version(), 'last');
    // Another pass over those who have arrived does not begin at nothing.
    assert.equal((await view()).fit.estimate!.limit, null);
    const again = await until(
      ({ state, people }) => state === 'moved' && people.every(({ lastPass }) => lastPass!.number === 2),
    );
    assert.deepEqual(
      again.people.map(({ lastPass }) => [lastPass!.kind, lastPass!.state, lastPass!.counts.carried]),
      [
        ['last', 'proven', 0],
        ['last', 'proven', 0],
      ],
    );
    await assert.rejects(
      acts.end(BY, organisation, wave, await version()),
      refusedWith('gate-unmet:mail-arrives'),
    );
    await tickAll('exit');
    await acts.end(BY, organisation, wave, await version());
    const ended = await view();
    assert.deepEqual([ended.state, ended.mayEnd.map(codeOf)], ['ended', ['has-ended']]);
    assert.ok(ended.endedMs! >= ended.startedMs!);
  });

  it('says everything that stands in the way, and starts nothing', async () => {
    const refuses = async (answer: string): Promise<void> => {
      await assert.rejects(acts.start(BY, organisation, wave, await version()), refusedWith(answer));
      assert.equal((await view()).state, 'draft');
    };
    await refuses('nobody');
    await somebody('ines', 3);
    await refuses('no-decision');
    await acts.decide(BY, organisation, wave, await version(), false, 'licences are late');
    const { mayStart, decision, people } = await view();
    assert.deepEqual([decision!.go, decision!.by, decision!.note], [false, BY, 'licences are late']);
    assert.deepEqual(mayStart.map(codeOf).slice(0, 2), ['no-go', 'gate-unknown:accounts-reachable']);
    assert.ok(mayStart.map(codeOf).includes('gate-unmet:licences'));
    await refuses('no-go');
    assert.equal(people[0]!.lastPass, null);
  });

  it('keeps who ticked and overrode, when and why, and refuses what means nothing', async () => {
    await somebody('ines', 3);
    await acts.tick(BY, organisation, wave, 'licences', 'ticked', 'order 4711');
    await acts.tick('Grace', organisation, wave, 'accounts-reachable', 'overridden', 'known from last week');
    const byCode = new Map((await view()).gates.map((gate) => [gate.code, gate]));
    const { state, tick } = byCode.get('accounts-reachable')!;
    assert.deepEqual([state, tick!.by, tick!.note], ['overridden', 'Grace', 'known from last week']);
    assert.deepEqual(
      [byCode.get('licences')!.state, byCode.get('licences')!.tick!.note],
      ['met', 'order 4711'],
    );
    const tries = [
      ['licences', 'overridden', 'x', 'gate-not-computed'],
      ['secrets-present', 'ticked', '', 'gate-computed'],
      ['plan-fits', 'overridden', 'x', 'gate-is-met'],
      ['target-exists', 'overridden', ' ', 'gate-no-reason'],
      ['weather', 'ticked', '', 'gate-no-such-gate'],
    ] as const;
    for (const [gate, is, note, answer] of tries)
      await assert.rejects(acts.tick(BY, organisation, wave, gate, is, note), refusedWith(answer));
    await acts.tick(BY, organisation, wave, 'licences', 'open', '');
    assert.equal((await view()).gates.find(({ code }) => code === 'licences')!.state, 'unmet');
  });

  it('tells the second of two operators that the wave was changed meanwhile', async () => {
    await somebody('ines', 3);
    const seen = await version();
    await acts.decide(BY, organisation, wave, seen, true, '');
    await assert.rejects(
      acts.decide('Grace', organisation, wave, seen, false, 'not yet'),
      refusedWith('changed-meanwhile'),
    );
    const { decision, state } = await view();
    assert.deepEqual([decision!.by, decision!.go, state], [BY, true, 'ready']);
    await project.runs.start();
    await ready();
    await acts.start(BY, organisation, wave, await version());
    for (const late of [
      acts.pause('Grace', organisation, wave, seen),
      acts.rollBack('Grace', organisation, wave, seen, 'people cannot work'),
    ])
      await assert.rejects(late, refusedWith('changed-meanwhile'));
    assert.equal((await project.records.wave(organisation, wave)).state, 'running');
  });

  it('pauses everybody and lets all go on', async () => {
    const people = [await somebody('ines', 30), await somebody('hugo', 30)];
    const queue = project.runs;
    await queue.start();
    await ready();
    await assert.rejects(acts.pause(BY, organisation, wave, await version()), refusedWith('not-started'));
    await acts.start(BY, organisation, wave, await version());
    await acts.pause(BY, organisation, wave, await version());
    const resting = (seen: WaveView): boolean =>
      seen.people.every(({ lastPass }) => ['stopped', 'proven'].includes(lastPass!.state));
    const paused = await until(resting);
    assert.ok(['paused', 'moved'].includes(paused.state));
    if (paused.state === 'paused') {
      await assert.rejects(acts.pause(BY, organisation, wave, await version()), refusedWith('is-paused'));
      await acts.resume(BY, organisation, wave, await version());
    }
    const moved = await until(({ state }) => state === 'moved');
    assert.deepEqual(
      moved.people.map(({ id, lastPass }) => [
        people.includes(id),
        lastPass!.state,
        lastPass!.counts.entries,
      ]),
      [
        [true, 'proven', 30],
        [true, 'proven', 30],
      ],
    );
  });

  it('is taken back with a note, and nothing of it moves any more', async () => {
    const person = await somebody('ines', 12);
    await project.runs.start();
    await ready();
    await acts.start(BY, organisation, wave, await version());
    await assert.rejects(
      acts.rollBack(BY, organisation, wave, await version(), '  '),
      refusedWith('no-note'),
    );
    await acts.rollBack(BY, organisation, wave, await version(), 'MX set back, people told');
    const back = await until(({ people }) => ['stopped', 'proven'].includes(people[0]!.lastPass!.state));
    assert.deepEqual([back.state, back.rollBackNote], ['rolled-back', 'MX set back, people told']);
    await assert.rejects(
      acts.pass(BY, organisation, wave, await version(), 'delta'),
      refusedWith('was-rolled-back'),
    );
    assert.equal((await project.records.person(organisation, person)).lastPass!.number, 1);
    // Taking back removes nothing: the old mailbox stands as it did.
    assert.ok(readdirSync(join(root, 'uploads', 'ines', 'old')).length > 0);
  });

  it('shows the share of the road and whom it lacks by name', async () => {
    const person = await somebody('ines', 3);
    await project.records.write(BY, async (change) => {
      const { version: seen } = await change.person(organisation, person);
      await change.changePerson(organisation, person, seen, { site: null });
    });
    const gate = (await view()).gates.find(({ code }) => code === 'site-hours-set')!;
    assert.deepEqual(
      [gate.state, gate.count, gate.of, gate.lacking],
      ['unmet', 1, 1, [{ person, name: 'ines Roux', account: null, because: 'no-site' }]],
    );
  });
});
