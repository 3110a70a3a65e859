import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isTrouble } from '../../trouble.ts';
import type { BodySink } from '../body.ts';
import { readFetch } from './fetch-data.ts';
import { type Hole, Lexer, type Receiver } from './lexer.ts';
import { limitsOf } from './limits.ts';
import { Cursor, readStatus } from './parser.ts';

/** As servers really answer: Dovecot, Cyrus, Courier, Exchange, Gmail. */
const SEEDS = [
  '* OK [CAPABILITY IMAP4rev1 SASL-IR LITERAL+ AUTH=PLAIN] Dovecot ready.\r\n',
  '* 12 FETCH (UID 5 FLAGS (\\Seen $Mot) INTERNALDATE "17-Jul-1996 02:44:25 -0700" BODY[] {10}\r\nabc\r\n{3}\r\n)\r\n',
  '* 13 FETCH (FLAGS (\\Recent) BODY[] {0}\r\n INTERNALDATE " 1-Jan-2026 00:00:00 +0000" UID 6 MODSEQ (12345678901234567))\r\n',
  '* 14 FETCH (UID 7 FLAGS () BODY[] NIL)\r\n* 15 FETCH (UID 8 BODY[] "short \\"quoted\\" one")\r\n',
  '* 1 FETCH (X-GM-THRID 1266894439832287888 X-GM-MSGID 1278455344230334865 X-GM-LABELS (\\Inbox "Caf&AOk-" {3}\r\na b) UID 1)\r\n',
  '* LIST (\\HasNoChildren \\Sent) "/" "&AMk-l&AOk-ments envoy&AOk-s"\r\n* LIST () NIL {7}\r\nbr"ken\\\r\n',
  '* STATUS "INBOX" (MESSAGES 3 UIDNEXT 4 UIDVALIDITY 1000 HIGHESTMODSEQ 9223372036854775807)\r\n',
  '* ESEARCH (TAG "a1") UID ALL 1:3,7\r\n* SEARCH 1 2 3 (MODSEQ 917162500)\r\n* SEARCH\r\n',
  '* OK [PERMANENTFLAGS (\\Answered $odd] \\*)] Flags permitted.\r\na1 OK [READ-ONLY] done\r\n',
  'a2 NO [OVERQUOTA] Quota exceeded {12}\r\na3 OK [APPENDUID 1000 4:5,9] ok\r\n+ go on {5}\r\n* BYE so long {9}\r\n',
  '* NAMESPACE (("INBOX." ".")) NIL (("shared." "."))\r\n* ID ("name" "Dovecot" "version" NIL)\r\n',
  '* 3 FETCH (BODYSTRUCTURE (("text" "plain" NIL NIL NIL "7bit" 10 1) "mixed") UID 3 BINARY[] ~{4}\r\n\0\r\n\0 RFC822.SIZE 4)\r\n',
];

interface Told {
  text: string;
  bodies: string[];
}

/** Everything a stream of bytes comes to, cut as given. Sinks are ended once, as a command would. */
function tell(bytes: Buffer, cuts: readonly number[]): { told: Told[]; open: number } {
  let open = 0;
  const told: Told[] = [];
  const parts = new Map<BodySink<unknown>, string>();
  const to: Receiver = {
    body: () => {
      open++;
      const sink: BodySink<unknown> = {
        write: (piece) => parts.set(sink, (parts.get(sink) ?? '') + Buffer.from(piece).toString('latin1')),
        end: () => open--,
        abort: () => open--,
      };
      parts.set(sink, '');
      return sink;
    },
    response: (all, from, end, holes) => {
      told.push({
        text: all.toString('latin1', from, end),
        bodies: holes.map((hole) => parts.get(hole.sink!)!),
      });
      read(all, from, end, holes);
      for (const hole of holes) hole.sink!.end();
    },
  };
  const lexer = new Lexer(
    to,
    limitsOf({ literalBytes: 1000, bodyBytes: 5000, lineBytes: 5000, responseBytes: 20_000 }),
  );
  let at = 0;
  try {
    for (const cut of [...cuts, bytes.length]) {
      // A copy that is overwritten behind the call: nothing may be kept of a piece.
      const piece = Buffer.from(bytes.subarray(at, cut));
      lexer.push(piece);
      piece.fill(0x7f);
      at = cut;
    }
  } finally {
    lexer.abort();
  }
  return { told, open };
}

/** Every reader over one response: a value or `malformed`. */
function read(bytes: Buffer, from: number, to: number, holes: readonly Hole[]): void {
  const cursor = () => new Cursor(bytes, from, to, holes, 64);
  const readers: (() => unknown)[] = [
    () => readStatus(cursor()),
    () => {
      const at = cursor();
      while (!at.done) {
        at.space();
        at.value();
      }
    },
    () => {
      const at = cursor();
      at.at = bytes.indexOf('FETCH (', from) + 6;
      if (at.at > from + 5 && at.at < to) readFetch(at, () => null);
    },
  ];
  for (const reader of readers) {
    try {
      reader();
    } catch (error) {
      if (!isTrouble(error, 'malformed')) throw error;
    }
  }
}

