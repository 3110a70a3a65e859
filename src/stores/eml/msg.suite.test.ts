import { mkdirSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type BagFacts, makeItem } from '../../formats/mapi/item.fixture.ts';
import type { Item } from '../../formats/mapi/item.ts';
import { marksOf } from '../../formats/mapi/marks.ts';
import { MessageFlag, PidTag, PropertySet, Ptyp } from '../../formats/mapi/properties.ts';
import { renderMessage } from '../../formats/mapi/render.ts';
import { writeMsg } from '../../formats/msg/msg.fixture.ts';
import { openBelow } from '../open-below.fixture.ts';
import { type Packing, stageFor } from '../packed.fixture.ts';
import { sourceSuite } from '../source.suite.ts';
import type { SeedMessage } from '../stand.suite.ts';
import { openEmlSource } from './source.ts';

/** What Outlook would keep of a message. */
function itemOf({ bytes, marks, receivedAt }: SeedMessage): { item: Item; file: Buffer } {
  const text = Buffer.from(bytes).toString('latin1');
  const field = (name: string) => new RegExp(`^${name}: (.*?)\r?$`, 'm').exec(text)?.[1] ?? '';
  const flags =
    (marks.includes('\\Seen') ? MessageFlag.Read : 0) | (marks.includes('\\Draft') ? MessageFlag.Unsent : 0);
  const verb = marks.includes('\\Answered') ? 102 : marks.includes('$Forwarded') ? 104 : 0;
  const keywords = marks.filter((mark) => !mark.startsWith('\\') && mark !== '$Forwarded');
  const named = [
    { set: PropertySet.PublicStrings, name: 'Keywords', type: Ptyp.Multiple | Ptyp.String, value: keywords },
  ];
  const delivered: BagFacts['properties'] =
    receivedAt === null ? {} : { [PidTag.MessageDeliveryTime]: new Date(receivedAt) };
  const item = makeItem({
    properties: {
      ...delivered,
      [PidTag.MessageClass]: 'IPM.Note',
      [PidTag.Subject]: field('Subject'),
      [PidTag.SenderEmailAddress]: field('From').replace(/^.*<|>.*$/g, ''),
      [PidTag.SenderAddressType]: 'SMTP',
      [PidTag.InternetMessageId]: field('Message-ID'),
      [PidTag.Body]: text,
      [PidTag.MessageFlags]: flags,
      [PidTag.FlagStatus]: marks.includes('\\Flagged') ? 2 : 0,
      [PidTag.LastVerbExecuted]: verb,
    },
    ...(keywords.length === 0 ? {} : { named }),
  });
  return { item, file: writeMsg(item, keywords.length === 0 ? [] : named) };
}

function rendered(item: Item): Buffer {
  const chunks = [...renderMessage(item, { codePage: 1252 }).chunks()];
  return Buffer.concat(chunks.map((chunk) => Buffer.from(chunk)));
}

/** What is expected is what rendering makes of the same item. Its marks do not change: Outlook's export is written once. */
for (const packing of ['plain', 'zip'] as const satisfies readonly Packing[])
  sourceSuite({
    name: `eml source, .msg files of Outlook, ${packing}`,
    make: async () => {
      const stage = stageFor(packing, 'msg-suite-');
      const { root, settle } = stage;
      const connect = () => openEmlSource({ path: stage.path, name: `eml:${stage.path}` });
      const source = connect();
      let count = 0;
      return {
        source,
        open: openBelow(stage.path),
        again: async () => connect(),
        async seed(folder, messages) {
          const directory = path.join(root, ...folder);
          mkdirSync(directory, { recursive: true });
          for (const message of messages)
            writeFileSync(path.join(directory, `${++count}.msg`), itemOf(message).file);
          settle();
        },
        expected(message) {
          const { item } = itemOf(message);
          return { ...message, bytes: rendered(item), marks: marksOf(item) };
        },
        holdsPath: (folder) =>
          folder.every((name) => !stage.refuses.test(name) && Buffer.byteLength(name) < 256),
        async expunge(folder, key) {
          unlinkSync(path.join(root, ...folder, key.slice(0, key.lastIndexOf('/'))));
          settle();
        },
        async close() {
          await source.close();
          stage.remove();
        },
      };
    },
  });
