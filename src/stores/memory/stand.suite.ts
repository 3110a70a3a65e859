import type { SourceStand } from '../source.suite.ts';
import type { Source } from '../source.ts';
import type { Behaviour, MemoryMailbox } from './mailbox.ts';
import { memoryMailbox } from './mailbox.ts';

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
