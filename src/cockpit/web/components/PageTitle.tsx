import { type ReactNode, useEffect } from 'react';
import { useHere } from '../api/me.ts';
import styles from './PageTitle.module.css';

interface PageTitleProps {
  title: string;
  /** One line under it: the facts. */
  under?: ReactNode;
  /** Buttons, the one thing to do last. */
  children?: ReactNode;
}

/** The one `h1` of a page; names the window too. */
export function PageTitle({ title, under, children }: PageTitleProps) {
  const { name } = useHere();
  useEffect(() => {
    document.title = [title, title === name ? '' : name, 'Malleposte'].filter(Boolean).join(' · ');
  }, [title, name]);
  return (
    <header className={styles.head}>
      <div className={styles.words}>
        <h1>{title}</h1>
        {under && <p>{under}</p>}
      </div>
      {children && <div className={styles.actions}>{children}</div>}
    </header>
  );
}
