/** Compressed RTF (MS-OXRTFCP): LZ77 over a ring of 4,096 bytes that begins with words every RTF text has. */
import { crc32 } from 'node:zlib';
import { asBuffer } from '../../mail/header.ts';

export interface Decompressed {
  rtf: Buffer;
  /** Length and checksum are what the header says. */
  sound: boolean;
}

const HEADER_BYTES = 16;
const COMPRESSED = 0x75465a4c;
const UNCOMPRESSED = 0x414c454d;
/** Text that is longer is cut and not sound. */
const RTF_MAX_BYTES = 64 * 1024 * 1024;
const RING_BYTES = 4096;

/** What the ring begins with (MS-OXRTFCP). */
const DICTIONARY = Buffer.from(
  '{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor ' +
    'MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par ' +
    '\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx',
  'latin1',
);

/** Null for what is no compressed RTF; a text that breaks off is given as far as it goes. */
export function decompressRtf(bytes: Uint8Array): Decompressed | null {
  if (bytes.length < HEADER_BYTES) return null;
  const buffer = asBuffer(bytes);
  const size = Math.min(buffer.readUInt32LE(0) + 4, buffer.length);
  const rawSize = buffer.readUInt32LE(4);
  const content = buffer.subarray(HEADER_BYTES, Math.max(size, HEADER_BYTES));
  switch (buffer.readUInt32LE(8)) {
    case UNCOMPRESSED: {
      const rtf = buffer.subarray(HEADER_BYTES, HEADER_BYTES + Math.min(rawSize, RTF_MAX_BYTES));
      return { rtf, sound: rtf.length === rawSize };
    }
    case COMPRESSED: {
      const rtf = decompress(content, rawSize);
      return { rtf, sound: rtf.length === rawSize && checksum(content) === buffer.readUInt32LE(12) };
    }
    default:
      return null;
  }
}

/** The CRC-32 of MS-OXRTFCP starts with 0 and is not inverted. */
function checksum(content: Buffer): number {
  return ~crc32(content, 0xffffffff) >>> 0;
}

/** 17 bytes of text for two of input and their control bit, at most. */
function mostOf(inputBytes: number): number {
  return Math.min(RTF_MAX_BYTES, Math.ceil(inputBytes * 8.5) + 17);
}

function decompress(input: Buffer, rawSize: number): Buffer {
  const out = Buffer.allocUnsafe(Math.min(mostOf(input.length), rawSize > 0 ? rawSize : RTF_MAX_BYTES));
  const ring = Buffer.alloc(RING_BYTES);
  DICTIONARY.copy(ring);
  let write = DICTIONARY.length;
  let size = 0;
  let at = 0;
  while (at < input.length && size < out.length) {
    const control = input[at++]!;
    for (let bit = 1; bit < 256 && at < input.length && size < out.length; bit <<= 1) {
      if ((control & bit) === 0) {
        const c = input[at++]!;
        out[size++] = c;
        ring[write] = c;
        write = (write + 1) % RING_BYTES;
        continue;
      }
      if (at + 1 >= input.length) return out.subarray(0, size);
      const reference = (input[at]! << 8) | input[at + 1]!;
      at += 2;
      const offset = reference >> 4;
      if (offset === write) return out.subarray(0, size);
      const end = Math.min(out.length, size + (reference & 15) + 2);
      for (let from = offset; size < end; from++) {
        const c = ring[from % RING_BYTES]!;
        out[size++] = c;
        ring[write] = c;
        write = (write + 1) % RING_BYTES;
      }
    }
  }
  return out.subarray(0, size);
}
