import { kindOfHost } from '../engine/target-limits.ts';
import { providerOfDomain } from '../wire/oauth/providers.ts';
import { type Address, publicName, type ServerAddress } from './address.ts';

/** Equal for all addresses that are known to lead to one account. */
export function accountKey(address: Address): string {
  if (!('host' in address)) return publicName(address);
  if (isGoogle(address)) return `google ${plainMail(address.user)}`;
  const { kind, host, port, user } = address;
  const usual = kind === 'imap' ? [143, 993] : [110, 995];
  return JSON.stringify([kind, host, usual.includes(port) ? 'usual' : port, user]);
}

/** Whether a Google account is meant, whatever server leads there. */
export function isGoogle({ gmail, host }: ServerAddress): boolean {
  return gmail !== undefined || kindOfHost(host) === 'google';
}

/** Gmail takes a private address with and without its dots, at either of its two domains; case says nothing anywhere. */
export function plainMail(address: string): string {
  const [, local = '', domain = ''] = /^(.*)@([^@]*)$/s.exec(address.toLowerCase()) ?? [];
  if (domain === '') return address.toLowerCase();
  if (providerOfDomain(domain) !== 'google') return `${local}@${domain}`;
  return `${local.replaceAll('.', '')}@gmail.com`;
}
