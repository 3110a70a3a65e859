export { HEAD_MAX_BYTES, type Head, readHead } from './head.ts';
export { type Postmark, readPostmark } from './postmark.ts';
export { type Evidence, type Quoting, quotingOf, UNQUOTE_BEHIND, writeUnquoted } from './quoting.ts';
export { type Part, type ReadAt, type SplitRules, splitMbox } from './split.ts';
