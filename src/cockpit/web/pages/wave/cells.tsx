import { useLiveMove } from '../../api/live.ts';
import { Bar } from '../../components/Bar.tsx';
import { Button } from '../../components/Button.tsx';
import { useNarrow } from '../../components/narrow.ts';
import { State } from '../../components/State.tsx';
import { useWords } from '../../words/words.tsx';
import { sourceKinds } from '../waves/kinds.ts';
import type { Person } from '../waves/PersonCard.tsx';
import styles from './People.module.css';
import { actsOf, leftSentence, toneOf, useStanding } from './passes.ts';
import { usePersonAct } from './person-acts.ts';

interface CellProps {
  person: Person;
}

// Each cell hears of its own person only: while 200 move, tables and rows stay as they are.

export function Who({ person }: CellProps) {
  const kinds = sourceKinds(person.accounts).join(', ');
  return (
    <>
      <strong>{person.displayName}</strong>
      <small>{[person.address, kinds].filter(Boolean).join(' · ')}</small>
    </>
  );
}

/** `bare`: without where it is and what went wrong, which are told beside it. */
export function Progress({ person, bare }: CellProps & { bare?: boolean }) {
  const { say } = useWords();
  const { share, state, live } = useStanding(person);
  if (state === 'none') return <small>{say('runs.people.not-begun')}</small>;
  const label = say('runs.people.progress-of', { name: person.displayName });
  const trouble = live?.trouble ?? (live ? null : (person.lastPass?.trouble?.sentence ?? null));
  return (
    <>
      <Bar share={share} label={label} tone={toneOf(state)} />
      {bare ? null : trouble ? (
        <small className={styles.trouble} title={trouble}>
          {trouble}
        </small>
      ) : (
        live?.folder && <small>{say('road.running.folder', { folder: live.folder })}</small>
      )}
    </>
  );
}

export function Messages({ person }: CellProps) {
  const { figures } = useWords();
  const { done, of } = useStanding(person);
  if (of === 0) return '–';
  return (
    <>
      {figures.number(done)}
      {done !== of && <small> / {figures.number(of)}</small>}
    </>
  );
}

export function Left({ person }: CellProps) {
  const words = useWords();
  const move = useLiveMove(person.id);
  return move?.remainingMs ? leftSentence(move.remainingMs, words) : '–';
}

export function Speed({ person }: CellProps) {
  const { say, figures } = useWords();
  const move = useLiveMove(person.id);
  if (!move || move.bytesPerSecond + move.messagesPerSecond === 0) return '–';
  return (
    <>
      {figures.rate(move.bytesPerSecond)}
      <small>{say('road.kpi.per-second', { n: figures.number(Math.round(move.messagesPerSecond)) })}</small>
    </>
  );
}

export function PersonState({ person }: CellProps) {
  const { say, sayIfKnown, figures } = useWords();
  const narrow = useNarrow();
  const { state, share, live } = useStanding(person);
  if (live?.state === 'resting' && live.restUntilMs !== null)
    return (
      <State of="pass" is="resting">
        {say('road.running.rests', { at: figures.clock(live.restUntilMs) })}
      </State>
    );
  // On a phone there is no room for the bar.
  const note = narrow && live && share !== null ? figures.percent(share) : undefined;
  if (live?.state === 'running' && live.stage)
    return (
      <State of="pass" is="running" note={note}>
        {sayIfKnown(`shell.stage.${live.stage}`, live.stage)}
      </State>
    );
  const open = person.openFindings;
  if (state === 'findings' && open > 0)
    return (
      <State of="pass" is="findings">
        {say('road.todo.code.read-findings', { count: open, n: figures.number(open) })}
      </State>
    );
  return <State of="pass" is={state} note={note} />;
}

/** The one thing that is done with this row most; the others stand in the panel. */
export function RowAct({ person }: CellProps) {
  const { say } = useWords();
  const { state } = useStanding(person);
  const { act, acting } = usePersonAct();
  const [first] = actsOf(state, true);
  // Those who have arrived get another pass all together.
  if (first === undefined || first === 'delta') return null;
  return (
    <Button
      small
      acting={acting}
      aria-label={say(`runs.person.${first}-it`, { name: person.displayName })}
      onClick={() => void act(first, person)}
    >
      {say(`runs.person.${first}`)}
    </Button>
  );
}
