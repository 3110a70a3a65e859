import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useWords } from '../words/words.tsx';
import styles from './TableTools.module.css';

interface TableToolsProps {
  /** What is filtered by typing; kept in the address by `useInAddress('text')`. */
  text: string | undefined;
  onText(text: string | undefined): void;
  /** What is typed for: `Nom, adresse, compte`. */
  placeholder: string;
  /** More filters: `<NativeSelect>`s. */
  children?: ReactNode;
  /** At the right: how many are shown. */
  aside?: ReactNode;
}

const PAUSE_MS = 160;

/** The line above a table: filter by typing (`/` goes there), other filters, how many there are. */
export function TableTools({ text = '', onText, placeholder, children, aside }: TableToolsProps) {
  const { say } = useWords();
  const [typed, setTyped] = useState(text);
  const told = useRef(text);
  useEffect(() => {
    // Changed from elsewhere: a link, the way back.
    if (text !== told.current) setTyped(text);
    told.current = text;
  }, [text]);
  useEffect(() => {
    if (typed === told.current) return;
    const timer = setTimeout(() => {
      told.current = typed;
      onText(typed || undefined);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, onText]);
  return (
    <search className={styles.tools}>
      <input
        className={styles.field}
        type="search"
        data-filter
        value={typed}
        placeholder={placeholder}
        aria-label={say('shell.table.filter')}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      {children}
      {aside && <div className={styles.aside}>{aside}</div>}
    </search>
  );
}
