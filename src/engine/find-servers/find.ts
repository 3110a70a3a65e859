import { isTrouble, type Trouble } from '../../trouble.ts';
import type { Lookup, Srv } from '../../wire/dns/lookup.ts';
import { readAutoconfig } from './autoconfig.ts';
import { type Candidate, FOUND_BY, type FoundBy, PORTS, partsOf } from './candidate.ts';
import type { Probed, Spoken } from './probe.ts';
import { COMMON_NAMES, PROVIDERS } from './providers.ts';

/** What reaches outside: tests give their own. */
export interface Outside {
  lookup: Lookup;
  /** Null where there is nothing. Throws Trouble. */
  fetchText(url: string): Promise<string | null>;
  probe(candidate: Candidate): Promise<Probed>;
}

export interface FoundServer extends Candidate, Spoken {
  /** To be given to `--from`. */
  address: string;
}

export interface ServerSearch {
  /** Encrypted ones first, IMAP before POP3, in the order of the ways in which they were found. */
  found: FoundServer[];
  /** Tried, and of no use: the first of them. */
  silent: (Candidate & { why: string })[];
  /** Ways that could not be asked. */
  failed: { by: FoundBy; on: string; why: string }[];
}

const CANDIDATES_MAX = 40;
const PROBES_AT_ONCE = 6;

/** RFC 6186 §3.2, RFC 8314 §3. */
const SERVICES = [
  { name: '_imaps', protocol: 'imap', security: 'tls' },
  { name: '_imap', protocol: 'imap', security: 'starttls' },
  { name: '_pop3s', protocol: 'pop3', security: 'tls' },
  { name: '_pop3', protocol: 'pop3', security: 'starttls' },
] as const;

/** The mail servers of an e-mail address; each one told has answered. Null when it is no address. */
export async function findServers(
  text: string,
  outside: Outside,
  signal: AbortSignal,
): Promise<ServerSearch | null> {
  const parts = partsOf(text);
  if (parts === null) return null;
  const address = `${parts.local}@${parts.domain}`;
  const search: ServerSearch = { found: [], silent: [], failed: [] };
  const named = await Promise.all([
    bySrv(parts.domain, address, outside, search),
    byAutoconfig(parts.domain, address, outside, search),
    byMx(parts.domain, address, outside, search),
  ]);
  signal.throwIfAborted();
  const candidates = distinct([...named.flat(), ...byName(parts.domain, address)]);
  await probeAll(candidates, outside, search, signal);
  return search;
}

async function orFailed<T>(
  search: ServerSearch,
  by: FoundBy,
  on: string,
  ask: Promise<T>,
): Promise<T | null> {
  try {
    return await ask;
  } catch (error) {
    if (!isTrouble(error)) throw error;
    search.failed.push({ by, on, why: whyOf(error) });
    return null;
  }
}

function whyOf({ answer, kind }: Trouble): string {
  return answer ?? kind;
}

async function bySrv(
  domain: string,
  user: string,
  { lookup }: Outside,
  search: ServerSearch,
): Promise<Candidate[]> {
  const asked = SERVICES.map(async ({ name, protocol, security }) => {
    const on = `${name}._tcp.${domain}`;
    const records = (await orFailed(search, 'srv', on, lookup.srv(on))) ?? [];
    // Lower priority first, then greater weight. An empty host: the service is not there (RFC 2782).
    const order = (a: Srv, b: Srv): number => a.priority - b.priority || b.weight - a.weight;
    return records
      .sort(order)
      .filter(({ host, port }) => host !== '' && port > 0)
      .map(({ host, port }): Candidate => ({ protocol, host, port, security, by: 'srv', user }));
  });
  return (await Promise.all(asked)).flat();
}

/** The address itself is never sent: only its domain. */
async function byAutoconfig(
  domain: string,
  user: string,
  { fetchText }: Outside,
  search: ServerSearch,
): Promise<Candidate[]> {
  const urls = [
    `https://autoconfig.${domain}/mail/config-v1.1.xml`,
    `https://${domain}/.well-known/autoconfig/mail/config-v1.1.xml`,
  ];
  const texts = await Promise.all(urls.map((url) => orFailed(search, 'autoconfig', url, fetchText(url))));
  return texts.flatMap((text) => (text === null ? [] : readAutoconfig(text, user)));
}

