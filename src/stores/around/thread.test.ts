import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BroadcastChannel } from 'node:worker_threads';
import { isTrouble, Trouble } from '../../trouble.ts';
import type { Folder } from '../entry.ts';
import type { Body, Hold } from '../hold.ts';
import { memoryHold } from '../holds/memory.ts';
import { type SourceStand, sourceSuite } from '../source.suite.ts';
import type { Received, Source, Unread } from '../source.ts';
import { collect, folderAt, letter, letters } from '../stand.suite.ts';
import { type ThreadOptions, threadSource } from './thread.ts';
import type { FixtureOptions, Hand } from './thread-memory.suite.ts';
import { BodyThere, Places, pack, unpack } from './thread-words.ts';

interface Stand extends SourceStand {
  hand(hand: Hand): Promise<void>;
}

let channels = 0;

function openThread(
  fixture: Partial<FixtureOptions> = {},
  more: Partial<ThreadOptions<FixtureOptions>> = {},
) {
  return threadSource<FixtureOptions>({
    name: 'memory:suite',
    traits: { bytes: 'original', marks: true, lanes: 4 },
    entry: new URL('./thread-memory.suite.ts', import.meta.url),
    options: { channel: `thread ${process.pid} ${++channels}`, ...fixture },
    ...more,
  });
}

function threadStand(): Stand {
  const channel = `stand ${process.pid} ${++channels}`;
  const source = openThread({ channel });
  const hands = new BroadcastChannel(channel);
  let begun = false;
  const hand = async (what: Hand): Promise<void> => {
    if (!begun) await source.folders();
    begun = true;
    const done = new Promise<void>((resolve) => {
      hands.onmessage = () => resolve();
    });
    hands.postMessage(what);
    await done;
  };
  return {
    ...{ source, hand },
    async close() {
      await source.close();
      hands.close();
    },
    seed: (path, messages) => hand({ act: 'seed', path, messages }),
    expunge: (path, key) => hand({ act: 'expunge', path, key }),
    flag: (path, key, marks) => hand({ act: 'flag', path, key, marks }),
    renumber: (path) => hand({ act: 'renumber', path }),
    cutBody: (_path, key) => hand({ act: 'cut', key }),
  };
}

sourceSuite({
  name: 'memory in a thread',
  make: async () => threadStand(),
  skip: [{ law: 'every wait ends', because: 'memory has no other side that could fall silent' }],
});

test('a source that nobody asks starts no thread, and closes', async () => {
  const source = threadSource({
    ...{ name: 'x', traits: { bytes: 'original', marks: true, lanes: 1 }, options: null },
    entry: new URL('./no-such-file.ts', import.meta.url),
  });
  await source.close();
  await assert.rejects(source.folders(), (error) => isTrouble(error, 'lost'));
});

const inbox = (source: Source): Promise<Folder> => folderAt(source, ['INBOX']);

async function readAll(
  source: Source,
  hold: Hold<Body> = memoryHold(),
): Promise<(Received<Body> | Unread)[]> {
  const folder = await inbox(source);
  const keys = (await collect(source.entries(folder))).map(({ key }) => key);
  return collect(source.read(folder, keys, hold));
}

test('what the sides say to each other: Troubles, errors, bodies and whatever else an answer has', () => {
  const cause = Object.assign(new Error('EIO: disk'), { code: 'EIO' });
  const trouble = new Trouble('busy', {
    tried: 'read-file',
    on: 'x',
    answer: 'wait',
    retryAfterMs: 5,
    cause,
  });
  const value = {
    key: 'k',
    body: new BodyThere(3),
    notes: [{ trouble }],
    bug: new TypeError('a bug'),
    none: null,
  };
  const there = unpack(structuredClone(pack(value)), (n) => `body ${n}`) as typeof value;
  const { body, key, none } = there;
  assert.deepEqual([key, body, none], ['k', 'body 3', null]);
  const got = there.notes[0]!.trouble;
  assert.ok(got instanceof Trouble);
  const facts = ({ kind, tried, on, answer, retryAfterMs, message, stack }: Trouble) => ({
    kind,
    tried,
    on,
    answer,
    retryAfterMs,
    message,
    stack,
  });
  assert.deepEqual(facts(got), facts(trouble));
  assert.deepEqual(
    [(got.cause as Error).message, (got.cause as { code?: string }).code],
    ['EIO: disk', 'EIO'],
  );
  assert.ok(there.bug instanceof Error && !(there.bug instanceof Trouble));
  assert.deepEqual([there.bug.name, there.bug.stack], ['TypeError', value.bug.stack]);
});

