import { closeSync, mkdirSync, openSync, utimesSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Mail } from './account.ts';

/** The name of a mailbox in modified UTF-7 (RFC 3501 §5.1.3), as Maildir++ folders have it on disk. */
export function modifiedUtf7(name: string): string {
  return name.replace(/&|[^\x20-\x7e]+/g, (run) => {
    if (run === '&') return '&-';
    const base64 = Buffer.from(run, 'utf16le').swap16().toString('base64');
    return `&${base64.replace(/=+$/, '').replaceAll('/', ',')}-`;
  });
}

const letters: Record<string, string> = {
  '\\Draft': 'D',
  '\\Flagged': 'F',
  '\\Answered': 'R',
  '\\Seen': 'S',
  '\\Deleted': 'T',
};

/**
 * Writes mail as a Maildir++ with Dovecot's keyword letters (`dovecot-keywords`) and `subscriptions`; the arrival
 * date is the file's time. Lines end in LF, as delivered mail does, unless told otherwise. Returns the number written.
 */
export function writeMaildir(
  root: string,
  mails: Iterable<Mail>,
  options: { lineEnds?: 'lf' | 'crlf' } = {},
): number {
  const folders = new Map<string, { directory: string; keywords: string[] }>();
  const subscribed: string[] = [];
  let count = 0;
  for (const mail of mails) {
    const name = mail.folder.map(modifiedUtf7).join('.');
    let folder = folders.get(name);
    if (folder === undefined) {
      folder = { directory: name === 'INBOX' ? root : join(root, `.${name}`), keywords: [] };
      folders.set(name, folder);
      subscribed.push(name);
      for (const part of ['cur', 'new', 'tmp']) mkdirSync(join(folder.directory, part), { recursive: true });
    }
    const bytes = options.lineEnds === 'crlf' ? mail.bytes : toLf(mail.bytes);
    const seconds = mail.date / 1000;
    const serial = String(++count).padStart(6, '0');
    const flags =
      mail.flags
        .map((flag) => letters[flag] ?? '')
        .sort()
        .join('') + keywordLetters(folder.keywords, mail.keywords);
    const file = join(
      folder.directory,
      'cur',
      `${seconds}.M${serial}P1.malle,S=${bytes.length},W=${mail.bytes.length}:2,${flags}`,
    );
    writeFileSync(file, bytes);
    utimesSync(file, seconds, seconds);
  }
  for (const { directory, keywords } of folders.values()) {
    if (keywords.length === 0) continue;
    writeFileSync(
      join(directory, 'dovecot-keywords'),
      keywords.map((keyword, i) => `${i} ${keyword}\n`).join(''),
    );
  }
  writeFileSync(join(root, 'subscriptions'), subscribed.map((name) => `${name}\n`).join(''));
  return count;
}

function keywordLetters(known: string[], keywords: readonly string[]): string {
  return keywords
    .map((keyword) => {
      if (!known.includes(keyword)) known.push(keyword);
      return String.fromCharCode(97 + known.indexOf(keyword));
    })
    .sort()
    .join('');
}

/**
 * Writes mail as one mboxrd file: `From ` lines with the arrival date in UTC, quoted body lines, marks in
 * `Status`, `X-Status` and `X-Keywords`. Returns the number written. Folders are not kept: one mbox is one folder.
 */
export function writeMbox(file: string, mails: Iterable<Mail>): number {
  const out = openSync(file, 'w');
  let count = 0;
  try {
    for (const mail of mails) {
      const text = mboxText(mail);
      for (let at = 0; at < text.length; ) at += writeSync(out, text, at);
      count++;
    }
  } finally {
    closeSync(out);
  }
  return count;
}

/** One message as it stands in an mboxrd file, its `From ` line and the blank line behind it included; LF line ends. */
export function mboxText(mail: Mail): Buffer {
  const text = toLf(mail.bytes).toString('latin1');
  const end = text.indexOf('\n\n') + 1;
  const has = (flag: string, letter: string) => (mail.flags.includes(flag) ? letter : '');
  const status = `Status: ${has('\\Seen', 'R')}O\n`;
  const more = has('\\Answered', 'A') + has('\\Flagged', 'F') + has('\\Draft', 'T') + has('\\Deleted', 'D');
  const marks = `${status}${more && `X-Status: ${more}\n`}${mail.keywords.length > 0 ? `X-Keywords: ${mail.keywords.join(' ')}\n` : ''}`;
  const from = `From MAILER-DAEMON ${asctime(mail.date)}\n`;
  const body = text.slice(end).replace(/^(>*From )/gm, '>$1');
  return Buffer.from(
    `${from}${text.slice(0, end)}${marks}${body}${body.endsWith('\n') ? '' : '\n'}\n`,
    'latin1',
  );
}

/** `Sat Oct 31 18:00:00 2026`, as C's asctime writes it. */
function asctime(date: number): string {
  const [day, number, month, year, time] = new Date(date).toUTCString().replace(',', '').split(' ');
  return `${day} ${month} ${number!.replace(/^0/, ' ')} ${time} ${year}`;
}

function toLf(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
}
