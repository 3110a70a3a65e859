/** As the server does it: what a rule gives for a mail address. Pure. */
export function targetOf(template: string, address: string): string {
  const at = address.lastIndexOf('@');
  const parts: Record<string, string> = {
    address: encodeURIComponent(address),
    local: encodeURIComponent(address.slice(0, at)),
    domain: address.slice(at + 1),
  };
  return template.replace(/\{(address|local|domain)\}/g, (_, name: string) => parts[name] ?? '');
}

/** What is wrong with a rule, as far as this page can tell; the server reads each address that comes of it. */
export function targetFault(template: string): 'same' | 'shape' | null {
  if (!/^[a-z][a-z0-9+.-]*:/i.test(template)) return 'shape';
  return /\{(address|local)\}/.test(template) ? null : 'same';
}

export function sampleAddress(domain: string): string {
  return `nadia.benali@${domain}`;
}

/** Where the mailboxes of a suite are, opened by consent; null: that is known only where it runs. */
export const SUITE_RULES: Readonly<Record<'google' | 'microsoft' | 'open', string | null>> = {
  google: 'gmail://{local}@{domain}/',
  microsoft: 'imaps://{address}@outlook.office365.com/?token=consent',
  open: null,
};
