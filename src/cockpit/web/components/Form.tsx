import type { ReactNode } from 'react';
import styles from './Form.module.css';

interface FormProps {
  onSubmit(): void;
  children: ReactNode;
}

/** Fields below each other; Enter sends. Its buttons stand in `<FormActions>`. */
export function Form({ onSubmit, children }: FormProps) {
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {children}
    </form>
  );
}

export function FormActions({ children }: { children: ReactNode }) {
  return <div className={styles.actions}>{children}</div>;
}