test('who pours faster than is taken has no place', () => {
  const [mine, yours] = [new Places(), new Places()].map((_, n, all) =>
    n === 0 ? all[0]! : new Places(all[0]!.memory),
  );
  const taken: number[] = [];
  for (let place = mine!.take(); place !== null; place = mine!.take()) taken.push(place);
  assert.equal(new Set(taken).size, taken.length);
  assert.equal(yours!.take(), null);
  yours!.free(7);
  assert.equal(mine!.takeWaiting(), 7);
});

test('messages far larger than what may be on its way come whole, several at once', async () => {
  const sizes = [9_000_000, 1, 65_536, 65_537, 3_000_000];
  const messages = sizes.map((size, n) => letter(n, { bytes: Buffer.alloc(size, n + 65) }));
  const source = openThread({ letters: messages });
  try {
    const runs = await Promise.all([readAll(source), readAll(source), readAll(source)]);
    for (const answers of runs)
      for (const [n, answer] of answers.entries()) {
        assert.ok(answer.is === 'received');
        assert.ok(Buffer.from(messages[n]!.bytes).equals(answer.body.memory!), `message ${n}`);
      }
  } finally {
    await source.close();
  }
});

test('more readings at once than there are places for their bytes', { timeout: 30_000 }, async () => {
  const source = openThread({ letters: letters(5), hesitates: true });
  try {
    const folder = await folderAt(source, ['INBOX']);
    const keys = (await collect(source.entries(folder))).map(({ key }) => key);
    const readings = Array.from({ length: 60 }, () => collect(source.read(folder, keys, memoryHold())));
    for (const answers of await Promise.all(readings))
      assert.equal(answers.filter(({ is }) => is === 'received').length, 5);
  } finally {
    await source.close();
  }
});

test('members of an answer that this knows nothing of are carried through', async () => {
  const source = openThread({ letters: letters(3), evil: { at: [1], how: 'extra', in: 'read' } });
  try {
    const [, second] = await readAll(source);
    const [one, noted] = (second as unknown as { extra: { deep: [number, Trouble] } }).extra.deep;
    assert.equal(one, 1);
    assert.ok(isTrouble(noted, 'refused') && noted.answer === 'noted');
    assert.deepEqual(source.aside?.(), [{ path: 'a', because: 'no-mail' }]);
  } finally {
    await source.close();
  }
});

test('a bug comes with its stack', async () => {
  for (const where of ['read', 'entries'] as const) {
    const source = openThread({ letters: letters(3), evil: { at: [1], how: 'bug', in: where } });
    const error = await readAll(source).then(
      () => null,
      (bug: Error) => bug,
    );
    assert.ok(error !== null && !isTrouble(error), String(error));
    assert.match(error.stack!, /TypeError: a bug of ours[\s\S]*thread-memory\.suite\.ts/);
    await source.close();
  }
});

test('what is thrown beside every call ends the calls, as a bug', async () => {
  const source = openThread({ letters: letters(3), evil: { at: [1], how: 'uncaught', in: 'read' } });
  const error = await readAll(source).then(
    () => null,
    (bug: Error) => bug,
  );
  assert.match(String(error?.stack), /RangeError: beside every call/);
  await source.close();
});

