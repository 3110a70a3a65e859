import type { Body, Hold } from '../hold.ts';

/** Each message in a buffer of its own. For tests and for small jobs; nothing is recycled. */
export function memoryHold(): Hold {
  return {
    begin() {
      const pieces: Uint8Array[] = [];
      return {
        write: (piece) => void pieces.push(Uint8Array.prototype.slice.call(piece)),
        end: () => memoryBody(Buffer.concat(pieces)),
        abort: () => void pieces.splice(0),
      };
    },
  };
}

/** Bytes that are here already, as a body. */
export function memoryBody(bytes: Uint8Array): Body {
  return {
    size: bytes.length,
    memory: bytes,
    chunks: () => [bytes],
    release() {},
  };
}
