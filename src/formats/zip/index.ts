export { listZip, listZipAtOnce, type ZipList } from './directory.ts';
export { isZip, type ReadAt, type ReadAtOnce, type ZipEntry } from './entry.ts';
export { Forward, REACH_BYTES } from './forward.ts';
export { segmentsOf } from './name.ts';
export { type EntryStream, openEntry } from './stream.ts';
export { unpackEntry } from './unpack.ts';
