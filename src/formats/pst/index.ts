export { Archive } from './archive.ts';
export type { PstFile } from './file.ts';
export { foldersOf, type PstFolder } from './folder-tree.ts';
export { looksLikePst } from './header.ts';
export { type Listed, messagesOf, type Strays, straysOf } from './listing.ts';
