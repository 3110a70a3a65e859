/** Lists of flags repeat a few dozen times over a mailbox: one array each, up to this many different ones. */
const KNOWN_MAX = 2_000;
const known = new Map<string, readonly string[]>();

/**
 * The text between the parentheses of FLAGS → the flags, sorted, without `\Recent` (a session's own mark, RFC 3501
 * §2.3.2), system flags in the RFC's spelling. The same text gives the same array: do not change it.
 */
export function readFlags(text: string): readonly string[] {
  const before = known.get(text);
  if (before !== undefined) return before;
  const flags = new Set<string>();
  for (const word of text.split(' ')) {
    if (word === '') continue;
    const flag = systemFlag(word);
    if (flag !== '\\Recent') flags.add(flag);
  }
  const sorted = Object.freeze([...flags].sort());
  if (known.size < KNOWN_MAX && text.length <= 1_000) known.set(text, sorted);
  return sorted;
}

const SYSTEM = new Map(
  ['\\Seen', '\\Answered', '\\Flagged', '\\Deleted', '\\Draft', '\\Recent'].map((flag) => [
    flag.toLowerCase(),
    flag,
  ]),
);

/** Flags are compared without case (RFC 9051 §2.3.2): system flags get one spelling, keywords stay as they are. */
export function systemFlag(flag: string): string {
  return flag.startsWith('\\') ? (SYSTEM.get(flag.toLowerCase()) ?? flag) : flag;
}

/** `\Word` or an atom of the RFC (§9 flag): what may be sent. A server answers anything else with BAD for the whole command. */
export function isSendableFlag(flag: string): boolean {
  return /^\\?[!#$&'+\-./0-9:;<=>?@A-Z[^_`a-z|}~]+$/.test(flag) && flag.toLowerCase() !== '\\recent';
}
