import { useEffect, useRef } from 'react';
import { Button } from '../../components/Button.tsx';
import { useTell } from '../../components/Notice.tsx';
import { useWords } from '../../words/words.tsx';
import styles from './ShownOnce.module.css';

interface ShownOnceProps {
  title: string;
  /** What it is for, and until when. */
  body: string;
  /** A link or a token on one line; several lines for codes. */
  text: string;
  onDone(): void;
}

/** Something that the server tells this once: it stands in the page, and goes when the person says so, not by a click beside it. */
export function ShownOnce({ title, body, text, onDone }: ShownOnceProps) {
  const { say } = useWords();
  const tell = useTell();
  const head = useRef<HTMLHeadingElement>(null);
  const shown = useRef<HTMLElement>(null);
  useEffect(() => head.current?.focus(), []);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      tell(say('operators.once.copied'));
    } catch {
      // Without https a browser lets no page write there: the person's own keys do.
      if (shown.current) getSelection()?.selectAllChildren(shown.current);
      tell(say('operators.once.copy-by-hand'));
    }
  };
  return (
    <section className={styles.once} aria-label={title}>
      <h2 ref={head} tabIndex={-1}>
        {title}
      </h2>
      <p>{body}</p>
      <code ref={shown} className={styles.text}>
        {text}
      </code>
      <div className={styles.acts}>
        <Button kind="primary" onClick={() => void copy()}>
          {say('operators.once.copy')}
        </Button>
        <Button onClick={onDone}>{say('operators.once.done')}</Button>
      </div>
    </section>
  );
}
