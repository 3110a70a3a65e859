import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isTrouble } from '../../trouble.ts';
import { troubleOf } from './answer.ts';
import { astring, CONTINUE, checkedSet, spell, unicode } from './command.ts';
import { isSendableFlag, readFlags } from './flags.ts';
import { formatInternalDate, parseInternalDate, readInternalDate } from './internal-date.ts';
import { LIMITS, limitsOf } from './limits.ts';
import { decodeMailboxName, encodeMailboxName, mailboxPath } from './mailbox-name.ts';
import type { Status } from './parser.ts';
import { parseUidSet, UidRanges, uidSet } from './uid-set.ts';

test('modified UTF-7: the examples of RFC 3501 §5.1.3 and names from real servers', () => {
  for (const [name, handle] of [
    ['~peter/mail/台北/日本語', '~peter/mail/&U,BTFw-/&ZeVnLIqe-'],
    ['Éléments envoyés', '&AMk-l&AOk-ments envoy&AOk-s'],
    ['R&D', 'R&-D'],
    ['😀', '&2D3eAA-'],
    ['الوارد', '&BicGRAZIBicGMQYv-'],
    ['', ''],
    ['a\tb', 'a&AAk-b'],
  ] as const) {
    assert.equal(encodeMailboxName(name), handle);
    assert.deepEqual(decodeMailboxName(handle), { name, exact: true });
  }
});

test('modified UTF-7: every name comes back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      const handle = encodeMailboxName(name);
      assert.match(handle, /^[\x20-\x7e]*$/);
      assert.deepEqual(decodeMailboxName(handle), { name, exact: true });
    }),
  );
});

test('broken or raw 8-bit names keep their handle and are shown as UTF-8 or Latin-1', () => {
  assert.deepEqual(decodeMailboxName('Envoy\xe9s'), { name: 'Envoyés', exact: false });
  assert.deepEqual(decodeMailboxName(Buffer.from('Envoyés').toString('latin1')), {
    name: 'Envoyés',
    exact: false,
  });
  for (const broken of ['a&', '&AOk', '&A-', '&AOk=-', '&!!-', '&AGE-', '&AOk-&AOk-', '&AOl-x&/-']) {
    const { name, exact } = decodeMailboxName(broken);
    assert.equal(exact, encodeMailboxName(name) === broken);
  }
  assert.equal(decodeMailboxName('&AOk').exact, false);
});

test('any bytes as a name end in a name', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const handle = Buffer.from(bytes).toString('latin1');
      const { name, exact } = decodeMailboxName(handle);
      if (exact) assert.equal(encodeMailboxName(name), handle);
    }),
  );
});

test("paths: INBOX in any spelling, the server's own delimiter", () => {
  assert.deepEqual(mailboxPath('inbox.Trash', '.'), ['INBOX', 'Trash']);
  assert.deepEqual(mailboxPath('a/b.c', '.'), ['a/b', 'c']);
  assert.deepEqual(mailboxPath('a/b', null), ['a/b']);
});

test('dates: RFC forms, forms of real servers, nonsense', () => {
  assert.equal(parseInternalDate('17-Jul-1996 02:44:25 -0700'), Date.UTC(1996, 6, 17, 9, 44, 25));
  assert.equal(parseInternalDate(' 1-Jan-2026 00:00:00 +0130'), Date.UTC(2025, 11, 31, 22, 30, 0));
  assert.equal(parseInternalDate('1-jan-2026 00:00:00'), Date.UTC(2026, 0, 1));
  for (const none of [
    '31-Feb-2012 00:00:00 +0000',
    '01-Jan-26 00:00:00 +0000',
    'yesterday',
    '',
    '01-Foo-2026 00:00:00 +0000',
    '01-Jan-2026 25:00:00 +0000',
  ]) {
    assert.equal(parseInternalDate(none), null, none);
  }
  assert.throws(() => formatInternalDate(Number.NaN), RangeError);
  assert.throws(() => formatInternalDate(1e15), RangeError);
});

test('dates: written and read both ways', () => {
  fc.assert(
    fc.property(fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }), (seconds) => {
      const text = formatInternalDate(seconds * 1000);
      assert.equal(parseInternalDate(text.slice(1, -1)), seconds * 1000);
      assert.equal(readInternalDate(Buffer.from(text), 1), seconds * 1000);
    }),
  );
});

test('UID sets both ways', () => {
  assert.equal(uidSet([3, 1, 2, 7, 7]), '1:3,7');
  assert.equal(uidSet([]), '');
  assert.deepEqual(parseUidSet('5,1:3', 10), [5, 1, 2, 3]);
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 300 }), { minLength: 1 }), (uids) => {
      const set = uidSet(uids);
      assert.deepEqual(
        parseUidSet(set, 300),
        uids.sort((a, b) => a - b),
      );
      const ranges = new UidRanges(set);
      for (let uid = 0; uid < 310; uid++) assert.equal(ranges.has(uid), uids.includes(uid));
    }),
  );
  assert.ok(new UidRanges('5:*').has(4_000_000_000) && !new UidRanges('5:*').has(4));
});

test('attack: a COPYUID of four thousand million UIDs is malformed before it is written out', () => {
  assert.throws(
    () => parseUidSet('1:4294967295', 1000),
    (error) => isTrouble(error, 'malformed'),
  );
  assert.throws(
    () => parseUidSet('1:*', 1000),
    (error) => isTrouble(error, 'malformed'),
  );
  assert.throws(
    () => parseUidSet('1,,2', 1000),
    (error) => isTrouble(error, 'malformed'),
  );
});