test('responses come out the same wherever the stream is cut', () => {
  const bytes = Buffer.from(SEEDS.join(''), 'latin1');
  const whole = tell(bytes, []);
  assert.equal(whole.open, 0);
  assert.equal(whole.told.length, 21);
  for (let cut = 1; cut < bytes.length; cut++) assert.deepEqual(tell(bytes, [cut]), whole);
  assert.deepEqual(tell(bytes, [...bytes.keys()].slice(1)), whole);
});

test('a text that ends with braces announces nothing', () => {
  const { told } = tell(Buffer.from('* OK wait {5}\r\na1 NO why {10}\r\n+ x {3}\r\n* BYE {1}\r\n'), []);
  assert.deepEqual(
    told.map((one) => one.text),
    ['* OK wait {5}', 'a1 NO why {10}', '+ x {3}', '* BYE {1}'],
  );
});

test('a literal within a body is part of the body', () => {
  const { told } = tell(
    Buffer.from('* 1 FETCH (UID 1 BODY[] {25}\r\n* 2 FETCH (BODY[] {9}\r\n\r\n)\r\n'),
    [],
  );
  assert.deepEqual(told, [
    { text: '* 1 FETCH (UID 1 BODY[] {25}\r\n)', bodies: ['* 2 FETCH (BODY[] {9}\r\n\r\n'] },
  ]);
});

for (const [attack, bytes] of [
  ['a literal of a terabyte', '* LIST () "/" {1099511627776}\r\n'],
  ['a body of a terabyte', '* 1 FETCH (BODY[] {1099511627776}\r\n'],
  ['a literal with a number that no double holds', `* LIST () "/" {${'9'.repeat(400)}}\r\n`],
  ['a literal above the limit', '* LIST () "/" {1001}\r\n'],
  ['a body above the limit', '* 1 FETCH (BODY[] {5001}\r\n'],
  ['a body name outside of a FETCH', `* LIST (BODY[] {4000}\r\n`],
  ['a line without end', `* OK ${'x'.repeat(6000)}`],
  ['a line too long in one piece', `* OK ${'x'.repeat(6000)}\r\n`],
  ['literals without end', '* LIST () {900}\r\n'.repeat(1) + `${'x'.repeat(900)} {900}\r\n`.repeat(30)],
] as const) {
  test(`attack: ${attack} is malformed`, () => {
    const whole = Buffer.from(bytes, 'latin1');
    assert.throws(
      () => tell(whole, []),
      (error) => isTrouble(error, 'malformed'),
    );
    const every = [...whole.keys()].slice(1);
    assert.throws(
      () => tell(whole, every),
      (error) => isTrouble(error, 'malformed'),
    );
  });
}

test('attack: parentheses ten thousand deep are malformed, not a stack overflow', () => {
  const bytes = Buffer.from('('.repeat(10_000));
  assert.throws(
    () => new Cursor(bytes, 0, bytes.length, [], 64).value(),
    (error) => isTrouble(error, 'malformed'),
  );
});

test('fuzz: any bytes end in responses or malformed, and no sink stays open', () => {
  const mutated = fc
    .tuple(
      fc.constantFrom(...SEEDS),
      fc.array(
        fc.tuple(
          fc.nat(400),
          fc.constantFrom(
            '',
            '{',
            '}',
            '(',
            ')',
            '"',
            '\\',
            '\r\n',
            '\n',
            '\0',
            '[',
            ']',
            '{5}\r\n',
            'NIL',
            ' ',
            '9999999999999999999',
            '*',
            '~{2}\r\n',
            '\xff',
          ),
          fc.nat(3),
        ),
        { maxLength: 6 },
      ),
      fc.constantFrom(...SEEDS),
    )
    .map(([seed, edits, tail]) => {
      let text = seed;
      for (const [at, insert, cut] of edits) text = text.slice(0, at) + insert + text.slice(at + cut);
      return text + tail;
    });
  fc.assert(
    fc.property(mutated, fc.array(fc.nat(600), { maxLength: 4 }), (text, cuts) => {
      const bytes = Buffer.from(text, 'latin1');
      const at = [...new Set(cuts.filter((cut) => cut > 0 && cut < bytes.length))].sort((a, b) => a - b);
      const outcome = (where: readonly number[]) => {
        try {
          return tell(bytes, where);
        } catch (error) {
          if (!isTrouble(error, 'malformed')) throw error;
          return 'malformed';
        }
      };
      const whole = outcome([]);
      if (whole !== 'malformed') assert.equal(whole.open, 0);
      assert.deepEqual(outcome(at), whole);
    }),
    { numRuns: 1500 },
  );
});
