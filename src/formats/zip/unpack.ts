import { crc32, inflateRawSync } from 'node:zlib';
import { malformed, type ReadAtOnce, readExactly, readThroughAtOnce, type ZipEntry } from './entry.ts';
import { contentStart } from './stream.ts';

/**
 * The whole of a small entry, without waiting. Who calls this has seen that `size` and `packed` are not too large to be held.
 * Throws `malformed`: refused, damaged, longer or shorter than told.
 */
export function unpackEntry(readAt: ReadAtOnce, entry: ZipEntry, on: string): Buffer {
  if (entry.refused !== null) throw malformed(on, entry.refused);
  const bytes = readThroughAtOnce(unpacking(entry, on), readAt, on);
  if (bytes.length !== entry.size)
    throw malformed(on, `unpacks to ${bytes.length} bytes instead of ${entry.size}`);
  if (crc32(bytes) !== entry.crc)
    throw malformed(on, 'the checksum (CRC-32) is wrong: the archive is damaged');
  return bytes;
}

function* unpacking(entry: ZipEntry, on: string) {
  const start = yield* contentStart(entry, on);
  const packed = yield* readExactly(start, entry.packed);
  return entry.method === 0 ? packed : inflated(packed, entry.size, on);
}

function inflated(packed: Buffer, size: number, on: string): Buffer {
  try {
    // Never more than was told, or a small file could fill the memory.
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, size) });
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE')
      throw malformed(on, `unpacks to more than the ${size} bytes it tells of`);
    if (/^Z_/.test(code)) throw malformed(on, 'the packed bytes are damaged', cause);
    throw cause;
  }
}
