import { useSyncExternalStore } from 'react';

const NARROW = '(max-width: 760px)';

/** On a phone; the same width as in the style sheets. */
export function useNarrow(): boolean {
  return useSyncExternalStore(
    (hear) => {
      const query = matchMedia(NARROW);
      query.addEventListener('change', hear);
      return () => query.removeEventListener('change', hear);
    },
    () => matchMedia(NARROW).matches,
  );
}
