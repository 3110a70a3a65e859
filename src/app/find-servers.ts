import { findServers, type Outside, type ServerSearch } from '../engine/find-servers/find.ts';
import { probe } from '../engine/find-servers/probe.ts';
import { openLookup } from '../wire/dns/lookup.ts';
import { fetchText } from '../wire/fetch-text.ts';
import { usage } from './usage.ts';

/** The mail servers of an e-mail address. Throws Trouble `malformed` (no address) and the signal's reason. */
export async function runFindServers(
  address: string,
  signal: AbortSignal,
  outside: Outside = world(signal),
): Promise<ServerSearch> {
  const search = await findServers(address, outside, signal);
  if (search === null) throw usage('no-mail-address', '--address');
  return search;
}

function world(signal: AbortSignal): Outside {
  return { lookup: openLookup(), fetchText: (url) => fetchText(url, { signal }), probe };
}
