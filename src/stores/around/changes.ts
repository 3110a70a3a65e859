import type { Change } from '../entry.ts';

/**
 * `changes` begun again after a cut: the store tells from the last checkpoint once more, and this lets through only
 * what the consumer does not know yet.
 */
export interface Resume {
  /** An attempt begins. */
  begin(): void;
  /** The checkpoint to begin at. */
  since(): string | null;
  take(change: Change): Iterable<Change>;
}

export function makeResume(from: string | null): Resume {
  let since = from;
  let wasReset = false;
  /** Key → marks of what was told as a new entry since the checkpoint. Of a large folder only this is kept. */
  let entries = new Map<string, string>();
  /** Which of them this attempt told again; null in a first attempt, which cannot. */
  let seen: Set<string> | null = null;
  /** Key → marks told for older messages. */
  let marked = new Map<string, string>();
  let gone = new Set<string>();
  const texts = new Map<string, string>();

  /** One string for equal marks, however many messages have them. */
  function textOf(marks: readonly string[]): string {
    const text = marks.join(' ');
    const same = texts.get(text);
    if (same === undefined) texts.set(text, text);
    return same ?? text;
  }

  function forget(): void {
    entries = new Map();
    marked = new Map();
    gone = new Set();
    seen = null;
  }

  function* takeEntry(change: Change & { is: 'entry' }): Iterable<Change> {
    const { key, marks } = change.entry;
    const text = textOf(marks);
    const known = entries.get(key);
    seen?.add(key);
    entries.set(key, text);
    if (known === undefined) yield change;
    else if (known !== text) yield { is: 'marks', key, marks };
  }

  function* takeGone(change: Change & { is: 'gone' }): Iterable<Change> {
    if (gone.has(change.key)) return;
    gone.add(change.key);
    marked.delete(change.key);
    entries.delete(change.key);
    yield change;
  }

  function* takeMarks(change: Change & { is: 'marks' }): Iterable<Change> {
    const text = textOf(change.marks);
    const known = entries.get(change.key) === undefined ? marked : entries;
    if (known.get(change.key) === text) return;
    known.set(change.key, text);
    yield change;
  }

  function* takeCheckpoint(change: Change & { is: 'checkpoint' }): Iterable<Change> {
    // Told in an earlier attempt and not in this one: it went away in between.
    if (seen) for (const key of entries.keys()) if (!seen.has(key)) yield { is: 'gone', key };
    since = change.checkpoint;
    wasReset = false;
    forget();
    yield change;
  }

  function* takeReset(change: Change & { is: 'reset' }): Iterable<Change> {
    // A second one only voids what was told after the first: the comparison at the checkpoint finds that.
    if (wasReset) return;
    wasReset = true;
    forget();
    yield change;
  }

  return {
    begin() {
      seen = entries.size > 0 ? new Set() : null;
    },
    since: () => since,
    take(change) {
      if (change.is === 'entry') return takeEntry(change);
      if (change.is === 'gone') return takeGone(change);
      if (change.is === 'marks') return takeMarks(change);
      if (change.is === 'reset') return takeReset(change);
      return takeCheckpoint(change);
    },
  };
}
