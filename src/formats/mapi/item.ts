/**
 * Items as Outlook keeps them, whatever file they lie in (PST, OST, MSG): bags of properties. A format reader makes
 * them, `render` makes mail of them. Reading is lazy: nothing is read from the file before it is asked for.
 *
 * Every method throws `Trouble` `malformed` where the file is damaged at that place; another place may still be read.
 */

/** By MAPI type (MS-OXCDATA §2.11.1), each in the JavaScript type that holds it whole. */
export type PropertyValue =
  /** PtypInteger16, PtypInteger32, PtypErrorCode, PtypFloating32, PtypFloating64; PtypTime as milliseconds since 1970. */
  | number
  /** PtypInteger64, PtypCurrency. */
  | bigint
  | boolean
  /** PtypString; PtypGuid as `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` in lower case. */
  | string
  /** PtypBinary; PtypString8, whose charset only the item can tell. */
  | Uint8Array
  /** The PtypMultiple types. */
  | readonly PropertyValue[];

export interface Property {
  /** The 16 bits of the property id. */
  id: number;
  /** The 16 bits of the property type: tells PtypString8 (0x001E) from PtypBinary (0x0102). */
  type: number;
  value: PropertyValue;
}

/** A value too large to be wanted in memory as a whole. */
export interface PropertyStream {
  type: number;
  /** In bytes. */
  size: number;
  /** The bytes in order; a piece is valid until the next one is asked for. */
  chunks(): Iterable<Uint8Array>;
}

export interface PropertyBag {
  /** The ids there are, ascending. */
  ids(): readonly number[];
  /** Null when it is not there; `malformed` when its value is larger than 16 MiB, which only `stream` can tell. */
  get(id: number): Property | null;
  /** A named property (MS-OXPROPS): its set as a GUID in lower case, its number or name. */
  named(set: string, name: number | string): Property | null;
  /** Of a PtypString, PtypString8 or PtypBinary value; null when it is not there or of another type. */
  stream(id: number): PropertyStream | null;
}

export interface Attachment extends PropertyBag {
  /** The item inside (PidTagAttachMethod 5); null for every other method. */
  embedded(): Item | null;
}

export interface Item extends PropertyBag {
  recipients(): Iterable<PropertyBag>;
  attachments(): Iterable<Attachment>;
}
