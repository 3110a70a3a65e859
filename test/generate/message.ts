import { cp1252, encodedWord, extended, quotedPrintable } from './message-encoding.ts';
import { attachments, type Person, sentences } from './names.ts';
import { Random } from './random.ts';

/** What a message is about to say. `size` is aimed at, and met within about a kilobyte. */
export interface Letter {
  /** Without angle brackets; null leaves the field out. */
  messageId: string | null;
  from: Person;
  to: readonly Person[];
  /** Milliseconds since 1970. */
  date: number;
  subject: string;
  /** Message-IDs of the thread, oldest first. */
  references: readonly string[];
  size: number;
  number: number;
}

/** Text made beforehand, to be cut at paragraph starts. */
interface Block {
  bytes: Buffer;
  starts: readonly number[];
}

interface Blocks {
  utf8: Block;
  latin: Block;
  ascii: Block;
  html: Block;
  /** Random bytes as base64 lines of 76 characters. */
  bulk: Buffer;
}

type Wording = 'utf8' | 'latin' | 'ascii';

const line = 78;
/** Above this the rest is attachments. */
const longestText = 24_000;
let made: Blocks | null = null;

/** The bytes of a message: CRLF line ends, no bare CR or LF, lines below 998 bytes. */
export function compose(letter: Letter, random: Random): Buffer {
  made ??= makeBlocks();
  const wording: Wording = random.chance(0.55) ? 'utf8' : random.chance(0.55) ? 'latin' : 'ascii';
  const head = header(letter, wording, random);
  const room = Math.max(60, letter.size - head.length);
  const parts: Buffer[] = [Buffer.from(head, 'latin1')];
  const boundary = `=_${letter.number.toString(36)}_${random.bits().toString(16)}`;
  if (room > longestText) mixed(parts, room, boundary, wording, random, made);
  else if (room > 2_000 && random.chance(0.5)) alternative(parts, room, boundary, wording, random, made);
  else text(parts, room, wording, letter.number, random, made);
  return Buffer.concat(parts);
}

function header(letter: Letter, wording: Wording, random: Random): string {
  const word = (value: string) =>
    encodedWord(value, wording === 'latin' ? 'windows-1252' : 'utf-8', random.chance(0.5) ? 'Q' : 'B');
  const mailbox = (who: Person) => `${word(who.name)} <${who.address}>`;
  const when = stamp(letter.date);
  const host = `mx${random.below(4) + 1}.${letter.from.address.split('@')[1]}`;
  const first = letter.to[0]!.address;
  const lines = [
    `Return-Path: <${letter.from.address}>`,
    `Received: from ${host} (${host} [192.0.2.${random.below(250) + 1}])\r\n\tby relais.messageries-du-levant.example (Postfix) with ESMTPS id ${random.bits().toString(36).toUpperCase()}\r\n\tfor <${first}>; ${when}`,
    `Received: from poste${random.below(90)}.local (unknown [198.51.100.${random.below(250) + 1}])\r\n\tby ${host} (Postfix) with ESMTPSA id ${random.bits().toString(36).toUpperCase()}; ${when}`,
    `From: ${mailbox(letter.from)}`,
    `To: ${letter.to.map(mailbox).join(',\r\n\t')}`,
    `Subject: ${word(letter.subject)}`,
    `Date: ${when}`,
  ];
  if (letter.messageId !== null) lines.push(`Message-ID: <${letter.messageId}>`);
  if (letter.references.length > 0) {
    lines.push(
      `In-Reply-To: <${letter.references.at(-1)}>`,
      `References: ${letter.references.map((id) => `<${id}>`).join('\r\n ')}`,
    );
  }
  lines.push(`X-Mailer: ${random.pick(['Courrier 11.4', 'Plume 3.0.2', 'Webposte/7'])}`, 'MIME-Version: 1.0');
  return `${lines.join('\r\n')}\r\n`;
}

/** RFC 5322 §3.3, as seen in Paris: winter and summer time told apart by month, which is near enough for mail that nobody sent. */
function stamp(date: number): string {
  const month = new Date(date).getUTCMonth();
  const hours = month > 2 && month < 10 ? 2 : 1;
  return new Date(date + hours * 3_600_000).toUTCString().replace('GMT', `+0${hours}00`);
}

const textHead: Record<Wording, string> = {
  utf8: 'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n',
  latin:
    'Content-Type: text/plain; charset="windows-1252"; format=flowed\r\nContent-Transfer-Encoding: 8bit\r\n\r\n',
  ascii: 'Content-Type: text/plain; charset=us-ascii\r\nContent-Transfer-Encoding: 7bit\r\n\r\n',
};

