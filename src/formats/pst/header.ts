import { u8, u16, u32, u64 } from './bytes.ts';
import type { Crypt } from './crypt.ts';
import { damage } from './damage.ts';
import type { FileWindows } from './file.ts';
import { ANSI, type Layout, UNICODE, UNICODE_4K } from './layout.ts';

/** Where a B-tree begins. */
export interface PageRef {
  bid: number;
  offset: number;
}

/** MS-PST §2.2.2.6. */
export interface Header {
  layout: Layout;
  crypt: Crypt;
  /** Which block ids lie where. */
  blocks: PageRef;
  /** Which nodes there are. */
  nodes: PageRef;
  /** How long the file was when it was written last; a copy that broke off is shorter. */
  fileBytes: number;
}

const MAGIC = 0x4e444221;
const HEADER_BYTES = 564;
/** The shortest file that could hold both trees. */
const SHORTEST = HEADER_BYTES + 2 * 512;
const CRYPTS: readonly Crypt[] = ['none', 'permute', 'cyclic'];

/** Encrypted for one user (Windows Information Protection, MS-PST §2.2.2.6): the version, and the encoding. */
const WIP_VERSION = 37;
const WIP_CRYPT = 0x10;
const WIP = 'encrypted for one user by Windows Information Protection';

/** Whether a file begins as a PST or OST does, one that can be read or not. */
export function looksLikePst(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && u32(bytes, 0) === MAGIC;
}

/** Throws `malformed` when it is no PST or OST that can be read. */
export function readHeader(file: FileWindows): Header {
  if (file.size < SHORTEST) throw damage('header', `a file of ${file.size} bytes is no PST`);
  const bytes = file.bytes(0, HEADER_BYTES);
  if (u32(bytes, 0) !== MAGIC) throw damage('header', 'no PST: it does not begin with !BDN');
  const version = u16(bytes, 10);
  const layout = layoutOf(version);
  if (version === WIP_VERSION) throw damage('header', WIP);
  if (layout === null) throw damage('header', `version ${version} is not known`);
  const wide = layout.idBytes === 8;
  const method = u8(bytes, wide ? 513 : 461);
  const crypt = CRYPTS[method];
  if (crypt === undefined)
    throw damage('header', method === WIP_CRYPT ? WIP : `its encoding ${method} is not known`);
  return { layout, crypt, ...(wide ? wideRoot(bytes) : narrowRoot(bytes)) };
}

function layoutOf(version: number): Layout | null {
  if (version === 14 || version === 15) return ANSI;
  if (version === 36) return UNICODE_4K;
  return version === 21 || version === 23 ? UNICODE : null;
}

type Root = Omit<Header, 'layout' | 'crypt'>;

/** MS-PST §2.2.2.5. */
function wideRoot(bytes: Uint8Array): Root {
  return {
    fileBytes: u64(bytes, 184),
    nodes: { bid: u64(bytes, 216), offset: u64(bytes, 224) },
    blocks: { bid: u64(bytes, 232), offset: u64(bytes, 240) },
  };
}

function narrowRoot(bytes: Uint8Array): Root {
  return {
    fileBytes: u32(bytes, 168),
    nodes: { bid: u32(bytes, 184), offset: u32(bytes, 188) },
    blocks: { bid: u32(bytes, 192), offset: u32(bytes, 196) },
  };
}
