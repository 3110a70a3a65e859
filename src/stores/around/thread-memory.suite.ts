/** A thread for tests: a mailbox in memory, the hands of the test on it, and ways to die. */
import { setTimeout as sleep } from 'node:timers/promises';
import { BroadcastChannel } from 'node:worker_threads';
import { Trouble } from '../../trouble.ts';
import type { Body, Hold } from '../hold.ts';
import { memoryHold } from '../holds/memory.ts';
import { type MemoryMailbox, memoryMailbox } from '../memory/mailbox.ts';
import { cutOnce } from '../memory/stand.suite.ts';
import type { Received, Source, Unread } from '../source.ts';
import type { SeedMessage } from '../stand.suite.ts';
import { serveSource } from './thread-serve.ts';

export type Hand =
  | { act: 'seed'; path: readonly string[]; messages: readonly SeedMessage[] }
  | { act: 'expunge'; path: readonly string[]; key: string }
  | { act: 'flag'; path: readonly string[]; key: string; marks: readonly string[] }
  | { act: 'renumber'; path: readonly string[] }
  | { act: 'cut'; key: string };

export interface FixtureOptions {
  /** On which the hands are heard. */
  channel: string;
  letters?: readonly SeedMessage[];
  /** What happens at the n-th letter. */
  evil?: { at: readonly number[]; how: Evil; in: 'read' | 'entries' };
  /** Each body is begun, and goes on a moment later. */
  hesitates?: boolean;
}

/** `memory`: takes more than there is; `loop`: comes to no end; `bug`: throws what is no Trouble; `uncaught`: beside every call. */
export type Evil = 'memory' | 'loop' | 'bug' | 'uncaught' | 'exit' | 'extra';

serveSource(({ channel, letters = [], evil, hesitates }: FixtureOptions): Source => {
  const mailbox = memoryMailbox({ name: 'suite', behaviour: { pieceBytes: 1000 } });
  const added = letters.map((each) => mailbox.add(['INBOX'], each));
  const struck = new Set(evil?.at.map((n) => added[n]));
  const strikes = (where: 'read' | 'entries', key: string) => evil?.in === where && struck.has(key);
  const hands = new BroadcastChannel(channel);
  hands.onmessage = ({ data }: { data: Hand | 'done' }) => {
    if (data === 'done') return;
    act(mailbox, data);
    hands.postMessage('done');
  };
  hands.unref();
  const source = mailbox.source();
  return {
    name: source.name,
    traits: source.traits,
    folders: () => source.folders(),
    changes: (folder, since) => source.changes(folder, since),
    async *entries(folder, since) {
      for await (const entry of source.entries(folder, since)) {
        if (strikes('entries', entry.key)) await beEvil(evil!.how);
        yield entry;
      }
    },
    async *read(folder, keys, hold) {
      if (hesitates) yield* hesitantly(source.read(folder, keys, memoryHold()), hold);
      else
        for (const key of keys)
          for await (const answer of source.read(folder, [key], hold)) {
            if (!strikes('read', key)) yield answer;
            else if (evil!.how !== 'extra') await beEvil(evil!.how);
            else yield Object.assign(answer, { extra: { deep: [1, new Trouble('refused', NOTED)] } });
          }
    },
    aside: () => [{ path: 'a', because: 'no-mail' }],
    close: () => source.close(),
  };
});

const NOTED = { tried: 'read-message', on: 'a part', answer: 'noted' } as const;

async function* hesitantly<B>(
  answers: AsyncIterable<Received<Body> | Unread>,
  hold: Hold<B>,
): AsyncGenerator<Received<B> | Unread> {
  for await (const answer of answers) {
    if (answer.is === 'unread') yield answer;
    else {
      const sink = hold.begin(answer.body.size);
      for (const piece of answer.body.chunks()) {
        sink.write(piece.slice(0, 1));
        await sleep(20);
        sink.write(piece.slice(1));
      }
      answer.body.release();
      yield { ...answer, body: sink.end() };
    }
  }
}

function act(mailbox: MemoryMailbox, hand: Hand): void {
  if (hand.act === 'seed') {
    mailbox.folder({ path: hand.path });
    for (const message of hand.messages) mailbox.add(hand.path, message);
  } else if (hand.act === 'expunge') mailbox.expunge(hand.path, [hand.key]);
  else if (hand.act === 'flag') mailbox.flag(hand.path, hand.key, hand.marks);
  else if (hand.act === 'renumber') mailbox.renumber(hand.path);
  else cutOnce(mailbox, hand.key);
}

async function beEvil(how: Evil): Promise<void> {
  if (how === 'bug') throw new TypeError('a bug of ours');
  if (how === 'exit') process.exit(3);
  if (how === 'uncaught') {
    setImmediate(() => {
      throw new RangeError('beside every call');
    });
    await new Promise(() => {});
  }
  const kept: unknown[] = [];
  for (;;) if (how === 'memory') kept.push({ n: kept.length, text: `kept ${kept.length}` });
}
