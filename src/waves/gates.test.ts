import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Account, Decision, GateTick, Pass, PassCounts } from '../records/facts.ts';
import {
  CHECK_HOLDS_MS,
  evaluate,
  GATES,
  type GateCode,
  type GateFacts,
  type GatePerson,
  type GateState,
  LACKS,
  NAMED_MAX,
  tickRefusal,
} from './gates.ts';
import { mayEnd, mayRollBack, mayStart } from './may.ts';

const NOW = Date.UTC(2026, 10, 24, 9);
const ZERO: PassCounts = {
  ...{ entries: 10, copied: 10, merged: 0, left: 0, asked: 0, missing: 0, extra: 0, doubled: 0 },
  ...{ altered: 0, bytes: 1_000, carried: 1_000, seconds: 3 },
};

function account(changes: Partial<Account> = {}): Account {
  return {
    ...{ id: 'a', version: 1, person: 'p', role: 'source', position: 0, secret: 'sealed', amount: null },
    address: 'imaps://agathe@old.example/',
    check: { ok: true, atMs: NOW - 1_000, trouble: null },
    ...changes,
  };
}

const target = (changes: Partial<Account> = {}): Account =>
  account({ role: 'target', address: 'imaps://agathe@new.example/', ...changes });

function pass(changes: Partial<Pass> = {}, counts: Partial<PassCounts> = {}): Pass {
  return {
    ...{ id: 'x', person: 'p', wave: 'w', number: 1, kind: 'first', state: 'proven', askedMs: NOW },
    ...{ beganMs: NOW, endedMs: NOW, trouble: null, certificate: 'agathe.json' },
    counts: { ...ZERO, ...counts },
    ...changes,
  };
}

function person(changes: Partial<GatePerson> = {}): GatePerson {
  return {
    ...{ id: 'p', displayName: 'Agathe Morvan', site: 'lyon', openFindings: 0 },
    accounts: [account(), target()],
    lastPass: pass(),
    ...changes,
  };
}

const facts = (people: GatePerson[], changes: Partial<GateFacts> = {}): GateFacts => ({
  people,
  sites: [{ id: 'lyon', hours: [{ days: [1], from: '20:00', to: '06:00' }] }],
  ...{ fit: 'yes', nowMs: NOW },
  ...changes,
});

const gateOf = (gates: readonly GateState[], code: GateCode): GateState =>
  gates.find((gate) => gate.code === code)!;
const of = (code: GateCode, people: GatePerson[], changes: Partial<GateFacts> = {}): GateState =>
  gateOf(evaluate(facts(people, changes), []), code);

function tick(gate: string, changes: Partial<GateTick> = {}): GateTick {
  return { gate, is: 'ticked', by: 'Lucien Ferrand', atMs: NOW, note: '', ...changes };
}
const override = (gate: string, note = 'Agathe comes later'): GateTick =>
  tick(gate, { is: 'overridden', note });
const ticksOf = (when: 'entry' | 'exit'): GateTick[] =>
  GATES.filter((gate) => gate.when === when && gate.how === 'ticked').map(({ code }) => tick(code));

test('all is well: every computed gate is met', () => {
  for (const gate of evaluate(facts([person()]), [])) {
    assert.equal(gate.state, gate.how === 'computed' ? 'met' : 'unmet', gate.code);
    assert.equal(gate.count, 0);
  }
});

