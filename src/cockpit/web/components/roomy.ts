import { useSyncExternalStore } from 'react';

const ROOMY = '(min-width: 1280px)';
const ROOMY_BESIDE = '(min-width: 1900px)';

/** Whether a table may show all its columns: not on a tablet, and not beside what is opened unless the screen is very wide. */
export function useRoomy(isOpened: boolean): boolean {
  const query = isOpened ? ROOMY_BESIDE : ROOMY;
  return useSyncExternalStore(
    (hear) => {
      const list = matchMedia(query);
      list.addEventListener('change', hear);
      return () => list.removeEventListener('change', hear);
    },
    () => matchMedia(query).matches,
  );
}
