import { domainToASCII } from 'node:url';

/** How a server was found; the first way that names it counts. */
export const FOUND_BY = ['srv', 'autoconfig', 'provider', 'mx', 'name'] as const;
export type FoundBy = (typeof FOUND_BY)[number];

/** A server that may be there. */
export interface Candidate {
  protocol: 'imap' | 'pop3';
  host: string;
  port: number;
  security: 'tls' | 'starttls' | 'none';
  by: FoundBy;
  /** What to sign in with. */
  user: string;
}

export const PORTS = {
  imap: { tls: 993, starttls: 143 },
  pop3: { tls: 995, starttls: 110 },
} as const;

const HOST_MAX_CHARS = 253;
const HOST = /^(?=.*[a-z])[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$/;

/** A host name as it may be asked for, in ASCII; null for what is none. Addresses made of numbers are none. */
export function hostOf(text: string): string | null {
  const host = domainToASCII(text.trim().slice(0, HOST_MAX_CHARS + 1))
    .toLowerCase()
    .replace(/\.$/, '');
  return host.length <= HOST_MAX_CHARS && HOST.test(host) ? host : null;
}

/** Local part and domain of an e-mail address; null for what is none. */
export function partsOf(address: string): { local: string; domain: string } | null {
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at);
  const domain = at < 1 ? null : hostOf(address.slice(at + 1));
  return domain === null || local.length > 64 || /[\s\u0000-\u001f\u007f<>]/.test(local)
    ? null
    : { local, domain };
}