for (const [how, answer] of [
  ['memory', /takes more than 40 MB/],
  ['loop', /came to no end within 4 s/],
  ['exit', /its thread ended/],
] as const) {
  // Each costs as long as a silence.
  const struck = how === 'loop' ? [3] : [3, 17];
  const more = { memoryMb: 40, silentMs: how === 'loop' ? 4_000 : 120_000 };

  test(`messages whose reading ends the thread are unread, the others come (${how})`, async () => {
    const source = openThread({ letters: letters(30), evil: { at: struck, how, in: 'read' } }, more);
    try {
      const answers = await readAll(source);
      assert.equal(new Set(answers.map(({ key }) => key)).size, 30);
      const unread = answers.filter((each) => each.is === 'unread');
      assert.equal(unread.length, struck.length);
      for (const { trouble } of unread) {
        assert.equal(trouble.kind, 'malformed');
        assert.match(trouble.answer!, answer);
      }
      const received = answers.filter((each) => each.is === 'received');
      for (const { body } of received) assert.match(Buffer.from(body.memory!).toString(), /Bien|Lettre/);
    } finally {
      await source.close();
    }
  });

  test(`a listing that ends the thread is malformed, and the source goes on (${how})`, async () => {
    const source = openThread({ letters: letters(5), evil: { at: [3], how, in: 'entries' } }, more);
    try {
      const folder = await inbox(source);
      await assert.rejects(
        collect(source.entries(folder)),
        (error) => isTrouble(error, 'malformed') && answer.test(error.answer!),
      );
      assert.equal((await collect(source.changes(folder, null))).length, 6);
    } finally {
      await source.close();
    }
  });
}

test('of several calls that end with the thread, those that may be tried again are lost', async () => {
  const source = openThread({ letters: letters(40), evil: { at: [20], how: 'exit', in: 'read' } });
  const folder = await inbox(source);
  const listing = source.entries(folder)[Symbol.asyncIterator]();
  await listing.next();
  const keys = (await collect(source.entries(folder))).map(({ key }) => key);
  const reading = collect(source.read(folder, keys, memoryHold()));
  const both = await Promise.all([reading, reading.then(() => drain(listing))]).catch((error) => error);
  if (Array.isArray(both)) assert.equal(both[0].length, 40);
  else assert.ok(isTrouble(both, 'lost'), String(both));
  await source.close();
});

async function drain(iterator: AsyncIterator<unknown>): Promise<void> {
  while (!(await iterator.next()).done);
}

test('a hold that takes no more ends the reading with its own Trouble; nothing is kept', async () => {
  const source = openThread({ letters: letters(40) });
  let [begun, given] = [0, 0];
  const hold: Hold<Body> = {
    begin(hint) {
      const sink = memoryHold().begin(hint);
      const full = begun++ === 10;
      return {
        write(piece) {
          if (full) throw new Trouble('full', { tried: 'write-file', on: 'disk' });
          sink.write(piece);
        },
        end: () => ({ ...sink.end(), release: () => void given++ }),
        abort: () => void given++,
      };
    },
  };
  try {
    const answers: (Received<Body> | Unread)[] = [];
    const folder = await inbox(source);
    const keys = (await collect(source.entries(folder))).map(({ key }) => key);
    await assert.rejects(
      async () => {
        for await (const answer of source.read(folder, keys, hold)) answers.push(answer);
      },
      (error) => isTrouble(error, 'full'),
    );
    for (const answer of answers) if (answer.is === 'received') answer.body.release();
    assert.equal(given, begun);
    assert.equal((await readAll(source)).length, 40);
  } finally {
    await source.close();
  }
});

test('closing ends a thread that is stuck', async () => {
  const source = openThread({ letters: letters(3), evil: { at: [1], how: 'loop', in: 'read' } });
  const reading = readAll(source).then(
    () => null,
    (error) => error,
  );
  const folder = await inbox(source);
  await collect(source.entries(folder));
  await source.close();
  const error = await reading;
  assert.ok(isTrouble(error, 'lost'), String(error));
});

test('a source that ended too many threads is given up, and says so, whatever is asked', async () => {
  const evil = { at: [1, 2, 3, 4, 5, 6, 7], how: 'exit', in: 'read' } as const;
  const source = openThread({ letters: letters(9), evil }, { endsMax: 5 });
  try {
    const folder = await inbox(source);
    const keys = (await collect(source.entries(folder))).map(({ key }) => key);
    const answers: unknown[] = [];
    await assert.rejects(
      async () => {
        for await (const answer of source.read(folder, keys, memoryHold())) answers.push(answer);
      },
      (error) => isTrouble(error, 'malformed') && /given up/.test(error.answer!),
    );
    assert.ok(answers.length > 3 && answers.length < 7, `${answers.length}`);
    for (const again of [source.folders(), collect(source.entries(folder))])
      await assert.rejects(again, (error) => isTrouble(error, 'malformed'));
  } finally {
    await source.close();
  }
});
