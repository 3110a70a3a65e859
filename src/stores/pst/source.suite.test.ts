import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openPstInThread } from '../../app/pst-in-thread.ts';
import { marksOf } from '../../formats/mapi/marks.ts';
import { PidTag } from '../../formats/mapi/properties.ts';
import { renderMessage } from '../../formats/mapi/render.ts';
import { type FolderFacts, itemOf, type MessageFacts, makePst } from '../../formats/pst/write.fixture.ts';
import { openBelow } from '../open-below.fixture.ts';
import { type SourceStand, sourceSuite } from '../source.suite.ts';
import type { SeedMessage } from '../stand.suite.ts';
import { openPstSource } from './source.ts';

const PUBLIC_STRINGS = '00020329-0000-0000-c000-000000000046';
const MESSAGE_SIZE = 0x0e08;

type Properties = NonNullable<MessageFacts['properties']>;

/** What Outlook would hold of a message: its properties without marks. */
function contentOf({ bytes, receivedAt }: SeedMessage): Properties {
  const text = Buffer.from(bytes).toString('latin1');
  const end = /\r?\n\r?\n/.exec(text);
  const header = end === null ? '' : text.slice(0, end.index);
  const field = (name: string) => new RegExp(`^${name}: (.*?)\r?$`, 'm').exec(header)?.[1] ?? '';
  const content: Properties = {
    [PidTag.MessageClass]: 'IPM.Note',
    [PidTag.Subject]: field('Subject'),
    [PidTag.SenderEmailAddress]: field('From').replace(/^.*<|>.*$/g, ''),
    [PidTag.SenderAddressType]: 'SMTP',
    [PidTag.Body]: end === null ? text : text.slice(end.index + end[0].length),
    [PidTag.InternetMessageId]: field('Message-ID'),
    [MESSAGE_SIZE]: bytes.length,
  };
  return receivedAt === null ? content : { ...content, [PidTag.MessageDeliveryTime]: new Date(receivedAt) };
}

function marked(marks: readonly string[]): { properties: object; named: MessageFacts['named'] } {
  const flags = (marks.includes('\\Seen') ? 1 : 0) | (marks.includes('\\Draft') ? 8 : 0);
  const verb = marks.includes('\\Answered') ? 102 : marks.includes('$Forwarded') ? 104 : 0;
  const keywords = marks.filter((mark) => !mark.startsWith('\\') && mark !== '$Forwarded');
  return {
    properties: {
      [PidTag.MessageFlags]: flags,
      ...(marks.includes('\\Flagged') ? { [PidTag.FlagStatus]: 2 } : {}),
      ...(verb === 0 ? {} : { [PidTag.LastVerbExecuted]: verb }),
    },
    named: keywords.length === 0 ? [] : [{ set: PUBLIC_STRINGS, name: 'Keywords', value: keywords }],
  };
}

function letterOf(nid: number, content: Properties, marks: readonly string[]): MessageFacts {
  const { properties, named } = marked(marks);
  return { nid, properties: { ...content, ...properties }, ...(named ? { named } : {}) };
}

interface Letter {
  nid: number;
  content: Properties;
  marks: readonly string[];
}

interface Branch {
  name: string;
  nid: number;
  letters: Letter[];
  branches: Branch[];
}

/** A file that is written anew with every change, as a copy of it would be. */
class Written {
  private readonly root: Branch = { name: '', nid: 0, letters: [], branches: [] };
  private readonly file: string;
  private next = 0x10001;

  constructor(file: string) {
    this.file = file;
  }

  at(folder: readonly string[]): Branch {
    let branch = this.root;
    for (const name of folder) {
      let below = branch.branches.find((each) => each.name === name);
      if (below === undefined) {
        below = { name, nid: (this.next++ << 5) | 2, letters: [], branches: [] };
        branch.branches.push(below);
      }
      branch = below;
    }
    return branch;
  }

  add(folder: readonly string[], message: SeedMessage): void {
    const letter = { nid: (this.next++ << 5) | 4, content: contentOf(message), marks: message.marks };
    this.at(folder).letters.push(letter);
  }

  async save(): Promise<void> {
    await writeFile(`${this.file}.new`, makePst({ folders: this.root.branches.map(factsOf) }));
    await rename(`${this.file}.new`, this.file);
  }
}

function factsOf({ name, nid, letters, branches }: Branch): FolderFacts {
  const messages = letters.map((each) => letterOf(each.nid, each.content, each.marks));
  return { name, nid, messages, folders: branches.map(factsOf) };
}

const nidOf = (key: string) => Number.parseInt(key, 16);

function expected(message: SeedMessage): SeedMessage {
  const item = itemOf(letterOf(0, contentOf(message), message.marks));
  const chunks = [...renderMessage(item, { codePage: 1252 }).chunks()].map((each) => Buffer.from(each));
  return { ...message, bytes: Buffer.concat(chunks), marks: marksOf(item) };
}

/** The hands of the test write a file as Outlook would; what is expected is what rendering makes of the same item. */
async function stand(
  root: string,
  opened: string,
  fileOf: (folder: readonly string[]) => Promise<{ written: Written; inner: readonly string[] }>,
  openSource = openPstSource,
): Promise<SourceStand> {
  const connect = () => openSource({ path: opened, name: `pst:${opened}` });
  const source = connect();
  return {
    source,
    again: async () => connect(),
    async seed(folder, messages) {
      const { written, inner } = await fileOf(folder);
      written.at(inner);
      for (const message of messages) written.add(inner, message);
      await written.save();
    },
    expected,
    async flag(folder, key, marks) {
      const { written, inner } = await fileOf(folder);
      written.at(inner).letters.find(({ nid }) => nid === nidOf(key))!.marks = marks;
      await written.save();
    },
    async expunge(folder, key) {
      const { written, inner } = await fileOf(folder);
      const branch = written.at(inner);
      branch.letters = branch.letters.filter(({ nid }) => nid !== nidOf(key));
      await written.save();
    },
    open: openBelow(root),
    async close() {
      await source.close();
      await rm(root, { recursive: true });
    },
  };
}

for (const [name, openSource] of [
  ['pst source', openPstSource],
  ['pst source in a thread', openPstInThread],
] as const)
  sourceSuite({
    name,
    make: async () => {
      const root = await mkdtemp(path.join(tmpdir(), 'pst-suite-'));
      const written = new Written(path.join(root, 'mail.pst'));
      await written.save();
      const file = path.join(root, 'mail.pst');
      return stand(root, file, async (inner) => ({ written, inner }), openSource);
    },
  });

sourceSuite({
  name: 'pst source of several files',
  make: async () => {
    const root = await mkdtemp(path.join(tmpdir(), 'pst-suite-'));
    const files = new Map<string, Written>();
    const made = await stand(root, root, async ([name, ...inner]) => {
      const written = files.get(name!) ?? new Written(path.join(root, `${name}.pst`));
      files.set(name!, written);
      return { written, inner };
    });
    const holdsPath = ([name, ...inner]: readonly string[]) =>
      inner.length > 0 && !name!.startsWith('.') && !/[/\0]/.test(name!) && Buffer.byteLength(name!) < 240;
    return { ...made, main: ['archive 2019', 'Inbox'], holdsPath };
  },
});
