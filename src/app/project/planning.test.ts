import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Account, Organisation, Pass, PassState, Wave } from '../../records/facts.ts';
import type { PersonRow } from '../../records/records.ts';
import { estimate } from '../../waves/estimate.ts';
import { type Known, planOf } from './planning.ts';

const NOW = Date.UTC(2026, 2, 2, 12);
const GB = 1e9;

describe('planOf', () => {
  it('keeps who has arrived, with nothing left, so that the unknown ones are guessed from them', () => {
    const known = knownOf([
      somebody('ines', 10 * GB, 'proven'),
      somebody('hugo', 12 * GB, 'findings'),
      somebody('lea', 11 * GB, 'proven'),
      somebody('marc', null, null),
    ]);
    const plan = planOf(known);
    assert.deepEqual(
      plan.people.map(({ sources }) => sources[0]!.amount?.bytes === sources[0]!.carried.bytes),
      [true, true, true, false],
    );
    const { longest } = estimate(plan)!;
    assert.deepEqual(
      longest.map(({ person }) => person),
      ['marc'],
    );
    assert.ok(longest[0]!.highBytes > 11 * GB && longest[0]!.lowBytes < 11 * GB, JSON.stringify(longest));
  });

  it('of an account that has arrived without ever being counted nothing is guessed', () => {
    const plan = planOf(knownOf([somebody('ines', null, 'proven')]));
    assert.deepEqual(plan.people[0]!.sources, []);
    const { limit, latestMs } = estimate(plan)!;
    assert.deepEqual([limit, latestMs], [null, NOW]);
  });

  it('another pass over somebody who had arrived does not begin at nothing', () => {
    const person = somebody('ines', 10 * GB, 'running');
    const first = { pass: passOf('ines', 'proven'), person };
    assert.equal(planOf(knownOf([person], [first])).people[0]!.sources[0]!.carried.bytes, 10 * GB);
    assert.equal(planOf(knownOf([person])).people[0]!.sources[0]!.carried.bytes, 0);
  });
});

function knownOf(people: PersonRow[], passes: Known['passes'] = []): Known {
  const organisation: Organisation = {
    ...{ id: 'o', version: 1, createdMs: 0, name: 'Ateliers Mistral', language: 'fr', suite: 'open' },
    ...{ domains: ['mistral.example'], targetTemplate: null, movesAtOnce: 2 },
  };
  const wave: Wave = {
    ...{ id: 'w', version: 1, name: 'Pilote', position: 0, pilot: true, state: 'running', startsOn: null },
    ...{ deadlineMs: null, rollBackNote: '', decision: null, startedMs: NOW, endedMs: null },
  };
  return { organisation, wave, people, passes, sites: [], live: [], nowMs: NOW };
}

function passOf(person: string, state: PassState): Pass {
  const none = { entries: 0, copied: 0, merged: 0, left: 0, asked: 0, missing: 0, extra: 0, doubled: 0 };
  return {
    ...{
      id: `pass-${person}`,
      person,
      wave: 'w',
      number: 1,
      kind: 'first',
      state,
      askedMs: 0,
      beganMs: 0,
      endedMs: null,
    },
    counts: { ...none, altered: 0, bytes: 0, carried: 0, seconds: 0 },
    ...{ trouble: null, certificate: null },
  };
}

function somebody(id: string, bytes: number | null, state: PassState | null): PersonRow {
  const account = (role: Account['role']): Account => ({
    ...{ id: `${id}-${role}`, version: 1, person: id, role, address: `maildir:/uploads/${id}/${role}` },
    ...{ position: 0, secret: 'not-needed', check: null },
    amount: role === 'target' || bytes === null ? null : { messages: 10_000, bytes, atMs: 0 },
  });
  return {
    ...{ id, version: 1, kind: 'person', givenName: id, familyName: 'Roux', displayName: `${id} Roux` },
    ...{ address: `${id}@mistral.example`, aliases: [], site: null, wave: 'w', language: null },
    ...{ title: '', mobile: '', accounts: [account('source'), account('target')] },
    ...{ lastPass: state === null ? null : passOf(id, state), openFindings: 0 },
  };
}
