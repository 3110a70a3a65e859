import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Seen, see } from './message.ts';

const FLAGS: Record<string, string> = {
  D: '\\Draft',
  F: '\\Flagged',
  P: '$Forwarded',
  R: '\\Answered',
  S: '\\Seen',
  T: '\\Deleted',
};

/** Every message of a Maildir++ folder tree, read with plain file calls. */
export function readMaildir(directory: string): Seen[] {
  const subfolders = readdirSync(directory, { withFileTypes: true }).filter(
    (each) => each.isDirectory() && each.name.startsWith('.') && each.name.length > 1,
  );
  return [
    ...readFolder(directory, ['INBOX']),
    ...subfolders.flatMap(({ name }) =>
      readFolder(join(directory, name), name.slice(1).split('.').map(decodeName)),
    ),
  ];
}

function readFolder(directory: string, folder: string[]): Seen[] {
  const keywords = readKeywords(join(directory, 'dovecot-keywords'));
  const seen: Seen[] = [];
  for (const part of ['cur', 'new']) {
    const place = join(directory, part);
    if (!existsSync(place)) continue;
    for (const name of readdirSync(place).filter((each) => !each.startsWith('.'))) {
      const letters = part === 'cur' ? (/[:;!]2,([A-Za-z]*)/.exec(name)?.[1] ?? '') : '';
      const flags = [...letters]
        .map((letter) => FLAGS[letter] ?? keywords.get(letter))
        .filter((flag) => flag !== undefined);
      const file = join(place, name);
      const date = Math.floor(statSync(file).mtimeMs / 1000) * 1000;
      seen.push(see(folder, readFileSync(file), { flags, date, where: file }));
    }
  }
  return seen;
}

/** `0 Name` a line; the number is a letter of the file name, from `a`. */
function readKeywords(file: string): Map<string, string> {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  const pairs = lines.map((line) => /^(\d+) (\S+)/.exec(line)).filter((match) => match !== null);
  return new Map(pairs.map((match) => [String.fromCharCode(97 + Number(match[1])), match[2]!]));
}

/** Modified UTF-7 (RFC 3501 §5.1.3); a name that is plain UTF-8 stays as it is. */
function decodeName(name: string): string {
  return name.replace(/&([^-]*)-/g, (_whole, encoded: string) =>
    encoded === '' ? '&' : Buffer.from(encoded.replaceAll(',', '/'), 'base64').swap16().toString('utf16le'),
  );
}
