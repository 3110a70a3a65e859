import type { SourceTraits } from '../source.ts';

export const PST_TRAITS: SourceTraits = { bytes: 'rebuilt', marks: true, lanes: 1 };
