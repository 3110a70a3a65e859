import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { firstMailbox, mailboxes } from './address.ts';

test('the first mailbox (RFC 5322 §3.4, its obsolete forms, and what mail really holds)', () => {
  const cases: [string, string | null, string][] = [
    ['a@Example.ORG', 'a@example.org', ''],
    ['<a@example.org>', 'a@example.org', ''],
    ['Renee <a@example.org>', 'a@example.org', 'Renee'],
    ['"Dupont, Renee" <a@example.org>, b@c.d', 'a@example.org', 'Dupont, Renee'],
    ['=?utf-8?Q?Ren=C3=A9e?= <a@example.org>', 'a@example.org', 'Renée'],
    ['a@example.org (Renee (the boss))', 'a@example.org', 'Renee (the boss)'],
    ['"a@b.c" <a@b.c>', 'a@b.c', 'a@b.c'],
    ['<@route.one,@route.two:a@b.c>', 'a@b.c', ''],
    ['Team: a@b.c, d@e.f;', 'a@b.c', ''],
    ['undisclosed-recipients:;', null, ''],
    ['', null, ''],
    ['  ,, a@b.c', 'a@b.c', ''],
    ['a @ b . c', 'a@b.c', ''],
    ['Renee <a@b.c', 'a@b.c', 'Renee'],
    ['Renee a@b.c', 'a@b.c', ''],
    ['"odd local"@b.c', '"odd local"@b.c', ''],
    ['root', 'root', ''],
    ['Renee <root>', 'root', 'Renee'],
    ['A.B@b.c.', 'A.B@b.c', ''],
    ['<>', null, ''],
  ];
  for (const [value, address, name] of cases) {
    const found = firstMailbox(value);
    assert.equal(found?.address ?? null, address, value);
    if (found !== null) assert.equal(found.name, name, value);
  }
});

test('a list in order', () => {
  const list = [...mailboxes('A <a@x.y>, b@x.y, "C, c" <c@x.y>; Group: d@x.y, e@x.y;, f@x.y')];
  assert.deepEqual(
    list.map(({ address }) => address),
    ['a@x.y', 'b@x.y', 'c@x.y', 'd@x.y', 'e@x.y', 'f@x.y'],
  );
});

test('never throws, and a long hostile list is quick', () => {
  fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => void [...mailboxes(text)]));
  for (const piece of [' ', '.', ' .', '<', '"', '(', ',', '@', '\\', ':;', '<a@b', '"<(']) {
    let count = 0;
    const start = performance.now();
    for (const _ of mailboxes(`x${piece.repeat(99_000)}x`)) count++;
    assert.ok(count <= 100_000);
    assert.ok(performance.now() - start < 3000, piece);
  }
});
