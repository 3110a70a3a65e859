import type { ReactNode } from 'react';
import { Bar } from '../../components/Bar.tsx';
import { Button } from '../../components/Button.tsx';
import type { ShapeName } from '../../components/Shape.tsx';
import { Chip, type Tone } from '../../components/State.tsx';
import { useWords } from '../../words/words.tsx';
import styles from './page.module.css';
import type { PortalView } from './page.tsx';
import type { Sending, SendingState } from './sending.ts';

const LOOK: Record<SendingState | 'stopped' | 'looking' | 'taken' | 'refused', [Tone, ShapeName]> = {
  waiting: ['wait', 'clock'],
  sending: ['run', 'go'],
  paused: ['post', 'pause'],
  retrying: ['post', 'clock'],
  failed: ['bad', 'cross'],
  stopped: ['post', 'pause'],
  looking: ['run', 'half'],
  taken: ['ok', 'check'],
  refused: ['bad', 'ask'],
};

interface SendingRowProps {
  row: Sending;
  endings: string;
  maxBytes: number;
  onPause(): void;
  onResume(): void;
  onRemove(): void;
}

/** A file that this browser sends. */
export function SendingRow({ row, endings, maxBytes, onPause, onResume, onRemove }: SendingRowProps) {
  const { say, sayIfKnown, figures } = useWords();
  const { name, bytes, sent, state, bytesPerSecond, code } = row;
  const moving = state === 'sending' && bytesPerSecond !== null;
  const facts = [
    sent > 0
      ? say('portal.files.of', { sent: figures.bytes(sent), size: figures.bytes(bytes) })
      : figures.bytes(bytes),
    moving && figures.rate(bytesPerSecond),
    moving &&
      bytesPerSecond > 0 &&
      say('portal.files.left', { span: figures.span((bytes - sent) / bytesPerSecond) }),
  ];
  const why =
    code &&
    sayIfKnown(`portal.files.code.${code}`, say('portal.files.code.other'), {
      ...{ endings, size: figures.bytes(maxBytes) },
    });
  return (
    <FileRow
      {...{ name, state, why }}
      under={facts.filter(Boolean).join(' · ')}
      bar={
        state !== 'failed' && (
          <Bar
            share={bytes > 0 ? sent / bytes : 0}
            label={say('portal.files.progress', { name })}
            tone={LOOK[state][0]}
          />
        )
      }
    >
      {(state === 'sending' || state === 'retrying' || state === 'waiting') && (
        <Button small onClick={onPause}>
          {say('portal.files.pause')}
        </Button>
      )}
      {state === 'paused' && (
        <Button small onClick={onResume}>
          {say('portal.files.resume')}
        </Button>
      )}
      {state === 'failed' && (
        <Button small onClick={onResume}>
          {say('portal.files.again')}
        </Button>
      )}
      <Button small kind="quiet" onClick={onRemove}>
        {say('portal.files.remove')}
      </Button>
    </FileRow>
  );
}

type Arrived = PortalView['uploads'][number];

/** A file that the server knows. */
export function ArrivedRow({ one, onRemove }: { one: Arrived; onRemove(): void }) {
  const { say, figures } = useWords();
  const { name, bytes, arrived, sha256, because } = one;
  const state = one.state === 'arriving' ? 'stopped' : one.state;
  return (
    <FileRow
      {...{ name, state }}
      why={because && say(`portal.files.because.${because}`)}
      under={
        state === 'stopped'
          ? say('portal.files.of', { sent: figures.bytes(arrived), size: figures.bytes(bytes) })
          : figures.bytes(bytes)
      }
      bar={
        state === 'stopped' && (
          <Bar share={arrived / bytes} label={say('portal.files.progress', { name })} tone="post" />
        )
      }
    >
      {(state === 'stopped' || state === 'refused') && (
        <Button small kind="quiet" onClick={onRemove}>
          {say('portal.files.remove')}
        </Button>
      )}
      {state === 'taken' && sha256 && (
        <small className={styles.sum}>{say('portal.files.checksum', { sum: sha256 })}</small>
      )}
    </FileRow>
  );
}

interface FileRowProps {
  name: string;
  state: keyof typeof LOOK;
  under: string;
  why: string | null | undefined;
  bar: ReactNode;
  children: ReactNode;
}

function FileRow({ name, state, under, why, bar, children }: FileRowProps) {
  const { say } = useWords();
  const [tone, shape] = LOOK[state];
  return (
    <li className={styles.file}>
      <div className={styles.fileHead}>
        <strong>{name}</strong>
        <Chip tone={tone} shape={shape}>
          {say(`portal.files.${state}`)}
        </Chip>
      </div>
      {bar}
      <div className={styles.fileUnder}>
        <span>{under}</span>
        <span className={styles.fileActs}>{children}</span>
      </div>
      {state === 'stopped' && <p className={styles.goOn}>{say('portal.files.go-on')}</p>}
      {why && <p className={styles.why}>{why}</p>}
    </li>
  );
}
