import { mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { emlxMarks, writeEmlx } from '../../formats/emlx/emlx.fixture.ts';
import { readExtent, readNoted } from '../../formats/emlx/index.ts';
import { headerEnd } from '../../mail/header.ts';
import { openBelow } from '../open-below.fixture.ts';
import { type Packing, stageFor } from '../packed.fixture.ts';
import { sourceSuite } from '../source.suite.ts';
import { openEmlSource } from './source.ts';

const STORE = '8D7A2C1E-9F3B-4C5D-8E6F-0A1B2C3D4E5F';

/** The message without its body, and the body; null where it has none, or no header of lines. */
function partsOf(bytes: Uint8Array): { message: Buffer; body: Uint8Array } | null {
  const { end, body } = headerEnd(bytes);
  if (body >= bytes.length || bytes[end - 1] !== 10) return null;
  const field = Buffer.from(`X-Apple-Content-Length: ${bytes.length - body}\r\n`);
  return {
    message: Buffer.concat([bytes.subarray(0, end), field, bytes.subarray(end, body)]),
    body: bytes.subarray(body),
  };
}

/**
 * The hands of the test write as Apple Mail does: mailboxes in mailboxes, a directory for each thousand, marks in place, every
 * third message in parts.
 */
for (const packing of ['plain', 'zip'] as const satisfies readonly Packing[])
  sourceSuite({
    name: `eml source, a tree of Apple Mail, ${packing}`,
    make: async () => {
      const stage = stageFor(packing, 'emlx-suite-');
      const { root, settle } = stage;
      const connect = () => openEmlSource({ path: stage.path, name: `eml:${stage.path}` });
      const source = connect();
      const mailbox = (folder: readonly string[]) => path.join(root, ...folder.map((name) => `${name}.mbox`));
      const fileOf = (folder: readonly string[], key: string) =>
        path.join(mailbox(folder), key.slice(0, key.lastIndexOf('/')));
      let count = 990;
      return {
        source,
        open: openBelow(stage.path),
        again: async () => connect(),
        async seed(folder, messages) {
          mkdirSync(mailbox(folder), { recursive: true });
          for (const { bytes, marks, receivedAt } of messages) {
            count += 1;
            const thousand = count < 1000 ? [] : [String(Math.floor(count / 1000))];
            const directory = path.join(mailbox(folder), STORE, 'Data', ...thousand, 'Messages');
            mkdirSync(directory, { recursive: true });
            const parts = count % 3 === 0 ? partsOf(bytes) : null;
            const name = parts === null ? `${count}.emlx` : `${count}.partial.emlx`;
            writeFileSync(
              path.join(directory, name),
              writeEmlx(parts?.message ?? bytes, { marks, receivedAt }),
            );
            if (parts === null) continue;
            const beside = path.join(directory, '..', 'Attachments', String(count), '1');
            mkdirSync(beside, { recursive: true });
            writeFileSync(path.join(beside, 'body.txt'), parts.body);
          }
          settle();
        },
        expected: (message) => ({ ...message, marks: emlxMarks(message.marks) }),
        holdsPath: (folder) =>
          folder.every((name) => !stage.refuses.test(name) && Buffer.byteLength(name) < 251),
        async flag(folder, key, marks) {
          const file = readFileSync(fileOf(folder, key));
          const { start, length } = readExtent(file, file.length);
          const { receivedAt } = readNoted(file.subarray(start + length));
          const message = file.subarray(start, start + length);
          writeFileSync(fileOf(folder, key), writeEmlx(message, { marks, receivedAt }));
          settle();
        },
        async expunge(folder, key) {
          unlinkSync(fileOf(folder, key));
          settle();
        },
        async close() {
          await source.close();
          stage.remove();
        },
      };
    },
  });
