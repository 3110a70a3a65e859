import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeZip } from '../../formats/zip/zip.fixture.ts';

/** A message as Takeout is to write it. */
export interface Letter {
  /** X-GM-MSGID. */
  id: bigint | number;
  /** As the export spells them; null: no field. */
  labels: readonly string[] | null;
  bytes: Uint8Array;
  /** Milliseconds since 1970. */
  receivedAt: number;
}

export const ALL_MAIL = 'All mail Including Spam and Trash.mbox';

/** An mbox as Takeout writes it: CRLF, its own two fields in front, lines that begin with `From ` quoted. */
export function writeTakeout(letters: readonly Letter[]): Buffer {
  return Buffer.concat(letters.map(written));
}

function written({ id, labels, bytes, receivedAt }: Letter): Buffer {
  const [day, date, month, year, time] = new Date(receivedAt).toUTCString().split(' ');
  const postmark = `From ${id}@xxx ${day!.slice(0, 3)} ${month} ${date} ${time} +0000 ${year}\r\n`;
  const own = labels === null ? '' : `X-GM-THRID: ${id}\r\nX-Gmail-Labels: ${labelsField(labels)}\r\n`;
  const text = Buffer.from(bytes)
    .toString('latin1')
    .replace(/^(>*From )/gm, '>$1');
  return Buffer.from(`${postmark}${own}${text}${text.endsWith('\n') ? '' : '\r\n'}\r\n`, 'latin1');
}

/** The list in CSV, then as encoded words of UTF-8 where it is not ASCII, folded between them. */
export function labelsField(labels: readonly string[]): string {
  const csv = labels
    .map((label) => (/[",]|^ | $/.test(label) ? `"${label.replaceAll('"', '""')}"` : label))
    .join(',');
  if (/^[\x20-\x7e]*$/.test(csv) && !csv.includes('=?')) return csv;
  const bytes = Buffer.from(csv);
  const words: string[] = [];
  for (let at = 0; at < bytes.length; at += 18) words.push(encodedWord(bytes.subarray(at, at + 18)));
  return words.join('\r\n ');
}

function encodedWord(bytes: Buffer): string {
  const text = [...bytes]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      if (character === ' ') return '_';
      return /[A-Za-z0-9,"/.]/.test(character)
        ? character
        : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
  return `=?UTF-8?Q?${text}?=`;
}

/** How an export lies on the disk. */
export type Shape = 'mbox' | 'directory' | 'zip' | 'stored zip' | 'zips';

/** Writes the export in place of what was there; answers what `takeout:` is to be given. */
export function placeTakeout(root: string, shape: Shape, letters: readonly Letter[]): string {
  const mail = path.join(root, 'Takeout', 'Mail');
  if (shape === 'mbox' || shape === 'directory') {
    mkdirSync(mail, { recursive: true });
    writeFileSync(path.join(mail, ALL_MAIL), writeTakeout(letters));
    writeFileSync(path.join(root, 'Takeout', 'archive_browser.html'), '<html>');
    return shape === 'mbox' ? path.join(mail, ALL_MAIL) : root;
  }
  const name = (n: number): string => path.join(root, `takeout-20261124T100000Z-00${n}.zip`);
  const pack = (bytes: Buffer, mbox: string): Buffer =>
    makeZip([
      { name: 'Takeout/archive_browser.html', bytes: Buffer.from('<html>') },
      { name: `Takeout/Mail/${mbox}`, bytes, method: shape === 'stored zip' ? 0 : 8 },
    ]);
  const half = shape === 'zips' ? Math.ceil(letters.length / 2) : letters.length;
  mkdirSync(root, { recursive: true });
  writeFileSync(name(1), pack(writeTakeout(letters.slice(0, half)), ALL_MAIL));
  rmSync(name(2), { force: true });
  if (half < letters.length)
    writeFileSync(name(2), pack(writeTakeout(letters.slice(half)), ALL_MAIL.replace('.', '-002.')));
  return shape === 'zips' ? root : name(1);
}
