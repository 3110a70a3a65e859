import { BlockList, isIP, isIPv6 } from 'node:net';

/** Where an address lies: anywhere in the world, inside some network, or where no server can be. */
export type Whereabouts = 'public' | 'private' | 'never';

/** Special-purpose addresses (IANA's registries) behind which a server may stand, but not one of everybody's. */
const PRIVATE = blocks([
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['::1', 128],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['3fff::', 20],
  ['5f00::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
]);

/** Unspecified, several at once, reserved. */
const NEVER = blocks([
  ['0.0.0.0', 8],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['::', 128],
  ['ff00::', 8],
]);

/** `address` is an IP address. One of IPv6 that carries one of IPv4 lies where that one does. */
export function whereabouts(address: string): Whereabouts {
  const carried = carriedIn(address);
  if (carried !== null) return whereabouts(carried);
  if (has(NEVER, address)) return 'never';
  return has(PRIVATE, address) ? 'private' : 'public';
}

/** IPv4 in IPv6: mapped, compatible (old), NAT64, 6to4. Null for all others. */
export function carriedIn(address: string): string | null {
  if (!isIPv6(address)) return null;
  const words = wordsOf(address);
  const at = (n: number): string =>
    [words[n]! >> 8, words[n]! & 255, words[n + 1]! >> 8, words[n + 1]! & 255].join('.');
  const zeros = (from: number, to: number): boolean => words.slice(from, to).every((word) => word === 0);
  if (zeros(0, 5) && words[5] === 0xffff) return at(6);
  if (zeros(0, 6) && (words[6] !== 0 || words[7]! > 1)) return at(6);
  if (words[0] === 0x64 && words[1] === 0xff9b && zeros(2, 6)) return at(6);
  return words[0] === 0x2002 ? at(1) : null;
}

/** `10.0.0.0/8`, or one address. Null: neither. */
export function readNetwork(text: string): ((address: string) => boolean) | null {
  const [, address = '', bits] = /^\[?([0-9a-f.:]+)\]?(?:\/(\d{1,3}))?$/i.exec(text) ?? [];
  const version = isIP(address);
  if (version === 0) return null;
  const whole = version === 4 ? 32 : 128;
  const length = bits === undefined ? whole : Number(bits);
  if (length > whole) return null;
  const list = blocks([[address, length]]);
  return (one) => has(list, one) || (carriedIn(one) !== null && has(list, carriedIn(one)!));
}

function blocks(networks: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList();
  for (const [address, bits] of networks) list.addSubnet(address, bits, isIPv6(address) ? 'ipv6' : 'ipv4');
  return list;
}

function has(list: BlockList, address: string): boolean {
  return list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** The eight words of an address that is one. */
function wordsOf(address: string): number[] {
  const plain = address.replace(
    /(\d+)\.(\d+)\.(\d+)\.(\d+)$/,
    (_, a, b, c, d) => `${((+a << 8) | +b).toString(16)}:${((+c << 8) | +d).toString(16)}`,
  );
  const [head = '', tail] = plain.split('::');
  const read = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((word) => parseInt(word, 16));
  const [before, after] = [read(head), tail === undefined ? [] : read(tail)];
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}