function text(
  parts: Buffer[],
  room: number,
  wording: Wording,
  number: number,
  random: Random,
  blocks: Blocks,
): void {
  parts.push(Buffer.from(`${textHead[wording]}Dossier ${number}\r\n\r\n`, 'latin1'));
  cut(parts, blocks[wording], room - 160, random);
}

function alternative(
  parts: Buffer[],
  room: number,
  boundary: string,
  wording: Wording,
  random: Random,
  blocks: Blocks,
): void {
  parts.push(
    Buffer.from(
      `Content-Type: multipart/alternative;\r\n\tboundary="${boundary}"\r\n\r\n--${boundary}\r\n${textHead[wording]}`,
    ),
  );
  cut(parts, blocks[wording], (room - 500) * 0.35, random);
  parts.push(
    Buffer.from(
      `--${boundary}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<html><body>\r\n`,
    ),
  );
  cut(parts, blocks.html, (room - 500) * 0.65, random);
  parts.push(Buffer.from(`</body></html>\r\n--${boundary}--\r\n`));
}

function mixed(
  parts: Buffer[],
  room: number,
  boundary: string,
  wording: Wording,
  random: Random,
  blocks: Blocks,
): void {
  parts.push(Buffer.from(`Content-Type: multipart/mixed; boundary="${boundary}"\r\n\r\n--${boundary}\r\n`));
  const words = 2_000 + random.below(6_000);
  alternative(parts, words, `${boundary}_a`, wording, random, blocks);
  const files = 1 + random.below(3);
  for (let left = files, rest = room - words; left > 0; left--) {
    const share = left === 1 ? rest : Math.floor(rest * (0.2 + random.next() * 0.6));
    rest -= share;
    const name = random.pick(attachments);
    parts.push(
      Buffer.from(
        `\r\n--${boundary}\r\nContent-Type: application/octet-stream;\r\n\tname="${encodedWord(name, 'utf-8', 'Q')}"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment;\r\n\tfilename*=${extended(name)}\r\n\r\n`,
      ),
    );
    bulk(parts, Math.floor((share - 300) / line) * line, random, blocks.bulk);
  }
  parts.push(Buffer.from(`\r\n--${boundary}--\r\n`));
}

/** Whole paragraphs from a random place of the block, about `room` bytes in all. */
function cut(parts: Buffer[], block: Block, room: number, random: Random): void {
  let from = random.below(block.starts.length);
  for (let left = room; left > 0; from = 0) {
    let to = from + 1;
    while (to < block.starts.length && block.starts[to]! - block.starts[from]! < left) to++;
    const piece = block.bytes.subarray(block.starts[from], block.starts[to] ?? block.bytes.length);
    parts.push(piece);
    left -= piece.length;
  }
}

function bulk(parts: Buffer[], size: number, random: Random, block: Buffer): void {
  for (let left = size; left > 0; ) {
    const start = random.below(block.length / line) * line;
    const piece = block.subarray(start, Math.min(block.length, start + left));
    parts.push(piece);
    left -= piece.length;
  }
}

/** Made once: composing is then cutting, which is fast enough for gigabytes. */
function makeBlocks(): Blocks {
  const random = new Random(0x706f7374);
  const paragraphs = Array.from({ length: 400 }, () =>
    Array.from({ length: 2 + random.below(3) }, () => random.pick(sentences)).join('\r\n'),
  );
  const block = (form: (paragraph: string) => Buffer | string): Block => {
    const starts: number[] = [];
    let at = 0;
    const pieces = paragraphs.map((paragraph) => {
      const piece = Buffer.from(form(paragraph));
      starts.push(at);
      at += piece.length;
      return piece;
    });
    return { bytes: Buffer.concat(pieces), starts };
  };
  const raw = random.bytes(57 * 55_000);
  const lines: string[] = [];
  for (let at = 0; at < raw.length; at += 57) lines.push(raw.toString('base64', at, at + 57));
  return {
    utf8: block((paragraph) => `${quotedPrintable(paragraph)}\r\n\r\n`),
    latin: block((paragraph) => cp1252(`${paragraph}\r\n\r\n`)),
    ascii: block((paragraph) => `${ascii(paragraph)}\r\n\r\n`),
    html: block(
      (paragraph) => `${quotedPrintable(`<p class="texte" style="margin:0 0 1em">${paragraph}</p>`)}\r\n`,
    ),
    bulk: Buffer.from(`${lines.join('\r\n')}\r\n`, 'latin1'),
  };
}

function ascii(text: string): string {
  return cp1252(
    text
      .normalize('NFD')
      .replace(/[\u0300-\u036f]/g, '')
      .replaceAll('’', "'")
      .replaceAll('œ', 'oe')
      .replaceAll('€', 'EUR'),
  )
    .toString('latin1')
    .replace(/[^\x00-\x7f]/g, '');
}
