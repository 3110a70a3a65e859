/** What a key does in a table. */
export type TableAct =
  | { is: 'move'; to: number; choose: boolean }
  | { is: 'choose' }
  | { is: 'open' }
  | { is: 'all' }
  | { is: 'none' };

interface Press {
  key: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

/** Pure. `page`: rows that are seen at once. Null: the key is not the table's. */
export function keyInTable(press: Press, at: { here: number; total: number; page: number }): TableAct | null {
  const { key, shiftKey, ctrlKey, metaKey, altKey } = press;
  if (at.total === 0 || altKey) return null;
  if (ctrlKey || metaKey) return key === 'a' ? { is: 'all' } : null;
  const to = targetOf(key, at);
  if (to !== null) return { is: 'move', to: Math.min(at.total - 1, Math.max(0, to)), choose: shiftKey };
  if (key === ' ') return { is: 'choose' };
  if (key === 'Enter') return { is: 'open' };
  return key === 'Escape' ? { is: 'none' } : null;
}

function targetOf(
  key: string,
  { here, total, page }: { here: number; total: number; page: number },
): number | null {
  switch (key) {
    case 'ArrowDown':
      return here + 1;
    case 'ArrowUp':
      return here - 1;
    case 'PageDown':
      return here + page;
    case 'PageUp':
      return here - page;
    case 'Home':
      return 0;
    case 'End':
      return total - 1;
    default:
      return null;
  }
}
