import type { AnswerOf } from '../../api/ask.ts';
import { Button, buttonClass } from '../../components/Button.tsx';
import { Card } from '../../components/Card.tsx';
import { Note } from '../../components/Notice.tsx';
import { PageLink } from '../../components/PageLink.tsx';
import { useWords } from '../../words/words.tsx';
import { hasPage } from '../pages.ts';

export type Confirmed = AnswerOf<'POST /organisations/{organisation}/import/{import}/confirm'>;

interface DoneProps {
  confirmed: Confirmed;
  onAgain(): void;
}

/** It is written; the way on. */
export function Done({ confirmed, onAgain }: DoneProps) {
  const { say, figures } = useWords();
  const { created, changed, same } = confirmed;
  const told = {
    created: figures.number(created),
    changed: figures.number(changed),
    same: figures.number(same),
  };
  return (
    <Card label={say('people.file.done')}>
      <Note
        tone="ok"
        title={say('people.file.done')}
        actions={
          <>
            <PageLink to="people" className={buttonClass('primary')}>
              {say('people.file.to-people')}
            </PageLink>
            {hasPage('waves') && (
              <PageLink to="waves" className={buttonClass()}>
                {say('people.file.to-waves')}
              </PageLink>
            )}
            <Button kind="quiet" onClick={onAgain}>
              {say('people.file.another')}
            </Button>
          </>
        }
      >
        {say('people.file.done-body', told)}
      </Note>
    </Card>
  );
}
