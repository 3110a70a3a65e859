import { Resolver } from 'node:dns/promises';
import { Trouble } from '../../trouble.ts';

/** RFC 2782. */
export interface Srv {
  /** Without the final point; empty where the service is said not to be there. */
  host: string;
  port: number;
  priority: number;
  weight: number;
}

/** The questions asked here; answers are in no order. Both throw `lost` when no resolver answers in time. */
export interface Lookup {
  srv(name: string): Promise<Srv[]>;
  /** Host names of the mail exchangers, best first. */
  mx(domain: string): Promise<string[]>;
}

const TIMEOUT_MS = 3_000;
const TRIES = 2;
/** A zone may hold any number of records. */
const ANSWERS_MAX = 20;
/** There is no such name, or nothing of the kind under it. */
const NOTHING = new Set(['ENOTFOUND', 'ENODATA', 'NXDOMAIN', 'EBADNAME']);

/** Asks the resolvers of this machine, or the ones given (`127.0.0.1:5353`). */
export function openLookup(servers: readonly string[] | null = null): Lookup {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
  if (servers !== null) resolver.setServers(servers);
  return {
    async srv(name) {
      const records = await answered(name, resolver.resolveSrv(name));
      return records.map(({ name: host, port, priority, weight }) => ({
        ...{ host: host.replace(/\.$/, '').toLowerCase(), port, priority, weight },
      }));
    },
    async mx(domain) {
      const records = await answered(domain, resolver.resolveMx(domain));
      return records
        .sort((a, b) => a.priority - b.priority)
        .map(({ exchange }) => exchange.replace(/\.$/, '').toLowerCase())
        .filter((host) => host !== '');
    },
  };
}

async function answered<T>(on: string, asked: Promise<T[]>): Promise<T[]> {
  try {
    return (await asked).slice(0, ANSWERS_MAX);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? '';
    if (NOTHING.has(code)) return [];
    if (!/^E[A-Z]+$/.test(code)) throw cause;
    throw new Trouble('lost', { tried: 'connect', on, answer: `DNS: ${code}`, cause });
  }
}