test('who cannot be reached is named; who was not asked, or long ago, is not known', () => {
  const failed = account({ check: { ok: false, atMs: NOW, trouble: null } });
  const gate = of('accounts-reachable', [
    person(),
    person({ id: 'q', accounts: [account(), failed, target()] }),
  ]);
  assert.deepEqual([gate.state, gate.count, gate.of, gate.because], ['unmet', 1, 2, 'check-failed']);
  assert.deepEqual(gate.lacking, [
    { person: 'q', name: 'Agathe Morvan', account: failed.address, because: 'check-failed' },
  ]);
  const unasked = of('accounts-reachable', [person({ accounts: [account({ check: null }), target()] })]);
  assert.deepEqual([unasked.state, unasked.because], ['unknown', 'not-checked']);
  const old = account({ check: { ok: true, atMs: NOW - CHECK_HOLDS_MS - 1, trouble: null } });
  assert.equal(of('accounts-reachable', [person({ accounts: [old, target()] })]).because, 'check-old');
  const both = of('accounts-reachable', [person({ accounts: [account({ check: null }), failed, target()] })]);
  assert.equal(both.because, 'check-failed', 'the worst is told first');
  assert.equal(of('accounts-reachable', [person({ accounts: [target()] })]).because, 'no-source');
});

test('a target that is not there, a secret that is missing', () => {
  const none = of('target-exists', [person({ accounts: [account()] })]);
  assert.deepEqual([none.state, none.because], ['unmet', 'no-target']);
  const failed = target({ check: { ok: false, atMs: NOW, trouble: null } });
  assert.equal(of('target-exists', [person({ accounts: [account(), failed] })]).state, 'unmet');
  assert.equal(of('accounts-reachable', [person({ accounts: [account(), failed] })]).state, 'met');
  const bare = of('secrets-present', [person({ accounts: [account(), target({ secret: 'none' })] })]);
  assert.deepEqual([bare.state, bare.lacking[0]!.account], ['unmet', 'imaps://agathe@new.example/']);
  const file = account({ address: 'pst:archive.pst', secret: 'not-needed' });
  assert.equal(of('secrets-present', [person({ accounts: [file, target()] })]).state, 'met');
});

test('hours of the site: set, not set, no site', () => {
  const sites = [{ id: 'lyon', hours: [] }];
  assert.equal(of('site-hours-set', [person()], { sites }).because, 'no-hours');
  assert.equal(of('site-hours-set', [person({ site: null })]).because, 'no-site');
  assert.equal(of('site-hours-set', [person({ site: 'gone' })]).because, 'no-site');
});

test('the plan against its deadline', () => {
  const told = (fit: GateFacts['fit']) => {
    const { state, because } = of('plan-fits', [person()], { fit });
    return [state, because];
  };
  assert.deepEqual(told('yes'), ['met', null]);
  assert.deepEqual(told('free'), ['met', null]);
  assert.deepEqual(told('no'), ['unmet', 'too-late']);
  assert.deepEqual(told('perhaps'), ['unknown', 'perhaps-late']);
  assert.deepEqual(told(null), ['unknown', 'no-estimate']);
});

test('the exit: moved, proven without missing messages, read', () => {
  const under = person({ lastPass: pass({ kind: 'delta', state: 'running', certificate: null }) });
  for (const code of ['all-moved', 'proof-complete', 'findings-read'] as const) {
    assert.equal(of(code, [under]).state, 'unmet', code);
    assert.equal(of(code, [person({ lastPass: null })]).state, 'unmet', code);
  }
  const missing = person({ lastPass: pass({ state: 'findings' }, { missing: 1 }), openFindings: 1 });
  assert.equal(of('all-moved', [missing]).state, 'met');
  assert.equal(of('proof-complete', [missing]).because, 'missing-messages');
  assert.equal(of('findings-read', [missing]).because, 'open-findings');
  const read = person({ lastPass: pass({ state: 'findings' }), openFindings: 0 });
  assert.equal(of('findings-read', [read]).state, 'met');
});

test('of nobody nothing is known', () => {
  for (const gate of evaluate(facts([]), []))
    if (gate.how === 'computed' && gate.code !== 'plan-fits') assert.equal(gate.state, 'unknown', gate.code);
});

