import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Trouble } from '../trouble.ts';
import type { MemoryMailbox } from './memory/mailbox.ts';
import { memoryTargetStand } from './memory/stand.suite.ts';
import { readerLaws } from './reader.suite.ts';
import { targetLaws, targetSuite } from './target.suite.ts';
import type { Landed, Parcel, Place, Refused, Target } from './target.ts';

const noStall = { law: 'every wait ends', because: 'memory has no other side that could fall silent' };

targetSuite({ name: 'memory as a target', make: memoryTargetStand, skip: [noStall] });
targetSuite({
  name: 'memory as a target without keys, removal, positions; five marks',
  make: async () => {
    const keeps = ['\\Answered', '\\Deleted', '\\Draft', '\\Flagged', '\\Seen'];
    const behaviour = { tellsKey: false, withdraws: false, tellsPosition: false, tellsState: false, keeps };
    const stand = await memoryTargetStand({ behaviour });
    return {
      ...stand,
      expected: (message) => ({ ...message, marks: message.marks.filter((mark) => keeps.includes(mark)) }),
    };
  },
  skip: [noStall],
});

type Fault = (target: Target, mailbox: MemoryMailbox) => Partial<Target>;

/** For each law of its own a target that breaks it. */
const faults: Record<string, Fault[]> = {
  'prepare twice is once': [
    (target) => {
      let n = 0;
      return {
        prepare: async (path, ...rest) => ({ ...(await target.prepare(path, ...rest)), handle: String(n++) }),
      };
    },
    (target) => {
      const made = new Set<string>();
      return {
        async prepare(path, ...rest) {
          if (made.has(path.join()))
            throw new Trouble('refused', { tried: 'create-folder', on: path.join() });
          made.add(path.join());
          return target.prepare(path, ...rest);
        },
      };
    },
  ],
  'prepare answers the folder that is there, whoever made it': [
    (target, mailbox) => ({
      async prepare(path, ...rest) {
        mailbox.folder({ path });
        mailbox.expunge(path, 'all');
        return target.prepare(path, ...rest);
      },
    }),
    (target) => ({
      prepare: async (path, ...rest) => ({ ...(await target.prepare(path, ...rest)), role: null }),
    }),
  ],
  'missing parents are made': [
    (target) => ({
      async prepare(path, ...rest) {
        if (path.length > 1) throw new Trouble('refused', { tried: 'create-folder', on: path.join() });
        return target.prepare(path, ...rest);
      },
    }),
  ],
  'folders of every name can be made': [
    (target) => ({ prepare: (path, ...rest) => target.prepare(path.join('/').split('/'), ...rest) }),
    (target) => ({
      prepare: (path, ...rest) =>
        target.prepare(
          path.map((each) => each.slice(0, 64)),
          ...rest,
        ),
    }),
  ],
  'a folder that is refused is a Trouble refused': [
    (target) => ({
      prepare: (path, ...rest) => target.prepare(path[0] === 'Not here' ? ['INBOX'] : path, ...rest),
    }),
  ],
  'a folder is subscribed when asked': [
    (target) => ({ prepare: (path, role) => target.prepare(path, role, false) }),
  ],
  'what is put is read back under the key that was told': [
    (target) => putting(target, (list) => list.map((each) => ({ ...each, marks: [] }))),
    (target) =>
      putting(target, (list) => list.map((each) => ({ ...each, receivedAt: each.receivedAt! + 3_600_000 }))),
    (target) =>
      answering(target, (list) =>
        list.map((each, n) => (each.is === 'landed' ? { ...each, key: `1.${n + 2}` } : each)),
      ),
  ],
  'each step is answered once, under its own key': [
    (target) => answering(target, (list) => list.slice(1)),
    (target) => answering(target, (list) => [...list, ...list.slice(0, 1)]),
    // As when the keys of a group are matched in the wrong order.
    (target) =>
      answering(target, (list) => {
        const keys = list.map((each) => (each.is === 'landed' ? each.key : null)).reverse();
        return list.map((each, n) => (each.is === 'landed' ? { ...each, key: keys[n]! } : each));
      }),
  ],
  'a key is told where the traits say so, and only there': [
    (target) => ({ traits: { ...target.traits, tellsKey: false } }),
    (target) => answering(target, (list) => list.map((each) => ({ ...each, key: null }) as Landed)),
  ],
  'marks that a place keeps are kept': [
    (target) =>
      putting(target, (list) =>
        list.map((each) => ({ ...each, marks: each.marks.filter((mark) => mark.startsWith('\\')) })),
      ),
  ],
  'a message without a date gets the target’s own now': [
    (target) =>
      putting(target, (list) => list.map((each) => ({ ...each, receivedAt: each.receivedAt ?? 0 }))),
  ],
  'genuine twins both land': [
    (target) =>
      putting(target, (list) => [...new Map(list.map((each) => [String(each.body.memory), each])).values()]),
  ],
  'bodies may come from memory or in pieces that are used again': [
    (target) =>
      putting(target, (list) =>
        list.map((each) => {
          const pieces = [...each.body.chunks()];
          return { ...each, body: { ...each.body, chunks: () => pieces } };
        }),
      ),
    (target) =>
      putting(target, (list) =>
        list.map((each) => ({ ...each, body: { ...each.body, chunks: () => [each.body.memory!] } })),
      ),
  ],
  'odd messages arrive as known, or are refused in words': [
    (_target, mailbox) => {
      mailbox.behaviour.alter = (bytes) => bytes.map((byte) => (byte === 0 ? 0x80 : byte));
      return {};
    },
    (_target, mailbox) => {
      mailbox.behaviour.refuse = ({ bytes }) => (bytes.includes(0) ? 'NO contains NUL' : null);
      return {};
    },
  ],
  'a refusal of one message does not harm the others': [
    (target) => ({
      async *put(place, list) {
        for await (const answer of target.put(place, list)) {
          yield answer;
          if (answer.is === 'refused') throw answer.trouble;
        }
      },
    }),
    (_target, mailbox) => {
      mailbox.behaviour.refuse = () => null;
      return {};
    },
  ],
  'a message above the announced size is refused': [
    (target, mailbox) => {
      const { traits } = target;
      mailbox.behaviour.messageMaxBytes = null;
      return { traits };
    },
  ],
  'full is thrown, never a refusal': [
    (target) => ({
      async *put(place, list) {
        for (const each of list)
          try {
            yield* target.put(place, [each]);
          } catch (error) {
            if (!(error instanceof Trouble)) throw error;
            yield { is: 'refused', step: each.step, trouble: new Trouble('refused', error) };
          }
      },
    }),
  ],
  'a put that is cut throws lost and is never repeated': [
    (target) => ({
      async *put(place, list) {
        const open = new Set(list.map((each) => each.step));
        for (let attempt = 0; open.size > 0; attempt += 1)
          try {
            for await (const answer of target.put(
              place,
              list.filter((each) => open.has(each.step)),
            )) {
              open.delete(answer.step);
              yield answer;
            }
          } catch (error) {
            if (attempt === 3) throw error;
          }
        throw new Trouble('lost', { tried: 'store-message', on: 'x' });
      },
    }),
    (target) => ({
      async *put(place, list) {
        try {
          yield* target.put(place, list);
        } catch {
          // The cut passes for an end.
        }
      },
    }),
  ],
  'entries since a position tells at least what landed since': [
    (target) => ({
      async *entries(folder, since) {
        const list = [];
        for await (const entry of target.entries(folder, since)) list.push(entry);
        yield* since == null ? list : list.slice(0, -1);
      },
    }),
  ],
  'mark sets and unsets, twice is once, and answers each key': [
    (target) => ({
      mark: (place, changes) =>
        target.mark(
          place,
          changes.map((change) => ({ ...change, remove: [] })),
        ),
    }),
    (target) => ({
      mark: async (place, changes) => (await target.mark(place, changes)).slice(1),
    }),
  ],
  'marking a key that is gone is missing, and the others are marked': [
    (target) => ({
      mark: async (place, changes) =>
        (await target.mark(place, changes)).map(({ key }) => ({ key, is: 'marked' as const })),
    }),
    (target) => ({
      async mark(place, changes) {
        const answers = [];
        for (const change of changes) {
          const [answer] = await target.mark(place, [change]);
          if (answer!.is === 'missing')
            throw new Trouble('missing', { tried: 'mark-message', on: change.key });
          answers.push(answer!);
        }
        return answers;
      },
    }),
  ],
  'withdraw removes exactly these keys, or refuses and removes nothing': [
    // A plain EXPUNGE.
    (target, mailbox) => ({
      async withdraw(place, keys) {
        const deleted = mailbox.messages(place.path).filter((each) => each.marks.includes('\\Deleted'));
        await target.withdraw(place, [...keys, ...deleted.map((each) => each.key)]);
      },
    }),
    // Marks first, then finds that it cannot.
    (target) => ({
      async withdraw(place, keys) {
        await target.mark(
          place,
          keys.map((key) => ({ key, add: ['\\Deleted'], remove: [] })),
        );
        throw new Trouble('refused', { tried: 'remove-message', on: 'x' });
      },
    }),
    () => ({ withdraw: async () => {} }),
  ],
  'puts run together, into one place and into several': [
    // One selected folder for all calls.
    (target) => {
      let selected: Place;
      return {
        async *put(place, list) {
          selected = place;
          for (const each of list) {
            await new Promise(setImmediate);
            yield* target.put(selected, [each]);
          }
        },
      };
    },
  ],
  'nothing put, nothing answered; a put broken off leaves the target usable': [
    (target) => ({
      async *put(place, list) {
        if (list.length === 0) throw new Trouble('refused', { tried: 'store-message', on: 'x' });
        yield* target.put(place, list);
      },
    }),
    (target) => {
      let busy = false;
      return {
        async *put(place, list) {
          if (busy) throw new Trouble('lost', { tried: 'store-message', on: 'x' });
          busy = true;
          yield* target.put(place, list);
          busy = false;
        },
      };
    },
  ],
  'a place that is not there is a Trouble, and nothing is stored': [
    (target) => ({
      async *put(place, list) {
        if (place.handle !== 'No such folder') yield* target.put(place, list);
        else yield* target.put(await target.prepare(['INBOX'], null, false), list);
      },
    }),
  ],
  'the quota, where told, is used and allowed bytes': [
    () => ({ quota: async () => ({ usedBytes: 5_000_000, limitBytes: 2048 }) }),
  ],
};

for (const title of Object.keys(targetLaws).filter((each) => !(each in readerLaws)))
  test(`planted faults: ${title}`, async () => {
    const list = faults[title] ?? [];
    assert.ok(list.length > 0, 'each law is proved by a fault');
    for (const [n, fault] of list.entries()) {
      const stand = await memoryTargetStand({
        around: (target, mailbox) => ({ ...target, ...fault(target, mailbox) }),
      });
      const broken = await targetLaws[title]!.run(stand).then(
        () => null,
        (error: unknown) => error,
      );
      assert.ok(broken, `fault ${n} of "${title}" is seen`);
    }
  });

function putting(target: Target, alter: (list: readonly Parcel[]) => Parcel[]): Partial<Target> {
  return { put: (place, list) => target.put(place, alter(list)) };
}

function answering(
  target: Target,
  alter: (answers: (Landed | Refused)[]) => (Landed | Refused)[],
): Partial<Target> {
  return {
    async *put(place, list) {
      const answers: (Landed | Refused)[] = [];
      for await (const answer of target.put(place, list)) answers.push(answer);
      yield* alter(answers);
    },
  };
}
