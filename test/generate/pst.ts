/** A PST of any size, written as a stream: the same seed, the same file. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { AttachMethod, MessageFlag, PidTag } from '../../src/formats/mapi/properties.ts';
import { type FolderFacts, type MessageFacts, streamPst } from '../../src/formats/pst/write.fixture.ts';
import type { Leaf } from '../../src/formats/pst/write-blocks.fixture.ts';
import { attachments, folderTree, person, sentences, subjects } from './names.ts';
import { Random } from './random.ts';

export interface PstShape {
  seed: number;
  /** About so large. */
  bytes: number;
  folders: number;
  /** How many bytes a message has, its attachments included; between the two, the small ones are more. */
  sizes: [from: number, to: number];
  /** One attachment of this size in each so many bytes of the file; left out: none. */
  huge?: { bytes: number; each: number };
}

/** What is known of a file that was made. */
export interface MadePst {
  bytes: number;
  messages: MadeMessage[];
  /** Pages of its trees. */
  leaves: readonly Leaf[];
}

export interface MadeMessage {
  nid: number;
  /** Where its blocks lie, and their ids: from the first to before the second. */
  place: [number, number];
  blocks: [number, number];
}

/** As most archives are: messages of 5 to 200 kB, some of 20 MB, in 40 folders. */
export function archiveShape(seed: number, bytes: number): PstShape {
  const huge = { bytes: 20_000_000, each: 160_000_000 };
  return { seed, bytes, folders: 40, sizes: [5_000, 200_000], huge };
}

const MESSAGE_SIZE = 0x0e08;
const RECIPIENT_TO = 1;
const WRITE_BYTES = 1024 * 1024;

export function writePstFile(file: string, shape: PstShape): MadePst {
  const out = openSync(file, 'w');
  try {
    const messages: MadeMessage[] = [];
    const written = gathering(out);
    const top = foldersOf(new Writing(shape));
    const blocks = streamPst({ folders: top, spread: true }, written.give, ({ nid, from, to, blocks: ids }) =>
      messages.push({ nid, place: [from, to], blocks: ids }),
    );
    written.end();
    return { bytes: blocks.fileBytes, messages, leaves: blocks.leaves };
  } finally {
    closeSync(out);
  }
}

/** Pieces that follow one another are written together; between them are zeros. */
function gathering(out: number): { give(piece: { position: number; bytes: Buffer }): void; end(): void } {
  const buffer = Buffer.alloc(WRITE_BYTES);
  let [start, filled] = [0, 0];
  const end = (): void => {
    for (let at = 0; at < filled; ) at += writeSync(out, buffer, at, filled - at, start + at);
    buffer.fill(0, 0, filled);
    filled = 0;
  };
  return {
    end,
    give({ position, bytes }) {
      if (position < start + filled || position + bytes.length > start + WRITE_BYTES) {
        end();
        start = position;
      }
      buffer.set(bytes, position - start);
      filled = position - start + bytes.length;
    },
  };
}

/** Chance, and what all messages are made from. */
class Writing {
  readonly random: Random;
  readonly shape: PstShape;
  readonly text: string;
  readonly noise: Buffer;
  count = 0;
  hugeBytes = 0;

  constructor(shape: PstShape) {
    this.shape = shape;
    this.random = new Random(shape.seed);
    const lines = Array.from(
      { length: 8_000 },
      (_, n) => `${this.random.pick(sentences)}${n % 5 === 0 ? '\r\n' : ' '}`,
    );
    this.text = lines.join('');
    this.noise = this.random.bytes(4_000_000);
  }
}

function foldersOf(writing: Writing): FolderFacts[] {
  const tree = folderTree(writing.shape.folders);
  const all = tree.reduce((sum, { weight }) => sum + weight, 0);
  const below = (path: readonly string[]): FolderFacts[] =>
    tree
      .filter(
        (each) => each.path.length === path.length + 1 && path.every((name, n) => each.path[n] === name),
      )
      .map((each) => ({
        name: each.path.at(-1)!,
        messages: lettersOf(writing, (writing.shape.bytes * each.weight) / all),
        folders: below(each.path),
      }));
  return below([]);
}

