import { type ReactNode, useId } from 'react';
import styles from './Card.module.css';

interface CardProps {
  title?: string;
  /** At the right of the title: a state, a total, a short act. */
  aside?: ReactNode;
  /** Said of a card without a visible title. */
  label?: string;
  /** Up to the edges, for tables. */
  flush?: boolean;
  className?: string | undefined;
  children: ReactNode;
}

export function Card({ title, aside, label, flush, className, children }: CardProps) {
  const id = useId();
  return (
    <section
      className={[styles.card, flush && styles.flush, className].filter(Boolean).join(' ')}
      {...(title ? { 'aria-labelledby': id } : { 'aria-label': label })}
    >
      {title && (
        <div className={styles.head}>
          <h2 id={id}>{title}</h2>
          {aside && <div className={styles.aside}>{aside}</div>}
        </div>
      )}
      {children}
    </section>
  );
}
