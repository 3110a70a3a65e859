/** How people call the kind of an account, by the scheme of its address. */
const KINDS: Record<string, string> = {
  imap: 'IMAP',
  imaps: 'IMAP',
  pop3: 'POP3',
  pop3s: 'POP3',
  gmail: 'Gmail',
  pst: 'PST',
  mbox: 'mbox',
  maildir: 'Maildir',
  eml: 'EML',
  takeout: 'Takeout',
};

/** Names that are the same in every language; what has none is shown as its scheme. */
export function kindOf(address: string): string {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(address)?.[1]?.toLowerCase() ?? '';
  return KINDS[scheme] ?? scheme;
}

/** The kinds of a person's old accounts, each once, in their order. */
export function sourceKinds(accounts: readonly { role: string; address: string }[]): string[] {
  const sources = accounts.filter(({ role }) => role === 'source');
  return [...new Set(sources.map(({ address }) => kindOf(address)))];
}
