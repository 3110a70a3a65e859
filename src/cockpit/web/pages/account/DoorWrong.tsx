import { Refused } from '../../api/call.ts';
import { Button } from '../../components/Button.tsx';
import { Note } from '../../components/Notice.tsx';
import { wrongSentence } from '../../components/Wrong.tsx';
import { useWords } from '../../words/words.tsx';
import { doorCode, signInAgain } from './door.ts';

/** What the door said no to: also a wrong password, which does not mean that nobody is signed in. */
export function DoorWrong({ error }: { error: unknown }) {
  const words = useWords();
  const { say } = words;
  if (!error) return null;
  if (doorCode(error) === 'sign-in-again')
    return (
      <Note
        title={say('settings.account.again.title')}
        actions={
          <Button small onClick={() => void signInAgain()}>
            {say('settings.account.again.act')}
          </Button>
        }
      >
        {say('settings.account.again.body')}
      </Note>
    );
  const sentence = error instanceof Refused ? error.refusal.sentence : '';
  return <Note tone="bad">{sentence || wrongSentence(error, words)}</Note>;
}
