import { u8, u16, u32, u64 } from './bytes.ts';
import { agrees, checksum, signature } from './checksum.ts';
import { damage } from './damage.ts';
import type { PageRef } from './header.ts';
import type { Layout } from './layout.ts';

/** A page of a B-tree (MS-PST §2.2.2.7.7.1). */
export interface Page {
  bytes: Uint8Array;
  level: number;
  count: number;
  entryBytes: number;
}

/** What tells one tree from another: the type of its pages, and how many bytes an entry of a leaf has at least. */
export interface PageKind {
  name: string;
  type: number;
  leafBytes: number;
}

export function idAt(bytes: Uint8Array, at: number, { idBytes }: Layout): number {
  return idBytes === 8 ? u64(bytes, at) : u32(bytes, at);
}

/** The page at a place that something points to. Throws `malformed`. */
export function readPage(bytes: Uint8Array, ref: PageRef, kind: PageKind, layout: Layout): Page {
  const trailer = trailerOf(bytes, layout);
  const place = `page of ${kind.name} at ${ref.offset}`;
  if (trailer.type !== kind.type) throw damage(place, 'it is no page of this kind');
  if (trailer.bid - (trailer.bid % 2) !== ref.bid - (ref.bid % 2))
    throw damage(place, 'it is another page than the one pointed at');
  if (!agrees(bytes.subarray(0, layout.pageTrailerAt), trailer.checksum))
    throw damage(place, 'its checksum does not agree');
  const page = pageOf(bytes, layout);
  if (!fits(page, kind, layout))
    throw damage(place, `${page.count} entries of ${page.entryBytes} bytes do not fit`);
  return page;
}

/** The leaf that lies at a place nothing points to, with its id; null when none does. */
export function leafAt(
  bytes: Uint8Array,
  offset: number,
  kind: PageKind,
  layout: Layout,
): { page: Page; bid: number } | null {
  const at = layout.pageTrailerAt;
  if (bytes[at] !== kind.type || bytes[at + 1] !== kind.type) return null;
  const { bid, checksum: stored } = trailerOf(bytes, layout);
  if (u16(bytes, at + 2) !== signature(offset, bid)) return null;
  if (checksum(bytes.subarray(0, at)) !== stored) return null;
  const page = pageOf(bytes, layout);
  return page.level === 0 && fits(page, kind, layout) ? { page, bid } : null;
}

/** MS-PST §2.2.2.7.1. */
function trailerOf(bytes: Uint8Array, layout: Layout): { type: number; bid: number; checksum: number } {
  const at = layout.pageTrailerAt;
  const [crcAt, bidAt] = layout.idBytes === 8 ? [4, 8] : [8, 4];
  const type = u8(bytes, at);
  return {
    type: u8(bytes, at + 1) === type ? type : 0,
    bid: idAt(bytes, at + bidAt, layout),
    checksum: u32(bytes, at + crcAt),
  };
}

function pageOf(bytes: Uint8Array, { kind, countsAt }: Layout): Page {
  const large = kind === 'unicode-4k';
  return {
    bytes,
    count: large ? u16(bytes, countsAt) : u8(bytes, countsAt),
    entryBytes: u8(bytes, countsAt + (large ? 4 : 2)),
    level: u8(bytes, countsAt + (large ? 5 : 3)),
  };
}

function fits({ count, entryBytes, level }: Page, kind: PageKind, { countsAt, idBytes }: Layout): boolean {
  return entryBytes >= (level === 0 ? kind.leafBytes : 3 * idBytes) && count * entryBytes <= countsAt;
}