function* lettersOf(writing: Writing, bytes: number): Generator<MessageFacts> {
  const { random, shape } = writing;
  const [from, to] = shape.sizes;
  for (let told = 0; told < bytes; ) {
    const size = Math.floor(from * (to / from) ** random.next());
    const { huge } = shape;
    writing.hugeBytes += size;
    const isHuge = huge !== undefined && writing.hugeBytes >= huge.each && told + huge.bytes < bytes;
    if (isHuge) writing.hugeBytes = 0;
    const whole = isHuge ? size + huge.bytes : size;
    told += whole;
    yield letter(writing, size, isHuge ? huge.bytes : 0);
  }
}

function letter(writing: Writing, size: number, hugeBytes: number): MessageFacts {
  const { random } = writing;
  const n = ++writing.count;
  const [from, to] = [person(random, random.chance(0.4)), person(random, true)];
  const received = new Date(Date.UTC(2014, 0, 1) + n * 3_600_000);
  const withFile = hugeBytes > 0 || random.chance(0.3);
  const textBytes = withFile ? Math.min(size, 4_000 + random.below(8_000)) : size;
  const subject = random.pick(subjects).replace('{n}', String(random.below(9_000)));
  return {
    properties: {
      [PidTag.MessageClass]: 'IPM.Note',
      [PidTag.Subject]: subject,
      [PidTag.MessageFlags]: random.chance(0.7) ? MessageFlag.Read : 0,
      [PidTag.SenderName]: from.name,
      [PidTag.SenderAddressType]: 'SMTP',
      [PidTag.SenderEmailAddress]: from.address,
      [PidTag.ClientSubmitTime]: new Date(received.getTime() - 60_000),
      [PidTag.MessageDeliveryTime]: received,
      [PidTag.InternetMessageId]: `<${n}@archive.example>`,
      [MESSAGE_SIZE]: size + hugeBytes,
      [PidTag.CreationTime]: received,
      [PidTag.SearchKey]: random.bytes(16),
      ...bodyOf(writing, textBytes),
    },
    recipients: [
      {
        properties: {
          [PidTag.RecipientType]: RECIPIENT_TO,
          [PidTag.DisplayName]: to.name,
          [PidTag.AddressType]: 'SMTP',
          [PidTag.EmailAddress]: to.address,
        },
      },
    ],
    ...(withFile ? { attachments: [fileOf(writing, hugeBytes || Math.max(1, size - textBytes))] } : {}),
  };
}

/** Half of the messages have text, half HTML beside it. */
function bodyOf({ random, text }: Writing, bytes: number): MessageFacts['properties'] {
  const characters = Math.floor(bytes / 2);
  const start = random.below(text.length - characters);
  const plain = text.slice(start, start + characters);
  if (random.chance(0.5)) return { [PidTag.Body]: plain };
  const some = plain.slice(0, Math.floor(characters / 2));
  const html = `<html><head><meta charset="utf-8"></head><body><p>${some.replaceAll('\r\n', '</p>\r\n<p>')}</p></body></html>`;
  return { [PidTag.Body]: some, [PidTag.Html]: Buffer.from(html), [PidTag.InternetCodepage]: 65001 };
}

function fileOf({ random, noise }: Writing, bytes: number): NonNullable<MessageFacts['attachments']>[number] {
  const pieces: Buffer[] = [];
  for (let left = bytes; left > 0; ) {
    const length = Math.min(left, noise.length);
    const start = random.below(noise.length - length + 1);
    pieces.push(noise.subarray(start, start + length));
    left -= length;
  }
  const name = random.pick(attachments);
  return {
    properties: {
      [PidTag.AttachMethod]: AttachMethod.ByValue,
      [PidTag.AttachFilename]: name,
      [PidTag.AttachLongFilename]: name,
      [PidTag.AttachDataBinary]: pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces),
    },
  };
}