/** A provider's own servers where its MX is known; else the exchanger itself may have the mailboxes too. */
async function byMx(
  domain: string,
  user: string,
  { lookup }: Outside,
  search: ServerSearch,
): Promise<Candidate[]> {
  const hosts = (await orFailed(search, 'mx', domain, lookup.mx(domain))) ?? [];
  const known = PROVIDERS.filter(({ mx }) => hosts.some((host) => mx.test(host)));
  const provided = known.flatMap(({ imap, pop3 }) => [
    tls('imap', imap, 'provider', user),
    ...(pop3 === null ? [] : [tls('pop3', pop3, 'provider', user)]),
  ]);
  const own = known.length > 0 ? [] : hosts.slice(0, 2);
  return [...provided, ...own.flatMap((host) => everyPort(host, 'mx', user))];
}

function byName(domain: string, user: string): Candidate[] {
  return (['imap', 'pop3'] as const).flatMap((protocol) =>
    COMMON_NAMES[protocol].flatMap((name) =>
      everyPort(`${name}.${domain}`, 'name', user).filter((each) => each.protocol === protocol),
    ),
  );
}

function tls(protocol: Candidate['protocol'], host: string, by: FoundBy, user: string): Candidate {
  return { protocol, host, port: PORTS[protocol].tls, security: 'tls', by, user };
}

function everyPort(host: string, by: FoundBy, user: string): Candidate[] {
  return (['imap', 'pop3'] as const).flatMap((protocol) =>
    (['tls', 'starttls'] as const).map((security) => ({
      ...{ protocol, host, port: PORTS[protocol][security], security, by, user },
    })),
  );
}

/** One of each host and port, by the way that comes first. */
function distinct(candidates: readonly Candidate[]): Candidate[] {
  const byPlace = new Map<string, Candidate>();
  const ordered = candidates.toSorted((a, b) => FOUND_BY.indexOf(a.by) - FOUND_BY.indexOf(b.by));
  for (const each of ordered) {
    const place = `${each.host}:${each.port}`;
    if (!byPlace.has(place)) byPlace.set(place, each);
  }
  return [...byPlace.values()].slice(0, CANDIDATES_MAX);
}

async function probeAll(
  candidates: readonly Candidate[],
  { probe }: Outside,
  search: ServerSearch,
  signal: AbortSignal,
): Promise<void> {
  const answers: (Probed | undefined)[] = [];
  let next = 0;
  async function lane(): Promise<void> {
    for (let i = next++; i < candidates.length; i = next++) {
      signal.throwIfAborted();
      answers[i] = await probe(candidates[i]!);
    }
  }
  await Promise.all(Array.from({ length: PROBES_AT_ONCE }, lane));
  for (const [i, candidate] of candidates.entries()) {
    const answer = answers[i]!;
    if (answer.is === 'silent') search.silent.push({ ...candidate, why: whyOf(answer.trouble) });
    else search.found.push({ ...candidate, ...answer.spoken, address: addressOf(candidate, answer.spoken) });
  }
  const rank = ({ security, protocol }: Candidate): number =>
    2 * Number(security === 'none') + Number(protocol === 'pop3');
  search.found.sort((a, b) => rank(a) - rank(b));
}

function addressOf({ protocol, host, port, security, user }: Candidate, { certificate }: Spoken): string {
  const scheme = security === 'tls' ? `${protocol}s` : protocol;
  const query: string[] = [];
  if (security !== 'tls') query.push(`starttls=${security === 'starttls' ? 'required' : 'never'}`);
  if (certificate?.fingerprint) query.push(`fingerprint=${certificate.fingerprint}`);
  const tail = query.length > 0 ? `?${query.join('&')}` : '';
  return `${scheme}://${encodeURIComponent(user)}@${host}:${port}/${tail}`;
}
