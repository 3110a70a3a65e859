import { type ReactNode, useState } from 'react';
import { useAsk } from '../../api/ask.ts';
import { useHere } from '../../api/me.ts';
import { Button, buttonClass } from '../../components/Button.tsx';
import { Note } from '../../components/Notice.tsx';
import { PageLink, usePathPart } from '../../components/PageLink.tsx';
import { PageTitle } from '../../components/PageTitle.tsx';
import { Chip, State } from '../../components/State.tsx';
import { Wrong } from '../../components/Wrong.tsx';
import { Waiting } from '../../shell/Waiting.tsx';
import { useWords } from '../../words/words.tsx';
import { momentSaid } from '../waves/moments.ts';
import { WaveForm } from '../waves/WaveForm.tsx';
import { Answer } from './Answer.tsx';
import { isChangedMeanwhile, partOf, useWaveActs, type Wave } from './acts.ts';
import { Decision } from './Decision.tsx';
import { Gates } from './Gates.tsx';
import { People } from './People.tsx';
import { Plan } from './Plan.tsx';
import styles from './page.module.css';
import { RollBackNote } from './RollBack.tsx';

/** What is left changes without an event; and so does what was true of a time. */
const AGAIN_MS = 30_000;

/** May it start, how far is it, is it done? */
export default function WavePage() {
  const { id: organisation } = useHere();
  const wave = usePathPart('wave');
  const { data, error, refetch } = useAsk(
    'GET /organisations/{organisation}/waves/{wave}',
    { organisation, wave },
    { everyMs: AGAIN_MS },
  );
  if (!data) return error ? <Wrong error={error} again={() => void refetch()} /> : <Waiting />;
  return <Whole key={data.id} wave={data} />;
}

function Whole({ wave }: { wave: Wave }) {
  const { say } = useWords();
  const { may } = useHere();
  const acts = useWaveActs(wave);
  const [editing, setEditing] = useState(false);
  const part = partOf(wave);
  const gates = (when: 'entry' | 'exit') => <Gates wave={wave} when={when} acts={acts} />;
  return (
    <>
      <PageTitle title={say('runs.wave.title', { name: wave.name })} under={<Facts wave={wave} />}>
        <PageLink to="waves" className={buttonClass('quiet')}>
          {say('runs.wave.back')}
        </PageLink>
        {may('prepare') && <Button onClick={() => setEditing(true)}>{say('runs.wave.edit')}</Button>}
      </PageTitle>
      <div className={styles.parts}>
        {isChangedMeanwhile(acts.error) ? (
          <Note tone="post">{say('runs.wave.changed')}</Note>
        ) : (
          <Wrong error={acts.error} />
        )}
        <Answer wave={wave} acts={acts} />
        {part === 'during' && <People wave={wave} />}
        <div className={styles.columns}>
          <div className={styles.left}>
            {part === 'before' && gates('entry')}
            {part !== 'before' && gates('exit')}
            {part !== 'before' && <Past>{gates('entry')}</Past>}
          </div>
          <div className={styles.right}>
            {part === 'before' && <Decision wave={wave} acts={acts} />}
            {part !== 'after' && <Plan wave={wave} />}
            <RollBackNote wave={wave} acts={acts} />
            {part !== 'before' && <Decision wave={wave} acts={acts} />}
          </div>
        </div>
        {part !== 'during' && <People wave={wave} />}
      </div>
      {editing && <WaveForm wave={wave} onClose={() => setEditing(false)} />}
    </>
  );
}

function Past({ children }: { children: ReactNode }) {
  const { say } = useWords();
  return (
    <details className={styles.past}>
      <summary>{say('runs.gates.past')}</summary>
      {children}
    </details>
  );
}

function Facts({ wave }: { wave: Wave }) {
  const words = useWords();
  const { say, figures } = words;
  const { people } = wave.stage;
  const facts = [
    say('runs.wave.people', { count: people, n: figures.number(people) }),
    wave.startsOn !== null &&
      partOf(wave) === 'before' &&
      say('runs.wave.planned', { day: figures.day(wave.startsOn) }),
    wave.deadlineMs !== null && say('runs.wave.deadline', { at: momentSaid(wave.deadlineMs, words) }),
  ].filter(Boolean);
  return (
    <span className={styles.facts}>
      <State of="wave" is={wave.state} />
      {wave.pilot && <Chip>{say('runs.board.pilot')}</Chip>}
      <span>{facts.join(' · ')}</span>
    </span>
  );
}
