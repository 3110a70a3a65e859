import { type ReactNode, useEffect } from 'react';
import { LanguageSwitch } from './LanguageSwitch.tsx';
import styles from './Outside.module.css';

interface OutsideProps {
  title: string;
  /** Wider than a form to sign in. */
  wide?: boolean;
  children: ReactNode;
}

/** The frame of pages outside of an organisation: the door, the choice. */
export function Outside({ title, wide, children }: OutsideProps) {
  useEffect(() => {
    document.title = `${title} · Malleposte`;
  }, [title]);
  return (
    <div className={styles.outside}>
      <header className={styles.brand}>
        <Mark />
        Malleposte
      </header>
      <main className={styles.box} data-wide={wide || undefined}>
        <h1>{title}</h1>
        {children}
      </main>
      <footer className={styles.foot}>
        <LanguageSwitch />
      </footer>
    </div>
  );
}

/** The sign of the house. */
export function Mark() {
  return (
    <svg width="26" height="26" viewBox="0 0 26 26" aria-hidden="true" focusable="false">
      <rect width="26" height="26" rx="7" fill="#f2b600" />
      <path d="M6.5 19V7.6h2.7l3.8 5.6 3.8-5.6h2.7V19h-3v-6.6L13 17.4l-3.5-5V19z" fill="#16233b" />
    </svg>
  );
}
