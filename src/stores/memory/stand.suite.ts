import type { SourceStand } from '../source.suite.ts';
import type { Source } from '../source.ts';
import type { TargetStand } from '../target.suite.ts';
import type { Target } from '../target.ts';
import { type Behaviour, type Fate, type MemoryMailbox, memoryMailbox } from './mailbox.ts';

/** A source in memory to hold to the laws; `around` puts something around it. */
export async function memorySourceStand(
  options: {
    behaviour?: Partial<Behaviour>;
    around?: (source: Source, mailbox: MemoryMailbox) => Source;
  } = {},
): Promise<SourceStand & { mailbox: MemoryMailbox }> {
  const mailbox = memoryMailbox({ name: 'suite', behaviour: { pieceBytes: 1000, ...options.behaviour } });
  const { around = (source: Source) => source } = options;
  const connect = (): Source => around(mailbox.source(), mailbox);
  const source = connect();
  return {
    mailbox,
    source,
    close: () => source.close(),
    again: async () => connect(),
    open: mailbox.open,
    async seed(path, messages) {
      mailbox.folder({ path });
      for (const message of messages) mailbox.add(path, message);
    },
    expunge: async (path, key) => mailbox.expunge(path, [key]),
    flag: async (path, key, marks) => mailbox.flag(path, key, marks),
    renumber: async (path) => mailbox.renumber(path),
    cutBody: (_path, key) => cutOnce(mailbox, key),
  };
}

/** The next reading of this message is cut in the middle. */
export function cutOnce(mailbox: MemoryMailbox, key: string): void {
  mailbox.behaviour.cutBodyAt = (asked) => {
    if (asked !== key) return null;
    mailbox.behaviour.cutBodyAt = () => null;
    return Math.floor(
      (mailbox
        .paths()
        .flatMap((path) => mailbox.messages(path))
        .find((each) => each.key === key)?.bytes.length ?? 0) / 2,
    );
  };
}

/** A target in memory to hold to the laws. */
export async function memoryTargetStand(
  options: {
    behaviour?: Partial<Behaviour>;
    around?: (target: Target, mailbox: MemoryMailbox) => Target;
  } = {},
): Promise<TargetStand & { mailbox: MemoryMailbox }> {
  const refused = { bytes: Buffer.from('Refuse: me\r\n\r\n'), marks: [], receivedAt: 86_400_000 };
  const refusedPath = ['Not here'];
  const mailbox = memoryMailbox({
    name: 'suite',
    behaviour: {
      refuse: ({ bytes }) => (refused.bytes.equals(bytes) ? 'NO I do not like it' : null),
      refuseFolder: (path) => (path[0] === refusedPath[0] ? 'NO not here' : null),
      messageMaxBytes: 2_000_000,
      ...options.behaviour,
    },
  });
  const { around = (target: Target) => target } = options;
  const connect = (): Target => around(mailbox.target(), mailbox);
  const target = connect();
  return {
    ...{ mailbox, target, refused, refusedPath },
    close: () => target.close(),
    again: async () => connect(),
    open: mailbox.open,
    expunge: async (path, key) => mailbox.expunge(path, [key]),
    cutBody: (_path, key) => cutOnce(mailbox, key),
    fill() {
      mailbox.behaviour.quotaBytes = 1;
    },
    makeRoom() {
      mailbox.behaviour.quotaBytes = null;
    },
    cutPut() {
      const first = new Map<number, Fate>([
        [3, 'landed'],
        [4, { late: { ms: 50 } }],
        [5, 'not-landed'],
      ]);
      mailbox.behaviour.fate = ({ n }) => first.get(n) ?? 'acknowledged';
    },
  };
}
