import { useEffect, useState } from 'react';
import { useWords } from '../words/words.tsx';
import styles from './Shell.module.css';

const SOON_MS = 400;

/** While a page is on its way: nothing at first, then the outline of a page. */
export function Waiting() {
  const { say } = useWords();
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), SOON_MS);
    return () => clearTimeout(timer);
  }, []);
  if (!late) return null;
  return (
    <div className={styles.waiting} role="status">
      <span className="visually-hidden">{say('shell.waiting')}</span>
      <i />
      <i />
      <i />
    </div>
  );
}
