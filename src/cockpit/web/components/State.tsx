import type { ReactNode } from 'react';
import { useWords } from '../words/words.tsx';
import { Shape, type ShapeName } from './Shape.tsx';
import styles from './State.module.css';

/** Colour means state: not yet, on the road, moving now, proven, a person must decide. */
export type Tone = 'wait' | 'post' | 'run' | 'ok' | 'bad';

/** Every state of the contract: its colour and its shape. The word is `shell.state.OF.IS`. */
export const states = {
  pass: {
    none: ['wait', 'empty'],
    waiting: ['wait', 'clock'],
    running: ['run', 'go'],
    resting: ['post', 'clock'],
    stopped: ['post', 'pause'],
    proving: ['run', 'half'],
    proven: ['ok', 'check'],
    findings: ['bad', 'ask'],
    failed: ['bad', 'cross'],
  },
  wave: {
    draft: ['wait', 'empty'],
    ready: ['wait', 'clock'],
    running: ['run', 'go'],
    paused: ['post', 'pause'],
    moved: ['post', 'half'],
    ended: ['ok', 'check'],
    'rolled-back': ['bad', 'back'],
  },
  gate: {
    met: ['ok', 'check'],
    unmet: ['bad', 'cross'],
    unknown: ['wait', 'empty'],
    overridden: ['post', 'ask'],
  },
  verdict: {
    passed: ['ok', 'check'],
    exceptions: ['bad', 'ask'],
    failed: ['bad', 'cross'],
    none: ['wait', 'empty'],
  },
  secret: {
    none: ['bad', 'ask'],
    sealed: ['ok', 'check'],
    'not-needed': ['wait', 'check'],
  },
  check: {
    ok: ['ok', 'check'],
    failed: ['bad', 'cross'],
    none: ['wait', 'empty'],
  },
  row: {
    create: ['run', 'go'],
    change: ['post', 'half'],
    same: ['wait', 'check'],
    refuse: ['bad', 'cross'],
    ask: ['bad', 'ask'],
    warn: ['post', 'ask'],
  },
  finding: {
    open: ['bad', 'ask'],
    accepted: ['ok', 'check'],
  },
} as const satisfies Record<string, Record<string, readonly [Tone, ShapeName]>>;

export type StateKind = keyof typeof states;

interface StateProps<Of extends StateKind> {
  of: Of;
  is: (keyof (typeof states)[Of] & string) | (string & {});
  /** After the word: `transfert · 2 min`. */
  note?: ReactNode;
  /** Instead of the word: `2 écarts à lire`. */
  children?: ReactNode;
}

/** A state: word, shape and colour. */
export function State<Of extends StateKind>({ of, is, note, children }: StateProps<Of>) {
  const { sayIfKnown } = useWords();
  const [tone, shape] = stateLook(of, is);
  return (
    <Chip tone={tone} shape={shape}>
      {children ?? sayIfKnown(`shell.state.${of}.${is}`, is)}
      {note && <> · {note}</>}
    </Chip>
  );
}

export function stateLook(of: StateKind, is: string): readonly [Tone, ShapeName] {
  return (states[of] as Record<string, readonly [Tone, ShapeName]>)[is] ?? ['wait', 'empty'];
}

interface ChipProps {
  tone?: Tone;
  shape?: ShapeName;
  children: ReactNode;
}

/** A small label. Without a tone it is no state: a kind of source, a role. */
export function Chip({ tone, shape, children }: ChipProps) {
  return (
    <span className={styles.chip} data-tone={tone}>
      {shape && <Shape name={shape} />}
      <span>{children}</span>
    </span>
  );
}
