import { Refused, Unreachable } from '../api/call.ts';
import { type PageWords, useWords } from '../words/words.tsx';
import { Button } from './Button.tsx';
import { Note } from './Notice.tsx';

/** What went wrong, in words: the server's own sentence where it gave one. */
export function wrongSentence(error: unknown, { say }: Pick<PageWords, 'say'>): string {
  if (error instanceof Refused) return error.refusal.sentence;
  if (error instanceof Unreachable) return say('shell.wrong.unreachable');
  return say('shell.wrong.bug');
}

/** What the server found wrong with one field of a form, or with a part of it (`domains.0`); undefined: nothing. */
export function wrongField(error: unknown, field: string): string | undefined {
  const fields = Object.entries((error instanceof Refused && error.refusal.fields) || {});
  return fields.find(([name]) => name === field || name.startsWith(`${field}.`))?.[1];
}

interface WrongProps {
  /** Nothing is shown without one. */
  error: unknown;
  /** Shown when trying again may help. */
  again?: () => void;
}

export function Wrong({ error, again }: WrongProps) {
  const words = useWords();
  if (!error) return null;
  // Nobody is signed in any more: the way to the door is under way.
  if (error instanceof Refused && error.status === 401) return null;
  return (
    <Note
      tone="bad"
      actions={
        again && (
          <Button small onClick={again}>
            {words.say('shell.again')}
          </Button>
        )
      }
    >
      {wrongSentence(error, words)}
    </Note>
  );
}
