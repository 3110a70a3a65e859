import { crc32 } from 'node:zlib';

/** LZFu without any reference but the end: valid, not small. */
export function compressRtf(rtf: Buffer): Buffer {
  const pieces: Buffer[] = [];
  let at = 0;
  for (; at + 8 <= rtf.length; at += 8) pieces.push(Buffer.of(0), rtf.subarray(at, at + 8));
  const rest = rtf.subarray(at);
  // The ring starts with 207 bytes in it; a reference to where the next byte goes is the end.
  const end = Buffer.alloc(2);
  end.writeUInt16BE(((207 + rtf.length) % 4096) << 4);
  pieces.push(Buffer.of(1 << rest.length), rest, end);
  const content = Buffer.concat(pieces);
  const header = Buffer.alloc(16);
  header.writeUInt32LE(content.length + 12, 0);
  header.writeUInt32LE(rtf.length, 4);
  header.write('LZFu', 8, 'latin1');
  header.writeUInt32LE(~crc32(content, 0xffffffff) >>> 0, 12);
  return Buffer.concat([header, content]);
}