test('a tick is told with its name and note; a computed gate cannot be ticked', () => {
  const note = 'letter of 12 November';
  const gates = evaluate(facts([person()]), [tick('people-told', { note }), tick('accounts-reachable')]);
  assert.equal(gateOf(gates, 'people-told').state, 'met');
  assert.equal(gateOf(gates, 'people-told').tick?.note, note);
  assert.equal(gateOf(gates, 'accounts-reachable').tick, null);
});

test('an override stays in sight, needs a name and a reason, and hides nothing', () => {
  const people = [person({ accounts: [account()] })];
  const gate = gateOf(evaluate(facts(people), [override('target-exists')]), 'target-exists');
  assert.deepEqual([gate.state, gate.computed, gate.count], ['overridden', 'unmet', 1]);
  assert.equal(gate.tick?.by, 'Lucien Ferrand');
  const nameless = { ...override('target-exists'), by: ' ' };
  for (const bad of [override('target-exists', ' '), nameless, tick('target-exists')])
    assert.equal(gateOf(evaluate(facts(people), [bad]), 'target-exists').state, 'unmet');
  const since = gateOf(evaluate(facts([person()]), [override('target-exists')]), 'target-exists');
  assert.equal(since.state, 'met');
  assert.notEqual(since.tick, null, 'who overrode it is still told');
  assert.equal(gateOf(evaluate(facts(people), [override('licences')]), 'licences').state, 'unmet');
});

test('what may be ticked and overridden', () => {
  const gates = evaluate(facts([person({ accounts: [account()] })]), []);
  assert.equal(tickRefusal(gates, tick('licences')), null);
  assert.equal(tickRefusal(gates, override('target-exists')), null);
  assert.equal(tickRefusal(gates, tick('lunch')), 'no-such-gate');
  assert.equal(tickRefusal(gates, tick('__proto__')), 'no-such-gate');
  assert.equal(tickRefusal(gates, tick('target-exists')), 'computed');
  assert.equal(tickRefusal(gates, override('licences')), 'not-computed');
  assert.equal(tickRefusal(gates, override('secrets-present')), 'is-met');
  assert.equal(tickRefusal(gates, override('target-exists', '\t')), 'no-reason');
  assert.equal(tickRefusal(gates, tick('licences', { by: '' })), 'no-name');
});

const go: Decision = { go: true, by: 'Lucien Ferrand', atMs: NOW, note: '' };
const codes = (refusals: { code: string; gate: string | null }[]) =>
  refusals.map(({ code, gate }) => (gate === null ? code : `${code} ${gate}`));

test('a wave starts when it was decided, somebody is in it, and every entry gate is met or overridden', () => {
  const ready = { state: 'ready', people: 1 } as const;
  const gates = evaluate(facts([person()]), ticksOf('entry'));
  assert.deepEqual(mayStart(ready, gates, go), []);
  assert.deepEqual(codes(mayStart({ ...ready, state: 'draft' }, gates, null)), ['no-decision']);
  assert.deepEqual(codes(mayStart({ ...ready, state: 'draft' }, gates, go)), ['no-decision']);
  assert.deepEqual(codes(mayStart({ ...ready, state: 'draft' }, gates, { ...go, go: false })), ['no-go']);
  assert.deepEqual(codes(mayStart(ready, gates, { ...go, go: false })), ['no-go']);
  assert.deepEqual(codes(mayStart({ ...ready, state: 'running' }, evaluate(facts([]), []), go)), [
    'already-running',
  ]);
  assert.deepEqual(codes(mayStart({ ...ready, state: 'ended' }, gates, go)), ['has-ended']);
  const people = [person({ accounts: [account({ check: null }), target({ secret: 'none' })] })];
  const lacking = [...ticksOf('entry').filter(({ gate }) => gate !== 'licences')];
  assert.deepEqual(codes(mayStart(ready, evaluate(facts(people), lacking), go)), [
    'gate-unknown accounts-reachable',
    'gate-unmet secrets-present',
    'gate-unmet licences',
  ]);
  const overridden = [...ticksOf('entry'), override('accounts-reachable'), override('secrets-present')];
  assert.deepEqual(mayStart(ready, evaluate(facts(people), overridden), go), []);
  const nobody = codes(mayStart({ ...ready, people: 0 }, evaluate(facts([]), ticksOf('entry')), go));
  assert.equal(nobody[0], 'nobody');
});

