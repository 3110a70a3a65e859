import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { grouped, readOtpauth } from '../../src/cockpit/web/pages/account/totp.ts';
import { differing } from '../../src/cockpit/web/pages/settings/draft.ts';
import { noticeFault } from '../../src/cockpit/web/pages/settings/notices.ts';
import { targetFault, targetOf } from '../../src/cockpit/web/pages/settings/target.ts';
import { type Hours, spansOf, timesWith, weekOf } from '../../src/cockpit/web/pages/settings/week.ts';
import { allowedAt } from '../../src/waves/hours.ts';

const row = (days: number[], from: string, to: string): Hours => ({ days, from, to });

test('days with the same hours are told together, in the order of the week', () => {
  const week = weekOf([row([7, 6], '00:00', '24:00'), row([1, 2, 3, 4, 5], '20:00', '06:00')]);
  assert.deepEqual(week, [
    { days: [1, 2, 3, 4, 5], windows: [{ from: '20:00', to: '06:00', over: true }] },
    { days: [6, 7], windows: [{ from: '00:00', to: '00:00', over: false }] },
  ]);
});

test('what ends at midnight does not reach into the next day; a whole day holds all else', () => {
  assert.deepEqual(weekOf([row([3], '18:00', '00:00')])[0]?.windows, [
    { from: '18:00', to: '00:00', over: false },
  ]);
  const both = weekOf([row([3], '08:00', '12:00'), row([3], '00:00', '00:00'), row([3], '22:00', '04:00')]);
  assert.deepEqual(
    both[0]?.windows.map(({ from, to }) => [from, to]),
    [
      ['00:00', '00:00'],
      ['22:00', '04:00'],
    ],
  );
});

test('what is told is what the server does, at every quarter of an hour', () => {
  const days = fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 });
  const time = fc.constantFrom('00:00', '06:00', '08:15', '20:00');
  const hours = fc.array(fc.record({ days, from: time, to: time }), { minLength: 1, maxLength: 4 });
  const moment = fc.integer({ min: 0, max: 7 * 96 - 1 });
  fc.assert(
    fc.property(hours, moment, (rows, quarter) => {
      // Monday, 1 January 2001, at midnight.
      const atMs = Date.UTC(2001, 0, 1) + quarter * 15 * 60_000;
      const told = weekOf(rows).flatMap(({ days: on, windows }) =>
        windows.flatMap(({ from, to }) => on.map((day) => row([day], from, to))),
      );
      const site = { zone: 'UTC', closed: [] };
      assert.equal(allowedAt({ ...site, hours: told }, atMs), allowedAt({ ...site, hours: rows }, atMs));
    }),
    { numRuns: 300 },
  );
});

test('days in a row are one span', () => {
  assert.deepEqual(spansOf([5, 1, 2, 7, 3]), [
    [1, 3],
    [5, 5],
    [7, 7],
  ]);
  assert.deepEqual(spansOf([]), []);
});

test('a time between two quarters can still be chosen', () => {
  assert.deepEqual(timesWith('00:07').slice(0, 3), ['00:00', '00:07', '00:15']);
  assert.equal(timesWith('13:30').length, 96);
});

test('a change is what differs, lists too', () => {
  const before = { name: 'Lyon', closed: ['2026-12-25'], line: null };
  assert.deepEqual(differing(before, { name: 'Lyon', closed: ['2026-12-25'] }), {});
  assert.deepEqual(differing(before, { name: 'Lyon ', closed: [] }), { name: 'Lyon ', closed: [] });
});

test('a rule gives what the server gives, and is told when it gives everybody the same', () => {
  assert.equal(targetOf('imaps://{address}@imap.test/', 'a.b@c.test'), 'imaps://a.b%40c.test@imap.test/');
  assert.equal(targetOf('gmail://{local}@{domain}/', 'a+b@c.test'), 'gmail://a%2Bb@c.test/');
  assert.equal(targetFault('imaps://{local}@imap.test/'), null);
  assert.equal(targetFault('imaps://all@{domain}/'), 'same');
  assert.equal(targetFault('{address}'), 'shape');
});

test('an address that is told is one of the web, and stands there once', () => {
  const one = { url: ' https://veille.example/a ', events: [] };
  assert.equal(noticeFault(one, [one]), null);
  assert.equal(noticeFault(one, [one, { url: 'https://veille.example/a', events: [] }]), 'twice');
  for (const url of ['', 'ftp://x.example', 'javascript:alert(1)', 'https://', 'http:///x'])
    assert.equal(noticeFault({ url, events: [] }, []), 'bad', url);
});

test('what an authenticator is told is read, and nothing else is', () => {
  const uri =
    'otpauth://totp/Malleposte%20(localhost%3A7357):marie%40bordes.example?secret=JBSWY3DPEHPK3PXP&issuer=Malleposte+%28localhost%3A7357%29&digits=6&period=30';
  assert.deepEqual(readOtpauth(uri), {
    ...{ account: 'marie@bordes.example', issuer: 'Malleposte (localhost:7357)' },
    ...{ secret: 'JBSWY3DPEHPK3PXP', digits: 6 },
  });
  assert.equal(grouped('JBSWY3DPEHPK3PXPAB===='), 'JBSW Y3DP EHPK 3PXP AB');
  for (const bad of ['javascript:alert(1)', 'otpauth://totp/a?secret=1', 'https://totp/a?secret=JBSW', ''])
    assert.equal(readOtpauth(bad), null, bad);
});
