import { useSyncExternalStore } from 'react';

const WIDE = '(min-width: 1180px)';

/** Whether a table has room for all its columns, when nothing is opened beside it; the same width as in the style sheets. */
export function useRoom(): boolean {
  return useSyncExternalStore(
    (hear) => {
      const query = matchMedia(WIDE);
      query.addEventListener('change', hear);
      return () => query.removeEventListener('change', hear);
    },
    () => matchMedia(WIDE).matches,
  );
}
