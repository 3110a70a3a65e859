import styles from './Bar.module.css';
import type { Tone } from './State.tsx';

interface BarProps {
  /** 0 to 1; null: nobody knows yet. */
  share: number | null;
  /** Of what, for those who do not see it. */
  label: string;
  tone?: Tone;
}

export function Bar({ share, label, tone = 'run' }: BarProps) {
  const percent = share === null ? null : Math.round(Math.min(1, Math.max(0, share)) * 100);
  return (
    <span
      className={styles.bar}
      data-tone={tone}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(percent === null ? {} : { 'aria-valuenow': percent })}
    >
      <span style={{ width: `${percent ?? 0}%` }} />
    </span>
  );
}