test('a wave ends when it is moved and every exit gate is met or overridden', () => {
  const gates = evaluate(facts([person()]), ticksOf('exit'));
  assert.deepEqual(mayEnd({ state: 'moved' }, gates), []);
  assert.deepEqual(codes(mayEnd({ state: 'running' }, gates)), ['not-moved']);
  assert.deepEqual(codes(mayEnd({ state: 'ended' }, evaluate(facts([]), []))), ['has-ended']);
  const open = evaluate(facts([person({ openFindings: 2 })]), ticksOf('exit').slice(1));
  assert.deepEqual(codes(mayEnd({ state: 'moved' }, open)), [
    'gate-unmet findings-read',
    'gate-unmet mail-arrives',
  ]);
});

test('taking back needs something to take back, and a note', () => {
  assert.deepEqual(mayRollBack({ state: 'running' }, 'MX back to the old host'), []);
  assert.deepEqual(codes(mayRollBack({ state: 'draft' }, '')), ['not-started', 'no-note']);
});

test('ten thousand who lack something are counted, the first are named, and it travels as JSON', () => {
  const people = Array.from({ length: 10_000 }, (_, n) => person({ id: `p${n}`, accounts: [] }));
  const gate = of('target-exists', people);
  assert.deepEqual([gate.count, gate.of, gate.lacking.length], [10_000, 10_000, NAMED_MAX]);
  assert.deepEqual(JSON.parse(JSON.stringify(gate)), gate);
});

test('no gate is met while somebody lacks something, whatever was ticked', () => {
  const check = fc.constantFrom(
    null,
    { ok: true, atMs: NOW, trouble: null },
    { ok: false, atMs: NOW, trouble: null },
  );
  const anyAccount = fc
    .record({
      role: fc.constantFrom<Account['role']>('source', 'target'),
      secret: fc.constantFrom<Account['secret']>('none', 'sealed', 'not-needed'),
      check,
    })
    .map((changes) => account(changes));
  const anyPerson = fc
    .record({
      site: fc.constantFrom(null, 'lyon'),
      accounts: fc.array(anyAccount, { maxLength: 3 }),
      openFindings: fc.nat(2),
      lastPass: fc.constantFrom(null, pass(), pass({ state: 'failed', certificate: null })),
    })
    .map((changes) => person(changes));
  const anyTick = fc
    .record({
      gate: fc.constantFrom(...GATES.map(({ code }) => code)),
      is: fc.constantFrom<GateTick['is']>('ticked', 'overridden'),
      by: fc.constantFrom('', 'Lucien Ferrand'),
      note: fc.constantFrom('', 'why'),
    })
    .map(({ gate, ...changes }) => tick(gate, changes));
  fc.assert(
    fc.property(
      fc.array(anyPerson, { maxLength: 4 }),
      fc.array(anyTick, { maxLength: 6 }),
      (people, ticks) => {
        for (const gate of evaluate(facts(people), ticks)) {
          if (gate.how === 'computed' && gate.state === 'met') assert.equal(gate.count, 0);
          assert.equal(gate.lacking.length, gate.count);
          for (const { because } of gate.lacking) assert.ok(LACKS.includes(because));
          if (gate.state === 'overridden') assert.ok(gate.tick!.by !== '' && gate.tick!.note !== '');
          const blank = gateOf(evaluate(facts(people), []), gate.code);
          if (gate.how === 'computed')
            assert.deepEqual(gate.computed, blank.computed, 'a tick changes no fact');
        }
      },
    ),
  );
});
