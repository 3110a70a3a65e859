import type { ReactNode } from 'react';
import styles from './Kpi.module.css';

interface KpiProps {
  value: ReactNode;
  /** What it counts. */
  children: ReactNode;
  /** `zero`: the number that matters, and it is zero. `bad`: it is not, and somebody must look. */
  look?: 'zero' | 'bad' | undefined;
}

export function Kpi({ value, children, look }: KpiProps) {
  return (
    <div className={styles.kpi} data-look={look}>
      <dt>{children}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** Keeps figures on one line. */
export function Kpis({ children }: { children: ReactNode }) {
  return <dl className={styles.kpis}>{children}</dl>;
}
