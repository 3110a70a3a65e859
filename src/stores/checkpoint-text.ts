import { hash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';

/**
 * A checkpoint of a store that reads files: `STAMP DATA SEAL`. The stamp stands outside, so that "nothing changed"
 * costs no unpacking; the seal, so that a text which is not whole is known at once and leads to a reset.
 */
export interface CheckpointText {
  /** No spaces. May be empty: then it equals no stamp. */
  stamp: string;
  /** Unpacks it; null when it is not what was packed. */
  data(): unknown;
}

const SEAL_CHARS = 16;
/** What is unpacked from a checkpoint is never more. */
const DATA_MAX_BYTES = 256 * 1024 * 1024;

/** `data` must survive JSON. */
export function writeCheckpointText(stamp: string, data: unknown): string {
  const text = `${stamp} ${deflateRawSync(JSON.stringify(data)).toString('base64')} `;
  return text + sealOf(text);
}

/** Null when it is not one of ours, whole. */
export function readCheckpointText(checkpoint: string): CheckpointText | null {
  const text = checkpoint.slice(0, -SEAL_CHARS);
  const [stamp, packed, rest, ...more] = text.split(' ');
  if (packed === undefined || rest !== '' || more.length > 0) return null;
  if (sealOf(text) !== checkpoint.slice(-SEAL_CHARS)) return null;
  return { stamp: stamp!, data: () => unpack(packed) };
}

function unpack(packed: string): unknown {
  try {
    const bytes = inflateRawSync(Buffer.from(packed, 'base64'), { maxOutputLength: DATA_MAX_BYTES });
    return JSON.parse(bytes.toString());
  } catch {
    return null;
  }
}

function sealOf(text: string): string {
  return hash('sha256', text, 'hex').slice(0, SEAL_CHARS);
}
