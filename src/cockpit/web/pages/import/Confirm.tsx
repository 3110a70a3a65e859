import { Checkbox } from '@mantine/core';
import { useState } from 'react';
import { useAct, useAnswers } from '../../api/ask.ts';
import { Refused } from '../../api/call.ts';
import { useHere } from '../../api/me.ts';
import { Button } from '../../components/Button.tsx';
import { Card } from '../../components/Card.tsx';
import { useConfirm } from '../../components/Confirm.tsx';
import { Note } from '../../components/Notice.tsx';
import { Wrong } from '../../components/Wrong.tsx';
import { useWords } from '../../words/words.tsx';
import { PEOPLE } from '../people/rows.ts';
import type { Confirmed } from './Done.tsx';
import { IMPORT, type ImportFile, ROWS } from './file.ts';
import styles from './page.module.css';

interface ConfirmProps {
  file: ImportFile;
  onDone(confirmed: Confirmed): void;
  /** Shows what is refused. */
  onRefused(): void;
}

const CONFIRM = 'POST /organisations/{organisation}/import/{import}/confirm';

/** What will happen, what must be said yes to, and the one button. */
export function Confirm({ file, onDone, onRefused }: ConfirmProps) {
  const { say, figures } = useWords();
  const { id: organisation } = useHere();
  const confirm = useConfirm();
  const answers = useAnswers();
  const { act, acting, error } = useAct(CONFIRM);
  const [yes, setYes] = useState({ sites: false, waves: false, questions: false });
  const { counts, newSites, newWaves } = file;
  const told = {
    create: figures.number(counts.create),
    change: figures.number(counts.change),
    same: figures.number(counts.same),
  };
  const places = [...newSites, ...newWaves];
  const allowed =
    file.ready &&
    (newSites.length === 0 || yes.sites) &&
    (newWaves.length === 0 || yes.waves) &&
    (counts.ask === 0 || yes.questions);
  const write = async (): Promise<void> => {
    const really = await confirm({
      title: say('people.file.act-title', { name: file.fileName }),
      body: (
        <>
          <p>{say('people.file.act-body', told)}</p>
          {places.length > 0 && <p>{say('people.file.act-places', { names: figures.list(places) })}</p>}
        </>
      ),
      act: say('people.file.act'),
    });
    if (!really) return;
    const body = { createSites: yes.sites, createWaves: yes.waves };
    const confirmed = await act({ organisation, import: file.id, body });
    void answers.old(PEOPLE);
    onDone(confirmed);
  };
  const box = (name: keyof typeof yes, label: string) => (
    <Checkbox
      label={label}
      checked={yes[name]}
      onChange={(event) => {
        const { checked } = event.currentTarget;
        setYes((before) => ({ ...before, [name]: checked }));
      }}
    />
  );
  const lookAgain = (): void => void answers.old(IMPORT, ROWS);
  return (
    <Card label={say('people.file.act')} className={styles.confirm}>
      {newSites.length > 0 &&
        box('sites', say('people.file.create-sites', { names: figures.list(newSites) }))}
      {newWaves.length > 0 &&
        box('waves', say('people.file.create-waves', { names: figures.list(newWaves) }))}
      {counts.ask > 0 &&
        box('questions', say('people.file.answers', { count: counts.ask, n: figures.number(counts.ask) }))}
      {counts.refuse > 0 && (
        <Note
          tone="bad"
          actions={
            <Button small onClick={onRefused}>
              {say('people.file.show-refused')}
            </Button>
          }
        >
          {say('people.file.refused', { count: counts.refuse, n: figures.number(counts.refuse) })}
        </Note>
      )}
      <ConfirmWrong error={error} onLook={lookAgain} />
      <div className={styles.act}>
        <span>
          {counts.create + counts.change === 0 && file.ready
            ? say('people.file.nothing')
            : say('people.file.act-body', told)}
        </span>
        <Button
          kind="primary"
          acting={acting}
          disabled={!allowed}
          onClick={() => void write().catch(lookAgain)}
        >
          {say('people.file.act')}
        </Button>
      </div>
    </Card>
  );
}

/** Nothing was written: why, in words for this page. */
function ConfirmWrong({ error, onLook }: { error: unknown; onLook(): void }) {
  const { say } = useWords();
  const answer = error instanceof Refused ? error.refusal.trouble.answer : null;
  if (answer === 'rows-refused') return <Note tone="bad">{say('people.file.rows-refused')}</Note>;
  if (answer === 'changed-meanwhile') return <Note tone="bad">{say('people.file.changed')}</Note>;
  return <Wrong error={error} again={onLook} />;
}
