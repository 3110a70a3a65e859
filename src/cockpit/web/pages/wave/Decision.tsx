import { Textarea } from '@mantine/core';
import { useState } from 'react';
import { useHere } from '../../api/me.ts';
import { Button } from '../../components/Button.tsx';
import { Card } from '../../components/Card.tsx';
import { useWords } from '../../words/words.tsx';
import { partOf, type Wave, type WaveActs } from './acts.ts';
import styles from './Decision.module.css';

const NOTE_MAX = 4000;

/** Go or no-go, by whom, when and why; before it starts it may be decided anew. */
export function Decision({ wave, acts }: { wave: Wave; acts: WaveActs }) {
  const { say, figures } = useWords();
  const { may } = useHere();
  const { decision } = wave;
  const [note, setNote] = useState('');
  const [again, setAgain] = useState(false);
  const open = partOf(wave) === 'before' && may('decide-gates');
  const asks = open && (decision === null || again);
  const decide = async (go: boolean): Promise<void> => {
    // What was typed stays when somebody else was faster.
    if (!(await acts.decide(go, note))) return;
    setNote('');
    setAgain(false);
  };
  return (
    <Card title={say('runs.decision.title')} className={styles.card}>
      {decision === null ? (
        <p className={styles.none} id="decision">
          {say('runs.decision.none')}
        </p>
      ) : (
        <div className={styles.decided} data-go={decision.go} id="decision">
          <strong>
            {say(decision.go ? 'runs.decision.is-go' : 'runs.decision.is-no-go', {
              by: decision.by,
              at: figures.when(decision.atMs),
            })}
          </strong>
          {decision.note && <p>{decision.note}</p>}
        </div>
      )}
      {asks && (
        <>
          <Textarea
            label={say('runs.decision.note')}
            description={say('runs.decision.note-hint')}
            autosize
            minRows={2}
            maxLength={NOTE_MAX}
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
          <div className={styles.acts}>
            <Button kind="primary" acting={acts.acting} onClick={() => void decide(true)}>
              {say('runs.decision.go')}
            </Button>
            <Button acting={acts.acting} onClick={() => void decide(false)}>
              {say('runs.decision.no-go')}
            </Button>
          </div>
        </>
      )}
      {open && !asks && (
        <div className={styles.acts}>
          <Button small onClick={() => setAgain(true)}>
            {say('runs.decision.again')}
          </Button>
        </div>
      )}
    </Card>
  );
}
