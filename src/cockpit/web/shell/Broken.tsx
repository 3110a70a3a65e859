import { useRouter } from '@tanstack/react-router';
import { Button } from '../components/Button.tsx';
import { Note } from '../components/Notice.tsx';
import { wrongSentence } from '../components/Wrong.tsx';
import { useWords } from '../words/words.tsx';

/** A page that could not be drawn, in the place of the page. */
export function Broken({ error }: { error: unknown }) {
  const words = useWords();
  const router = useRouter();
  return (
    <Note
      tone="bad"
      title={words.say('shell.wrong.title')}
      actions={
        <Button
          small
          onClick={() => {
            void router.invalidate();
          }}
        >
          {words.say('shell.again')}
        </Button>
      }
    >
      {wrongSentence(error, words)}
    </Note>
  );
}
