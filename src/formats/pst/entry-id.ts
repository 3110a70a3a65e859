import type { PropertyValue } from '../mapi/item.ts';
import { u32 } from './bytes.ts';

/** An entry id of a PST: flags, the store's key, a node (MS-PST §2.4.3.2). */
const BYTES = 24;

/** The node an entry id of this file names; null when it is none of a PST (an OST has those of its server). */
export function nodeOf(value: PropertyValue | undefined): number | null {
  return value instanceof Uint8Array && value.length === BYTES && u32(value, 0) === 0 ? u32(value, 20) : null;
}
