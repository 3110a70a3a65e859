import { useWords } from '../../words/words.tsx';
import type { Wave } from './Column.tsx';
import styles from './page.module.css';

interface ColumnActsProps {
  wave: Wave;
  first: boolean;
  last: boolean;
  onEdit(): void;
  onStep(by: 1 | -1): void;
}

/** Earlier, later, change. An arrow that leads nowhere stays where it is, so that the focus does too. */
export function ColumnActs({ wave, first, last, onEdit, onStep }: ColumnActsProps) {
  const { say } = useWords();
  const { name } = wave;
  return (
    <span className={styles.acts}>
      <button
        type="button"
        aria-label={say('runs.board.earlier', { name })}
        aria-disabled={first || undefined}
        onClick={() => !first && onStep(-1)}
      >
        <Arrow turned />
      </button>
      <button
        type="button"
        aria-label={say('runs.board.later', { name })}
        aria-disabled={last || undefined}
        onClick={() => !last && onStep(1)}
      >
        <Arrow />
      </button>
      <button type="button" aria-label={say('runs.board.edit', { name })} onClick={onEdit}>
        <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
          <path
            d="M3 13l.7-3L10.6 3.1a1.4 1.4 0 0 1 2 0l.3.3a1.4 1.4 0 0 1 0 2L6 12.3z"
            fill="none"
            stroke="currentColor"
            strokeWidth="1.5"
            strokeLinejoin="round"
          />
        </svg>
      </button>
    </span>
  );
}

function Arrow({ turned }: { turned?: boolean }) {
  return (
    <svg
      className={styles.arrow}
      data-turned={turned || undefined}
      viewBox="0 0 16 16"
      width="14"
      height="14"
      aria-hidden="true"
    >
      <path
        d="M3 8h9M8.5 4.2 12.3 8l-3.8 3.8"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.7"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
