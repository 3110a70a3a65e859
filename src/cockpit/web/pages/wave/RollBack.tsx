import { Textarea } from '@mantine/core';
import { useState } from 'react';
import { useHere } from '../../api/me.ts';
import { Button } from '../../components/Button.tsx';
import { Card } from '../../components/Card.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { useTell } from '../../components/Notice.tsx';
import { Wrong } from '../../components/Wrong.tsx';
import { useWords } from '../../words/words.tsx';
import type { Wave, WaveActs } from './acts.ts';
import styles from './Decision.module.css';

const NOTE_MAX = 4000;

interface RollBackProps {
  wave: Wave;
  acts: WaveActs;
}

/** What is done if it must be taken back: written in peace, read when it is urgent. */
export function RollBackNote({ wave, acts }: RollBackProps) {
  const { say } = useWords();
  const { may } = useHere();
  const tell = useTell();
  const [typed, setTyped] = useState<string>();
  const closed = wave.state === 'ended' || wave.state === 'rolled-back';
  const text = typed ?? wave.rollBackNote;
  const save = async (): Promise<void> => {
    if (!(await acts.noteRollBack(text))) return;
    setTyped(undefined);
    tell(say('runs.form.saved'));
  };
  if (closed || !may('prepare'))
    return (
      <Card title={say('runs.note.title')}>
        <p className={wave.rollBackNote ? styles.written : styles.none}>
          {wave.rollBackNote || say('runs.note.none')}
        </p>
      </Card>
    );
  return (
    <Card title={say('runs.note.title')} className={styles.card}>
      <Textarea
        aria-label={say('runs.note.label')}
        description={say('runs.note.hint')}
        autosize
        minRows={2}
        maxRows={14}
        maxLength={NOTE_MAX}
        value={text}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      {text !== wave.rollBackNote && (
        <div className={styles.acts}>
          <Button small acting={acts.acting} onClick={() => void save()}>
            {say('runs.note.save')}
          </Button>
        </div>
      )}
    </Card>
  );
}

interface RollBackDialogProps extends RollBackProps {
  onClose(): void;
}

/** Takes the wave back; without a note that is refused. */
export function RollBackDialog({ wave, acts, onClose }: RollBackDialogProps) {
  const { say } = useWords();
  const [note, setNote] = useState(wave.rollBackNote);
  const takeBack = async (): Promise<void> => {
    if (await acts.rollBack(note)) onClose();
  };
  return (
    <Dialog
      open
      title={say('runs.act.roll-back-title', { name: wave.name })}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{say('shell.cancel')}</Button>
          <Button
            kind="danger"
            disabled={note.trim() === ''}
            acting={acts.acting}
            onClick={() => void takeBack()}
          >
            {say('runs.act.roll-back-act')}
          </Button>
        </>
      }
    >
      <div className={styles.card}>
        <p>{say('runs.act.roll-back-body')}</p>
        <Textarea
          label={say('runs.act.roll-back-note')}
          required
          withAsterisk={false}
          autosize
          minRows={3}
          maxRows={12}
          maxLength={NOTE_MAX}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        <Wrong error={acts.error} />
      </div>
    </Dialog>
  );
}
