export { listZip, type ZipList } from './directory.ts';
export { isZip, type ReadAt, type ZipEntry } from './entry.ts';
export { segmentsOf } from './name.ts';
export { type EntryStream, openEntry } from './stream.ts';
