import type { MouseEvent } from 'react';
import { Button } from '../../components/Button.tsx';
import { Note } from '../../components/Notice.tsx';
import { useWords } from '../../words/words.tsx';
import type { Draft } from './draft.ts';

interface ChangedProps<Fields extends object> {
  draft: Draft<Fields>;
}

/** Told where two have changed the same thing; nothing of what was typed is lost by it. */
export function Changed<Fields extends object>({ draft }: ChangedProps<Fields>) {
  const { say, sayIfKnown, figures } = useWords();
  if (draft.theirs === null) return null;
  const named = (names: readonly string[]): string =>
    figures.list(names.map((name) => sayIfKnown(`settings.audit.fields.${name}`, name)));
  const both = draft.theirs.filter((name) => name in draft.changes);
  return (
    <Note
      tone="bad"
      title={say('settings.changed.title')}
      actions={
        <>
          <Button small onClick={(event) => settle(event, draft.keep)}>
            {say('settings.changed.keep')}
          </Button>
          <Button small onClick={(event) => settle(event, draft.drop)}>
            {say('settings.changed.drop')}
          </Button>
        </>
      }
    >
      {both.length > 0
        ? say('settings.changed.both', { fields: named(both) })
        : say('settings.changed.body', { fields: named(draft.theirs) })}
    </Note>
  );
}

/** What was pressed goes away with what it was about: the keyboard goes on at the beginning of the form. */
function settle(event: MouseEvent, act: () => void): void {
  const form = event.currentTarget.closest('form');
  act();
  form?.querySelector<HTMLElement>('input, select, textarea')?.focus();
}
