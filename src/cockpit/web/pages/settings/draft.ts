import { useState } from 'react';

/** What is being typed over what is stored, while others may store something else. */
export interface Draft<Fields extends object> {
  /** As it is shown: what was typed, and the rest as stored. */
  fields: Fields;
  /** Only what differs from what is stored. */
  changes: Partial<Fields>;
  /** On which these changes were made. */
  version: number | string;
  dirty: boolean;
  /** Somebody stored something else while this was typed; null: nobody did. */
  theirs: (keyof Fields & string)[] | null;
  set<Name extends keyof Fields>(name: Name, value: Fields[Name]): void;
  /** What was typed stands over what is stored now. */
  keep(): void;
  /** Back to what is stored now. */
  drop(): void;
}

/**
 * Follows what is stored as long as nothing was typed. Once something was, nothing of it goes away by itself: a change from
 * elsewhere is told (`theirs`), and the person decides.
 */
export function useDraft<Fields extends object>(stored: Fields, version: number | string): Draft<Fields> {
  const [base, setBase] = useState({ stored, version });
  const [typed, setTyped] = useState<Partial<Fields>>({});
  const changes = differing(base.stored, typed);
  const dirty = Object.keys(changes).length > 0;
  const moved = base.version !== version;
  if (moved && Object.keys(differing(stored, typed)).length === 0) {
    setBase({ stored, version });
    setTyped({});
  }
  return {
    fields: { ...base.stored, ...typed },
    changes,
    version: base.version,
    dirty,
    theirs: moved && dirty ? namesOf(differing(base.stored, stored)) : null,
    set: (name, value) => setTyped((before) => ({ ...before, [name]: value })),
    keep: () => setBase({ stored, version }),
    drop() {
      setBase({ stored, version });
      setTyped({});
    },
  };
}

/** Those of `after` that are others than in `before`. */
export function differing<Fields extends object>(before: Fields, after: Partial<Fields>): Partial<Fields> {
  const entries = Object.entries(after) as [keyof Fields & string, unknown][];
  return Object.fromEntries(
    entries.filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name])),
  ) as Partial<Fields>;
}

function namesOf<Fields extends object>(fields: Partial<Fields>): (keyof Fields & string)[] {
  return Object.keys(fields) as (keyof Fields & string)[];
}
