import type { ReactNode } from 'react';
import styles from './Ring.module.css';
import type { Tone } from './State.tsx';

interface RingProps {
  /** 0 to 1. */
  share: number;
  tone: Tone;
  /** In the middle: a number, a share, a shape. */
  children?: ReactNode;
}

/** How full something is. What it says is said beside it too: for readers it is decoration. */
export function Ring({ share, tone, children }: RingProps) {
  return (
    <span className={styles.ring} data-tone={tone} aria-hidden="true">
      <svg viewBox="0 0 52 52" role="presentation">
        <circle className={styles.track} cx="26" cy="26" r="23.5" />
        {share > 0 && (
          <circle
            className={styles.fill}
            cx="26"
            cy="26"
            r="23.5"
            pathLength="100"
            // Whole, it is a circle: a dash would leave a hair open where it ends.
            strokeDasharray={share < 1 ? `${share * 100} 100` : 'none'}
          />
        )}
      </svg>
      <b>{children}</b>
    </span>
  );
}
