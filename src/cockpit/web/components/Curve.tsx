import styles from './Curve.module.css';

interface CurveProps {
  /** Oldest first. */
  values: readonly number[];
  /** What it shows, in a sentence: the picture is for the eye alone. */
  label: string;
}

const WIDTH = 330;
const HEIGHT = 64;
const TOP = 4;

/** A small curve of what happened lately, from zero to its highest. */
export function Curve({ values, label }: CurveProps) {
  if (values.length < 2) return null;
  const line = pathOf(values);
  return (
    <svg
      className={styles.curve}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path className={styles.under} d={`${line}L${WIDTH} ${HEIGHT}L0 ${HEIGHT}Z`} />
      <path className={styles.line} d={line} vectorEffect="non-scaling-stroke" />
    </svg>
  );
}

/** An SVG path over the whole width. Pure. */
export function pathOf(values: readonly number[]): string {
  const highest = Math.max(1e-9, ...values);
  const step = WIDTH / (values.length - 1);
  const points = values.map((value, index) => {
    const y = HEIGHT - (Math.max(0, value) / highest) * (HEIGHT - TOP);
    return `${(index * step).toFixed(1)} ${y.toFixed(1)}`;
  });
  return `M${points.join('L')}`;
}