test('flags: sorted, one spelling, no \\Recent; unsendable ones are known', () => {
  assert.deepEqual(readFlags('$b \\SEEN \\Recent \\seen A'), ['$b', 'A', '\\Seen']);
  assert.equal(readFlags('x y'), readFlags('x y'));
  for (const flag of ['\\Seen', '$Forwarded', 'Très'.replace('è', 'e'), 'a.b:c'])
    assert.ok(isSendableFlag(flag), flag);
  for (const flag of ['', '\\Recent', '\\', 'a b', 'a\r\nb', 'é', 'a"b', 'a(b', 'a%b', 'a]', '\\*', 'a{1}']) {
    assert.ok(!isSendableFlag(flag), flag);
  }
});

test('attack: line breaks and NUL in a name, a search text or a set never leave', () => {
  const plus = { nonSynchronising: () => true };
  const injected = 'x"\r\na2 DELETE INBOX\r\n';
  const sent = [...spell(['STATUS ', astring(injected), ' (MESSAGES)'], plus)];
  assert.deepEqual(sent.slice(0, 1), [`STATUS {${injected.length}+}\r\n`]);
  assert.equal(Buffer.from(sent[1] as Uint8Array).toString('latin1'), injected);
  assert.throws(
    () => astring('a\0b'),
    (error) => isTrouble(error, 'refused'),
  );
  assert.throws(
    () => astring('x'.repeat(70_000)),
    (error) => isTrouble(error, 'refused'),
  );
  assert.throws(
    () => checkedSet('1:2\r\na2 LOGOUT'),
    (error) => isTrouble(error, 'refused'),
  );
  assert.throws(
    () => [...spell(['a\r\nb'], plus)],
    (error) => isTrouble(error, 'refused'),
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      let pieces: unknown[];
      try {
        pieces = [...spell([unicode(text)], { nonSynchronising: () => false })];
      } catch (error) {
        assert.ok(text.includes('\0') && isTrouble(error, 'refused'));
        return;
      }
      if (pieces.length === 1) assert.match(pieces[0] as string, /^"[^"\\\r\n\x80-\xff]*"$/);
      else assert.equal(pieces[1], CONTINUE);
    }),
  );
});

test('limits: zero, NaN and the like do not switch a cap off', () => {
  const odd = { literalBytes: 0, bodyBytes: Number.NaN, silenceMs: Number.POSITIVE_INFINITY, waiting: -1 };
  assert.deepEqual(limitsOf(odd), LIMITS);
  assert.equal(limitsOf({ waiting: 5 }).waiting, 5);
});

test('what an answer means', () => {
  const status = (text: string): Status => {
    const m = /^(OK|NO|BAD|BYE) (?:\[(\S+)([^\]]*)\] )?(.*)$/.exec(text)!;
    return { is: m[1] as Status['is'], code: m[2] ?? null, facts: (m[3] ?? '').trim(), text: m[4]! };
  };
  const throttled = 'BAD Request is throttled. Suggested Backoff Time: 299961 milliseconds';
  for (const [text, tried, kind] of [
    ['NO [OVERQUOTA] full', 'store-message', 'full'],
    ['NO Quota exceeded', 'store-message', 'full'],
    ['NO [LIMIT] too many', 'store-message', 'full'],
    ['NO [LIMIT] too many connections', 'sign-in', 'busy'],
    ['NO [OVERQUOTA] Account exceeded command or bandwidth limits.', 'store-message', 'busy'],
    ['NO [OVERQUOTA] later', 'read-message', 'busy'],
    ['NO [OVERQUOTA] no more folders', 'create-folder', 'full'],
    ['NO [UNAVAILABLE] later', 'store-message', 'full'],
    ['NO [INUSE] locked', 'store-message', 'full'],
    ['NO [UNAVAILABLE] later', 'open-folder', 'busy'],
    ['NO [SERVERBUG] oops', 'read-message', 'busy'],
    [throttled, 'read-message', 'busy'],
    ['NO Account exceeded command or bandwidth limits', 'sign-in', 'busy'],
    ['NO [AUTHENTICATIONFAILED] no', 'sign-in', 'denied'],
    ['NO nope', 'sign-in', 'denied'],
    ['BAD what', 'sign-in', 'denied'],
    ['NO Wrong password, please try again', 'sign-in', 'denied'],
    ['NO Too many failed logins, try again in 10 minutes', 'sign-in', 'busy'],
    ['NO [UNAVAILABLE] directory down', 'sign-in', 'busy'],
    ['NO [TRYCREATE] no such mailbox', 'store-message', 'missing'],
    ["NO Mailbox doesn't exist: x", 'open-folder', 'missing'],
    ['NO [NONEXISTENT] gone', 'read-message', 'missing'],
    ['NO [TOOBIG] too big', 'store-message', 'refused'],
    ['NO Maximum size of appendable message has been exceeded', 'store-message', 'refused'],
    ['NO Message contains bare newlines', 'store-message', 'refused'],
    ['BAD Invalid flag', 'store-message', 'refused'],
    ['NO [NOPERM] no rights', 'open-folder', 'refused'],
    ['BAD User is authenticated but not connected.', 'open-folder', 'lost'],
    ['BYE see you', 'converse', 'lost'],
    ['BYE Too many connections', 'greet', 'busy'],
  ] as const) {
    assert.equal(troubleOf(status(text), tried, 'x').kind, kind, text);
  }
  assert.equal(troubleOf(status(throttled), 'read-message', 'x').retryAfterMs, 299_961);
  const long = troubleOf(status('NO Suggested Backoff Time: 999999999999 seconds'), 'read-message', 'x');
  assert.equal(long.retryAfterMs, 86_400_000);
});
