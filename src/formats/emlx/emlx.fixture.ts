/** Files as Apple Mail writes them, for tests. */

const BITS: Readonly<Record<string, number>> = {
  '\\Seen': 0,
  '\\Deleted': 1,
  '\\Answered': 2,
  '\\Flagged': 4,
  '\\Draft': 6,
  $Forwarded: 8,
  $Junk: 24,
  $NotJunk: 25,
};
/** What Mail sets beside: 63 attachments at most, priority 3, a bit beyond 32. */
const ALWAYS = 2 ** 33 + 63 * 2 ** 10 + 3 * 2 ** 16;

export interface EmlxFacts {
  marks?: readonly string[];
  /** Milliseconds since 1970. */
  receivedAt?: number | null;
}

/** Which of the marks the format can hold. */
export function emlxMarks(marks: readonly string[]): string[] {
  return marks.filter((mark) => mark in BITS).sort();
}

export function writeEmlx(message: Uint8Array, { marks = [], receivedAt = null }: EmlxFacts = {}): Buffer {
  const flags = emlxMarks(marks).reduce((sum, mark) => sum + 2 ** BITS[mark]!, ALWAYS);
  const received =
    receivedAt === null ? '' : `\t<key>date-received</key>\n\t<integer>${receivedAt / 1000}</integer>\n`;
  const plist =
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">\n' +
    '<plist version="1.0">\n<dict>\n\t<key>conversation-id</key>\n\t<integer>12</integer>\n' +
    `${received}\t<key>flags</key>\n\t<integer>${flags}</integer>\n` +
    '\t<key>remote-id</key>\n\t<string>2151</string>\n</dict>\n</plist>\n';
  return Buffer.concat([Buffer.from(`${String(message.length).padEnd(10)}\n`), message, Buffer.from(plist)]);
}
