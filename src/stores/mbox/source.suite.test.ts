import { appendFile, mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { openBelow } from '../open-below.fixture.ts';
import { type Packing, stageFor } from '../packed.fixture.ts';
import { sourceSuite } from '../source.suite.ts';
import type { SeedMessage } from '../stand.suite.ts';
import { openMboxSource } from './source.ts';

/** The hands of the test write as Thunderbird does: mboxrd, `X-Mozilla-Status` in place, `.sbd` for children. */
for (const packing of ['plain', 'zip', 'stored zip'] as const satisfies readonly Packing[])
  sourceSuite({
    name: `mbox source, ${packing}`,
    make: async () => {
      const stage = stageFor(packing, 'mbox-suite-');
      const { root, settle } = stage;
      const connect = () => openMboxSource({ path: stage.path, name: `mbox:${stage.path}` });
      const fileOf = (folder: readonly string[]) =>
        path.join(root, ...folder.slice(0, -1).map((segment) => `${segment}.sbd`), folder.at(-1)!);
      const source = connect();
      return {
        source,
        again: async () => connect(),
        async seed(folder, messages) {
          await mkdir(path.dirname(fileOf(folder)), { recursive: true });
          await appendFile(fileOf(folder), Buffer.concat(messages.map(written)));
          settle();
        },
        expected: (message) => ({ ...message, bytes: stored(message) }),
        holdsPath: (folder) =>
          folder.every((name) => !stage.refuses.test(name) && Buffer.byteLength(name) < 250),
        async flag(folder, key, marks) {
          const file = await open(fileOf(folder), 'r+');
          const head = Buffer.alloc(500);
          const offset = Number(key.split('.')[0]);
          await file.read(head, 0, head.length, offset);
          const at = head.indexOf('X-Mozilla-Status: ') + 'X-Mozilla-Status: '.length;
          await file.write(bitsOf(marks), offset + at);
          await file.close();
          settle();
        },
        open: openBelow(stage.path),
        async close() {
          await source.close();
          stage.remove();
        },
      };
    },
  });

const BITS: Record<string, number> = {
  '\\Seen': 1,
  '\\Answered': 2,
  '\\Flagged': 4,
  '\\Deleted': 8,
  $Forwarded: 4096,
};

function bitsOf(marks: readonly string[]): string {
  return marks
    .reduce((sum, mark) => sum + (BITS[mark] ?? 0), 0)
    .toString(16)
    .padStart(4, '0');
}

function stored({ bytes, marks }: SeedMessage): Buffer {
  const keys = marks.filter((mark) => !(mark in BITS) && mark !== '\\Draft').join(' ');
  const draft = marks.includes('\\Draft') ? 'X-Status: T\r\n' : '';
  const header = `X-Mozilla-Status: ${bitsOf(marks)}\r\nX-Mozilla-Keys: ${keys}\r\n${draft}`;
  const text = Buffer.from(bytes).toString('latin1');
  return Buffer.from(`${header}${text}${text.endsWith('\n') ? '' : '\n'}`, 'latin1');
}

function written(message: SeedMessage): Buffer {
  const [day, date, month, year, time] = new Date(message.receivedAt ?? 0).toUTCString().split(' ');
  const postmark = `From - ${day!.slice(0, 3)} ${month} ${date} ${time} ${year}`;
  const quoted = stored(message)
    .toString('latin1')
    .replace(/^(>*From )/gm, '>$1');
  return Buffer.from(`${postmark}\n${quoted}\n`, 'latin1');
}
