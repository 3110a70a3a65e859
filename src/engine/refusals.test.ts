import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { oddMessages } from '../../test/generate/odd.ts';
import { contents, letter, type MemoryRoad, memoryRoad } from '../../test/journeys/memory-road.ts';
import { identify } from '../mail/identity.ts';
import { type Behaviour, type MemoryMailbox, memoryMailbox } from '../stores/memory/mailbox.ts';
import type { Finding } from './event.ts';
import { holds } from './prove.ts';

const DAY = Date.UTC(2022, 2, 1, 9);
const INBOX = ['INBOX'];

function source(...messages: Uint8Array[]): MemoryMailbox {
  const mailbox = memoryMailbox({ name: 'old' });
  for (const bytes of messages) mailbox.add(INBOX, { bytes, receivedAt: DAY });
  return mailbox;
}

function roadTo(behaviour: Partial<Behaviour>, ...messages: Uint8Array[]): MemoryRoad {
  return memoryRoad([source(...messages)], memoryMailbox({ name: 'new', behaviour }));
}

function findings(road: MemoryRoad): Finding[] {
  return road.events.flatMap((event) => (event.event === 'finding' ? [event.finding] : []));
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
const bareLf = (bytes: Uint8Array) =>
  /(^|[^\r])\n/.test(text(bytes)) ? 'Message contains bare newlines' : null;

suite('what a target refuses', () => {
  test('line ends: the second rung, said in the proof; the next of its kind starts there', async () => {
    const refused: number[] = [];
    const refuse: Behaviour['refuse'] = ({ n, bytes }) => {
      const answer = bareLf(bytes);
      if (answer) refused.push(n);
      return answer;
    };
    const lf = (n: number) => Buffer.from(text(letter(n)).replaceAll('\r\n', '\n'));
    const road = memoryRoad(
      [source(lf(1), letter(2))],
      memoryMailbox({ name: 'new', behaviour: { refuse } }),
    );
    const summary = await road.move();
    assert.deepEqual([summary.copied, summary.left, summary.altered], [2, 0, 1]);
    assert.deepEqual(text(road.target.messages(INBOX)[1]!.bytes), text(letter(1)));
    const proof = await road.prove();
    assert.ok(holds(proof));
    assert.equal(proof.altered, 1);
    assert.equal(refused.length, 1);
    for (let n = 3; n < 6; n++) road.sources[0]!.add(INBOX, { bytes: lf(n), receivedAt: DAY });
    await road.move();
    assert.equal(refused.length, 1, 'no further refusal, in later runs neither');
  });

  test('anything: wrapped whole, recognised again, and never put twice', async () => {
    const odd = letter(1, { extra: ['X-Odd: yes'] });
    const road = roadTo(
      { refuse: ({ bytes }) => (/^X-Odd: yes\r$/m.test(text(bytes)) ? 'NO X-Odd' : null) },
      odd,
      letter(2),
    );
    assert.equal((await road.move()).copied, 2);
    assert.match(text(road.target.messages(INBOX).at(-1)!.bytes), /X-Malleposte-Original: sha256=/);
    const proof = await road.prove();
    assert.ok(holds(proof));
    assert.deepEqual(
      findings(road).map(({ is, classes }) => [is, classes]),
      [
        ['altered', ['wrapped']],
        ['same', []],
      ],
    );
    assert.equal((await road.move()).carried, 0);
    const ledgerLost = memoryRoad(road.sources, road.target);
    assert.equal((await ledgerLost.move()).carried, 0, 'a wrapped message is known by what it wraps');
  });

  test('a forged claim to wrap a message does not make that message count as there', async () => {
    const genuine = letter(1);
    const { exact } = identify(genuine, { likely: false });
    const forged = letter(2, { extra: [`X-Malleposte-Original: sha256=${exact}`] });
    const road = roadTo({}, genuine);
    road.target.add(INBOX, { bytes: forged, receivedAt: DAY });
    assert.equal((await road.move()).copied, 1);
    assert.equal(road.target.messages(INBOX).length, 2);
  });

  test('everything: left, in the words of the server, never in silence', async () => {
    const road = roadTo(
      { refuse: ({ bytes }) => (bytes.length > 200 ? '[CANNOT] policy 7' : null) },
      letter(1, { body: 'x'.repeat(300) }),
      letter(2),
    );
    const summary = await road.move();
    assert.deepEqual([summary.entries, summary.copied, summary.left], [2, 1, 1]);
    const [left] = road.events.filter((event) => event.event === 'left');
    assert.equal(left?.event === 'left' && left.reason.answer, '[CANNOT] policy 7');
    const proof = await road.prove();
    assert.ok(holds(proof));
    assert.deepEqual([proof.left, proof.missing], [1, 0]);
  });

  test('what was left is tried again by the next run, and arrives when the target has changed its mind', async () => {
    const road = roadTo({ refuse: ({ n }) => (n < 100 ? 'not today' : null) }, letter(1), letter(2));
    assert.equal((await road.move()).left, 2);
    assert.equal((await road.move()).left, 2);
    road.target.behaviour.refuse = () => null;
    const summary = await road.move();
    assert.deepEqual([summary.left, summary.copied, summary.carried], [0, 2, 2]);
    assert.ok(holds(await road.prove()));
  });

  test('too large for what the target announced: left without being sent', async () => {
    const road = roadTo({ messageMaxBytes: 1000 }, letter(1, { body: 'x'.repeat(5000) }), letter(2));
    const summary = await road.move();
    assert.deepEqual([summary.copied, summary.left], [1, 1]);
  });

  test('a full target is no verdict on a message: the run pauses, and goes on when there is room', async () => {
    const road = roadTo({ quotaBytes: 600 }, ...[1, 2, 3, 4].map((n) => letter(n)));
    await assert.rejects(road.move(), { kind: 'full' });
    road.target.behaviour.quotaBytes = null;
    const summary = await road.move();
    assert.deepEqual([summary.copied, summary.left, summary.missing], [4, 0, 0]);
    assert.deepEqual(contents(road.target), contents(road.sources[0]!));
  });

  test('a folder that cannot be made: its messages are left with the reason', async () => {
    const road = roadTo(
      { refuseFolder: (path) => (path[0] === 'Files' ? 'reserved name' : null) },
      letter(1),
    );
    road.sources[0]!.add(['Files'], { bytes: letter(2), receivedAt: DAY });
    const summary = await road.move();
    assert.deepEqual([summary.copied, summary.left], [1, 1]);
  });

  test('marks that it does not keep are said', async () => {
    const road = memoryRoad(
      [memoryMailbox({ name: 'old' })],
      memoryMailbox({ name: 'new', behaviour: { keeps: ['\\Seen'] } }),
    );
    road.sources[0]!.add(INBOX, { bytes: letter(1), marks: ['\\Seen', 'projet'], receivedAt: DAY });
    assert.equal((await road.move()).altered, 1);
    assert.deepEqual(road.target.messages(INBOX)[0]!.marks, ['\\Seen']);
    assert.ok(holds(await road.prove()));
    assert.equal((await road.move()).carried, 0);
  });
});

suite('what a target alters with OK', () => {
  for (const behaviour of [{}, { tellsKey: false, withdraws: false }]) {
    test(`NUL, line ends and dates are named by class ${JSON.stringify(behaviour)}`, async () => {
      const alter = (bytes: Uint8Array) =>
        Buffer.from(text(bytes).replaceAll('\0', '\x80').replace(/\r?\n/g, '\r\n'), 'latin1');
      const alterDate = (date: number) => (date === DAY + 5000 ? DAY : date);
      const road = memoryRoad(
        [source(letter(1, { body: 'a\0b' }), Buffer.from('Subject: bare\n\nbare\n'), letter(3))],
        memoryMailbox({ name: 'new', behaviour: { ...behaviour, alter, alterDate } }),
      );
      road.sources[0]!.add(INBOX, { bytes: letter(4), receivedAt: DAY + 5000 });
      assert.equal((await road.move()).altered, 3);
      const proof = await road.prove();
      assert.ok(holds(proof), JSON.stringify(proof));
      const classes = findings(road).map(({ subject, classes }) => `${subject}: ${classes}`);
      assert.deepEqual(classes.sort(), ['Lettre 1: nul', 'Lettre 3: ', 'Lettre 4: date', 'bare: line-ends']);
      assert.equal((await road.move()).carried, 0);
    });
  }
});

suite('line ends of a file format', () => {
  for (const bytes of [10_000, 5_000_000]) {
    test(`a message of ${bytes} bytes with LF arrives with CRLF, the same message and not altered`, async () => {
      const body = Array.from({ length: bytes / 50 }, (_, n) => `ligne ${n} ${'x'.repeat(40)}`).join('\r\n');
      const original = letter(1, { body });
      const road = roadTo(
        { lineEnds: 'crlf' },
        Buffer.from(text(original).replaceAll('\r\n', '\n'), 'latin1'),
      );
      road.sources[0]!.behaviour.lineEnds = 'local';
      assert.equal((await road.move()).altered, 0);
      assert.ok(Buffer.from(road.target.messages(INBOX)[0]!.bytes).equals(original));
      assert.ok(holds(await road.prove()));
    });
  }
});

suite('odd messages', () => {
  for (const refuse of [
    () => null,
    ({ bytes }) => bareLf(bytes) ?? (text(bytes).includes('\0') ? 'NUL' : null),
  ] as Behaviour['refuse'][]) {
    test('each arrives, as it is or up the ladder; none is skipped', async () => {
      const odd = oddMessages();
      const road = roadTo({ refuse }, ...odd.map(({ bytes }) => bytes));
      const summary = await road.move();
      assert.deepEqual(
        [summary.entries, summary.copied, summary.left, summary.missing],
        [odd.length, odd.length, 0, 0],
      );
      assert.ok(holds(await road.prove()));
      assert.equal((await road.move()).carried, 0);
    });
  }

  test('vanished between listing and reading, or unreadable: left with the reason', async () => {
    const road = roadTo({}, letter(1), letter(2), letter(3));
    const [first, second] = road.sources[0]!.messages(INBOX);
    road.sources[0]!.behaviour.leavesOut = (key) => key === first!.key;
    road.sources[0]!.behaviour.unreadable = (key) => (key === second!.key ? 'corrupt item' : null);
    const summary = await road.move();
    assert.deepEqual([summary.copied, summary.left, summary.missing], [1, 2, 0]);
  });

  test('dates out of range are replaced and said', async () => {
    const road = memoryRoad([memoryMailbox({ name: 'old' })], memoryMailbox({ name: 'new' }));
    road.sources[0]!.add(INBOX, { bytes: letter(1), receivedAt: Date.UTC(1969, 5, 1) });
    assert.equal((await road.move()).altered, 1);
    assert.equal(road.target.messages(INBOX)[0]!.receivedAt, Date.parse('2022-03-02T09:00:00Z'));
  });
});
