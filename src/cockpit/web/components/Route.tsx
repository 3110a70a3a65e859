import type { ReactNode } from 'react';
import { Ring } from './Ring.tsx';
import styles from './Route.module.css';
import type { Tone } from './State.tsx';

/** A stage of the road, ready to be shown. */
export interface RouteStage {
  key: string;
  name: ReactNode;
  /** Under the name: `24 boîtes · fin vers 17 h 40`. */
  under: ReactNode;
  /** In the ring. */
  inside: ReactNode;
  /** How full the ring is, and the line to the next stage, 0 to 1. */
  share: number;
  tone: Tone;
  /** The road has come so far. */
  reached: boolean;
  /** This one is lit: where the page's person is, or where the work is now. */
  here?: boolean;
}

/** The coach road: stages on one line, pilot first; on a phone they stand below each other. */
export function Route({ stages, label }: { stages: readonly RouteStage[]; label: string }) {
  return (
    // A list without bullets is no list to one of the readers unless it is said.
    // biome-ignore lint/a11y/noRedundantRoles: see above
    <ol className={styles.route} role="list" aria-label={label}>
      {stages.map((stage, index) => (
        <li
          key={stage.key}
          className={styles.stage}
          {...(stage.here ? { 'aria-current': 'step' as const } : {})}
        >
          {index < stages.length - 1 && (
            <span className={styles.leg} aria-hidden="true">
              <span style={{ '--share': legShare(stage, stages[index + 1]) } as React.CSSProperties} />
            </span>
          )}
          <Ring share={stage.share} tone={stage.tone}>
            {stage.inside}
          </Ring>
          <span className={styles.words}>
            <strong>{stage.name}</strong>
            <span>{stage.under}</span>
          </span>
        </li>
      ))}
    </ol>
  );
}

/** The line reaches a stage when the next has begun, and a part of the way while this one is filled. */
function legShare(stage: RouteStage, next: RouteStage | undefined): number {
  if (next?.reached) return 1;
  return stage.reached ? stage.share * 0.9 : 0;
}
