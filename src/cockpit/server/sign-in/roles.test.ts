import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { OperatorRole, Role } from '../../../records/facts.ts';
import { type Action, actions, isWhole, may, mayGrant, mayToken, roles, sitesSeen } from './roles.ts';

const holder = (role: Role, organisation: string | null, site: string | null = null, disabled = false) => ({
  roles: [{ role, organisation, site }],
  disabled,
});

const everywhere = holder('consultant', null);
const consultant = holder('consultant', 'bordes');
const manager = holder('it-manager', 'bordes');
const correspondent = holder('site-correspondent', 'bordes', 'lyon');
const auditor = holder('auditor', 'bordes');

/** Every action × role, on a thing of their own site: all of them, consultant of one, manager, correspondent, auditor. */
const TABLE: Record<Action, string> = {
  visit: 'YYYYY',
  see: 'YYYYY',
  'see-findings': 'YYY-Y',
  prepare: 'YYY--',
  import: 'YYY--',
  'enter-secrets': 'YYYY-',
  check: 'YYY--',
  'invite-people': 'YYY--',
  'decide-gates': 'YYY--',
  start: 'YYY--',
  'accept-findings': 'YYY--',
  export: 'YYY-Y',
  operators: 'YYY--',
  tokens: 'YYY--',
  settings: 'YYY--',
  audit: 'YYY-Y',
  organisations: 'Y----',
};

test('every action, for every role', () => {
  const holders = [everywhere, consultant, manager, correspondent, auditor];
  const seen = Object.fromEntries(
    actions.map((action) => [
      action,
      holders.map((one) => (may(one, action, { organisation: 'bordes', site: 'lyon' }) ? 'Y' : '-')).join(''),
    ]),
  );
  assert.deepEqual(seen, TABLE);
});

test('nothing of another organisation, of another site, or of the server', () => {
  for (const action of actions) {
    for (const one of [consultant, manager, correspondent, auditor]) {
      assert.equal(may(one, action, { organisation: 'autre', site: 'lyon' }), false, action);
      assert.equal(may(one, action, { organisation: null }), false, action);
    }
    assert.ok(may(everywhere, action, { organisation: null }));
    // Of the organisation as a whole, or of a thing without a site, a correspondent has its name alone.
    for (const site of [undefined, null, 'paris'])
      assert.equal(may(correspondent, action, { organisation: 'bordes', site }), action === 'visit', action);
  }
});

test('disabled, without roles, or with a role that is not whole: nothing', () => {
  const lame: OperatorRole[] = [
    { role: 'it-manager', organisation: null, site: null },
    { role: 'auditor', organisation: null, site: null },
    { role: 'site-correspondent', organisation: 'bordes', site: null },
    { role: 'site-correspondent', organisation: null, site: 'lyon' },
    { role: 'it-manager', organisation: 'bordes', site: 'lyon' },
  ];
  for (const action of actions) {
    for (const on of [
      { organisation: null },
      { organisation: 'bordes' },
      { organisation: 'bordes', site: 'lyon' },
    ]) {
      assert.equal(may(holder('consultant', null, null, true), action, on), false);
      assert.equal(may({ roles: [], disabled: false }, action, on), false);
      assert.equal(may({ roles: lame, disabled: false }, action, on), false, action);
    }
  }
});

test('a consultant of two organisations; the sites of a correspondent', () => {
  const two = { roles: [...consultant.roles, ...holder('consultant', 'autre').roles], disabled: false };
  assert.ok(may(two, 'start', { organisation: 'autre' }) && may(two, 'start', { organisation: 'bordes' }));
  assert.equal(may(two, 'start', { organisation: 'troisième' }), false);
  assert.equal(sitesSeen(auditor, 'bordes'), 'all');
  assert.deepEqual(sitesSeen(correspondent, 'bordes'), ['lyon']);
  assert.deepEqual(sitesSeen(correspondent, 'autre'), []);
  assert.deepEqual(sitesSeen({ ...correspondent, disabled: true }, 'bordes'), []);
});

test('nobody gives what they have not', () => {
  const can = (one: typeof manager, role: Role, organisation: string | null, site: string | null = null) =>
    mayGrant(one, { role, organisation, site });
  assert.ok(can(everywhere, 'consultant', null));
  assert.ok(can(consultant, 'consultant', 'bordes') && can(manager, 'it-manager', 'bordes'));
  assert.ok(can(manager, 'site-correspondent', 'bordes', 'lyon') && can(manager, 'auditor', 'bordes'));
  assert.equal(can(manager, 'consultant', null), false);
  assert.equal(can(manager, 'auditor', 'autre'), false);
  assert.equal(can(auditor, 'auditor', 'bordes'), false);
  assert.equal(can(correspondent, 'site-correspondent', 'bordes', 'lyon'), false);
  assert.equal(can(manager, 'site-correspondent', 'bordes'), false);
});

const anyRole = fc.record({
  role: fc.constantFrom(...roles),
  organisation: fc.constantFrom(null, 'bordes', 'autre'),
  site: fc.constantFrom(null, 'lyon', 'paris'),
});
const anyOn = fc.record({
  organisation: fc.constantFrom(null, 'bordes', 'autre'),
  site: fc.constantFrom(undefined, null, 'lyon', 'paris'),
});
const anyHolder = fc.record({ roles: fc.array(anyRole, { maxLength: 3 }), disabled: fc.boolean() });

test('who is given a role can do nothing that the giver cannot', () => {
  fc.assert(
    fc.property(anyHolder, anyRole, fc.constantFrom(...actions), anyOn, (giver, given, action, on) => {
      const { site, ...where } = on;
      const at = site === undefined ? where : { ...where, site };
      if (mayGrant(giver, given) && may({ roles: [given], disabled: false }, action, at)) {
        assert.ok(isWhole(given));
        assert.ok(may(giver, action, at) || action === 'visit');
      }
    }),
    { numRuns: 2_000 },
  );
});

test('a token has never more than its owner has now', () => {
  assert.ok(mayToken(manager, consultant, 'start', { organisation: 'bordes' }));
  assert.equal(mayToken(manager, auditor, 'start', { organisation: 'bordes' }), false);
  assert.equal(mayToken(manager, { ...manager, disabled: true }, 'see', { organisation: 'bordes' }), false);
});
