export { HEAD_MAX_BYTES, readHead } from './head.ts';
export { type Postmark, readPostmark } from './postmark.ts';
export { type Evidence, type Quoting, quotingOf, UNQUOTE_BEHIND, writeUnquoted } from './quoting.ts';
export { type Part, type ReadAt, splitMbox } from './split.ts';
