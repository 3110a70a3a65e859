import { createContext, type ReactNode, use, useCallback, useRef, useState } from 'react';
import { useWords } from '../words/words.tsx';
import { Button } from './Button.tsx';
import styles from './Confirm.module.css';
import { Dialog } from './Dialog.tsx';

export interface Question {
  /** Ends with a question mark. */
  title: string;
  /** What will happen, in a sentence or two; also what will not. */
  body: ReactNode;
  /** The button: the verb of the title, never OK. */
  act: string;
  /** It takes something away: the focus stands on the way back. */
  danger?: boolean;
}

type Ask = (question: Question) => Promise<boolean>;
const Asking = createContext<Ask | null>(null);

/** `if (await confirm({ title, body, act })) …` */
export function useConfirm(): Ask {
  const ask = use(Asking);
  if (!ask) throw new Error('nothing above this part asks');
  return ask;
}

export function ConfirmProvider({ children }: { children: ReactNode }) {
  const { say } = useWords();
  const [question, setQuestion] = useState<Question | null>(null);
  const answer = useRef<(yes: boolean) => void>(() => {});
  const ask = useCallback<Ask>((next) => {
    answer.current(false);
    setQuestion(next);
    return new Promise((resolve) => {
      answer.current = resolve;
    });
  }, []);
  const end = (yes: boolean): void => {
    setQuestion(null);
    answer.current(yes);
  };
  return (
    <Asking value={ask}>
      {children}
      <Dialog
        open={question !== null}
        title={question?.title ?? ''}
        onClose={() => end(false)}
        actions={
          <>
            <Button data-start={question?.danger || undefined} onClick={() => end(false)}>
              {say('shell.cancel')}
            </Button>
            <Button
              kind={question?.danger ? 'danger' : 'primary'}
              data-start={!question?.danger || undefined}
              onClick={() => end(true)}
            >
              {question?.act}
            </Button>
          </>
        }
      >
        <div className={styles.body}>{question?.body}</div>
      </Dialog>
    </Asking>
  );
}
