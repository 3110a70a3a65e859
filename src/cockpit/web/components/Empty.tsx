import type { ReactNode } from 'react';
import styles from './Empty.module.css';

interface EmptyProps {
  title: string;
  /** What belongs here, and why one would want it. */
  children: ReactNode;
  /** The first action, and an example to download. */
  actions?: ReactNode;
}

/** An empty page teaches. */
export function Empty({ title, children, actions }: EmptyProps) {
  return (
    <div className={styles.empty}>
      <svg className={styles.road} viewBox="0 0 220 40" aria-hidden="true" focusable="false">
        <path d="M20 20h180" />
        <circle cx="20" cy="20" r="12" />
        <circle cx="110" cy="20" r="12" />
        <circle cx="200" cy="20" r="12" />
      </svg>
      <h2>{title}</h2>
      <div className={styles.body}>{children}</div>
      {actions && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}
