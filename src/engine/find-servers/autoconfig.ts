import { type Candidate, hostOf } from './candidate.ts';

/** Longer files are none of this kind. */
const TEXT_MAX_CHARS = 256 * 1024;
const SERVERS_MAX = 20;
const VALUE_MAX_CHARS = 300;
const SECURITY: Readonly<Record<string, Candidate['security']>> = {
  ssl: 'tls',
  starttls: 'starttls',
  plain: 'none',
};

/**
 * The servers for reading that a configuration of Mozilla's format names (`clientConfig`, version 1.1). What cannot be
 * read names none. Nothing is looked up that the text refers to: entities other than the five of XML stay as they are.
 */
export function readAutoconfig(text: string, address: string): Candidate[] {
  if (text.length > TEXT_MAX_CHARS) return [];
  const found: Candidate[] = [];
  let fields: Map<string, string> | null = null;
  let open = '';
  for (const { tag, before } of tags(text)) {
    const name = /^\/?([A-Za-z]+)/.exec(tag)?.[1] ?? '';
    if (name === 'incomingServer' && !tag.startsWith('/')) {
      fields = new Map([['type', /\stype\s*=\s*["']?(imap|pop3)["'\s/]?/.exec(tag)?.[1] ?? '']]);
    } else if (name === 'incomingServer') {
      const candidate = fields === null ? null : candidateOf(fields, address);
      if (candidate !== null && found.length < SERVERS_MAX) found.push(candidate);
      fields = null;
    } else if (fields !== null && tag.startsWith('/') && name === open && !fields.has(name)) {
      fields.set(name, unescaped(before.trim().slice(0, VALUE_MAX_CHARS)));
    }
    open = tag.startsWith('/') ? '' : name;
  }
  return found;
}

/** The tags of a text with what stands before each, comments left out; in linear time. */
function* tags(text: string): Iterable<{ tag: string; before: string }> {
  let at = 0;
  for (;;) {
    const start = text.indexOf('<', at);
    if (start < 0) return;
    const comment = text.startsWith('<!--', start);
    const end = comment ? text.indexOf('-->', start + 4) : text.indexOf('>', start + 1);
    if (end < 0) return;
    if (!comment) yield { tag: text.slice(start + 1, end), before: text.slice(at, start) };
    at = end + (comment ? 3 : 1);
  }
}

function candidateOf(fields: ReadonlyMap<string, string>, address: string): Candidate | null {
  const protocol = fields.get('type');
  const host = hostOf(withUser(fields.get('hostname') ?? '', address));
  const security = SECURITY[(fields.get('socketType') ?? '').toLowerCase()];
  const port = /^\d{1,5}$/.test(fields.get('port') ?? '') ? Number(fields.get('port')) : 0;
  if ((protocol !== 'imap' && protocol !== 'pop3') || host === null || security === undefined) return null;
  if (port < 1 || port > 65_535) return null;
  const user = withUser(fields.get('username') ?? '%EMAILADDRESS%', address);
  return {
    protocol,
    host,
    port,
    security,
    by: 'autoconfig',
    user: /[\u0000-\u001f\u007f]/.test(user) ? address : user,
  };
}

function withUser(text: string, address: string): string {
  const at = address.lastIndexOf('@');
  return text
    .replaceAll('%EMAILADDRESS%', () => address)
    .replaceAll('%EMAILLOCALPART%', () => address.slice(0, at))
    .replaceAll('%EMAILDOMAIN%', () => address.slice(at + 1));
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|apos);/g, (_whole, name: string) => ENTITIES[name]!);
}
