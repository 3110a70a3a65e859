/** Files of Apple Mail, a message each (`.emlx`): the count of its bytes, the message, a property list about it. */
export { COUNT_LINE_MAX_BYTES, type Extent, type Noted, readExtent, readNoted } from './file.ts';
export { encoded, type Gap, gapsOf, PARTIAL_MAX_BYTES, PIECE_BYTES } from './partial.ts';
export { PLIST_MAX_BYTES } from './plist.ts';
