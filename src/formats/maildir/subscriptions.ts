/**
 * Files that say which folders a person sees: `subscriptions` (Dovecot: one name a line with `.` between levels, or
 * after a line `V\t2` with tabs between them) and `courierimapsubscribed` (`INBOX.` before each name). Names are as the
 * folders are called on disk: modified UTF-7, without the leading dot.
 */
export const SUBSCRIPTION_FILES: readonly string[] = ['subscriptions', 'courierimapsubscribed'];
export const SUBSCRIPTIONS_MAX_BYTES = 8 * 1024 * 1024;

const VERSION_2 = /^V\t2\r?\n/;

/** Names with `.` between levels; `INBOX` for the inbox. A file may be cut in its last line end. */
export function readSubscriptions(text: string): Set<string> {
  const second = VERSION_2.test(text);
  const names = new Set<string>();
  for (const line of text.replace(VERSION_2, '').split(/\r?\n|\r$/)) {
    if (line === '') continue;
    const name = second ? line.replaceAll('\t', '.') : line;
    names.add(name);
    if (name.startsWith('INBOX.')) names.add(name.slice('INBOX.'.length));
  }
  return names;
}

/** The same file with one more name, in the version it has. `levels` are the parts of the name. */
export function addSubscription(text: string, levels: readonly string[]): string {
  const line = levels.join(VERSION_2.test(text) ? '\t' : '.');
  const whole = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  return `${whole}${line}\n`;
}
