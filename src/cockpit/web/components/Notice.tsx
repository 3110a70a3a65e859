import { createContext, type ReactNode, use, useCallback, useRef, useState } from 'react';
import { useWords } from '../words/words.tsx';
import styles from './Notice.module.css';
import { Shape } from './Shape.tsx';

interface Told {
  id: number;
  tone: 'ok' | 'bad';
  text: string;
}

type Tell = (text: string, tone?: 'ok' | 'bad') => void;
const Telling = createContext<Tell | null>(null);
const SHOWN_MS = 6_000;
const AT_MOST = 4;

/** `tell(say('people.saved'))`: a line at the bottom that goes by itself; a trouble (`'bad'`) stays until it is closed. */
export function useTell(): Tell {
  const tell = use(Telling);
  if (!tell) throw new Error('nothing above this part tells');
  return tell;
}

export function NoticeProvider({ children }: { children: ReactNode }) {
  const { say } = useWords();
  const [told, setTold] = useState<readonly Told[]>([]);
  const last = useRef(0);
  const drop = useCallback((id: number) => setTold((before) => before.filter((one) => one.id !== id)), []);
  const tell = useCallback<Tell>(
    (text, tone = 'ok') => {
      const id = ++last.current;
      setTold((before) => [...before.filter((one) => one.text !== text), { id, tone, text }].slice(-AT_MOST));
      if (tone === 'ok') setTimeout(() => drop(id), SHOWN_MS);
    },
    [drop],
  );
  return (
    <Telling value={tell}>
      {children}
      <div className={styles.notices} role="status" aria-live="polite">
        {told.map(({ id, tone, text }) => (
          <div key={id} className={styles.notice} data-tone={tone}>
            <Shape name={tone === 'ok' ? 'check' : 'ask'} size={14} />
            <span>{text}</span>
            <button type="button" aria-label={say('shell.close')} onClick={() => drop(id)}>
              ×
            </button>
          </div>
        ))}
      </div>
    </Telling>
  );
}

interface NoteProps {
  tone?: 'ok' | 'run' | 'post' | 'bad';
  title?: string;
  /** What can be done about it. */
  actions?: ReactNode;
  children?: ReactNode;
}

const SHAPES = { ok: 'check', run: 'go', post: 'ask', bad: 'ask' } as const;

/** Something to know, in the page where it matters. */
export function Note({ tone = 'post', title, actions, children }: NoteProps) {
  return (
    <div className={styles.note} data-tone={tone} role={tone === 'bad' ? 'alert' : 'note'}>
      <Shape name={SHAPES[tone]} size={16} />
      <div>
        {title && <strong>{title}</strong>}
        {children && <div>{children}</div>}
        {actions && <div className={styles.actions}>{actions}</div>}
      </div>
    </div>
  );
}
