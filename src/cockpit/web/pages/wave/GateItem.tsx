import { Textarea } from '@mantine/core';
import { useState } from 'react';
import { Button } from '../../components/Button.tsx';
import { PageLink } from '../../components/PageLink.tsx';
import { Shape } from '../../components/Shape.tsx';
import { State } from '../../components/State.tsx';
import { useWords } from '../../words/words.tsx';
import { hasPage } from '../pages.ts';
import type { Wave, WaveActs } from './acts.ts';
import styles from './Gates.module.css';

type Gate = Wave['gates'][number];

const NOTE_MAX = 4000;
/** More names than this are shown when one asks for them. */
const NAMES_SHOWN = 4;

interface GateItemProps {
  gate: Gate;
  /** Whether who looks may tick or override it now. */
  open: boolean;
  /** While it runs nobody has arrived yet: how many is enough, and nothing is set aside. */
  terse: boolean;
  acts: WaveActs;
}

/** One gate: its state, what it asks for, who lacks what, who ticked it. */
export function GateItem({ gate, open, terse, acts }: GateItemProps) {
  const { say, sayIfKnown } = useWords();
  const { code, state, how } = gate;
  const [asking, setAsking] = useState(false);
  const name = sayIfKnown(`waves.gate.${code}`, code);
  const wrong = how === 'computed' && (state === 'unmet' || state === 'unknown');
  const done = async (is: 'ticked' | 'overridden' | 'open', note: string): Promise<void> => {
    if (await acts.tick(code, is, note)) setAsking(false);
  };
  return (
    <li id={`gate-${code}`} className={styles.gate} data-state={state} tabIndex={-1}>
      <span className={styles.box} data-state={state}>
        {state === 'met' && <Shape name="check" size={13} />}
        {state === 'overridden' && <Shape name="ask" size={13} />}
      </span>
      <div className={styles.words}>
        <div className={styles.line}>
          <h3>{name}</h3>
          {how === 'computed' ? (
            <State of="gate" is={state} />
          ) : (
            <span className={styles.how}>{say('waves.how.ticked')}</span>
          )}
        </div>
        <p className={styles.asks}>{sayIfKnown(`waves.gate-asks.${code}`, '')}</p>
        {how === 'computed' && state !== 'met' && <Lacking gate={gate} terse={terse} />}
        <Ticked gate={gate} />
        {open && (
          <div className={styles.acts}>
            {how === 'ticked' && state !== 'met' && !asking && (
              <Button
                small
                aria-label={say('runs.gates.tick-it', { gate: name })}
                onClick={() => setAsking(true)}
              >
                {say('runs.gates.tick')}
              </Button>
            )}
            {how === 'ticked' && state === 'met' && (
              <Button
                kind="quiet"
                small
                className={styles.quiet}
                acting={acts.acting}
                aria-label={say('runs.gates.untick-it', { gate: name })}
                onClick={() => void done('open', '')}
              >
                {say('waves.tick.clear')}
              </Button>
            )}
            {wrong && !terse && !asking && (
              <Button
                kind="quiet"
                small
                className={styles.quiet}
                aria-label={say('runs.gates.override-it', { gate: name })}
                onClick={() => setAsking(true)}
              >
                {say('runs.gates.override')}
              </Button>
            )}
            {state === 'overridden' && (
              <Button
                kind="quiet"
                small
                className={styles.quiet}
                acting={acts.acting}
                onClick={() => void done('open', '')}
              >
                {say('runs.gates.back-to-check')}
              </Button>
            )}
          </div>
        )}
        {open && asking && (
          <Asking
            name={name}
            override={how === 'computed'}
            acting={acts.acting}
            onDone={(note) => void done(how === 'computed' ? 'overridden' : 'ticked', note)}
            onCancel={() => setAsking(false)}
          />
        )}
      </div>
    </li>
  );
}

/** Who lacks what, each with the way to where it is mended; of a plan, what is wrong with it. */
function Lacking({ gate, terse }: { gate: Gate; terse: boolean }) {
  const { say, sayIfKnown, figures } = useWords();
  const [all, setAll] = useState(false);
  const { lacking, count, of, because, code } = gate;
  if (count === 0) {
    if (because === null) return null;
    return (
      <p className={styles.lacking}>
        {sayIfKnown(`waves.lack.${because}`, because)}
        {code === 'plan-fits' && (
          <>
            {' · '}
            <a href="#plan">{say('runs.gates.plan')}</a>
          </>
        )}
      </p>
    );
  }
  if (terse)
    return (
      <p className={styles.lacking}>
        {say('waves.lacking', { count, n: figures.number(count), of: figures.number(of) })}
      </p>
    );
  const shown = all ? lacking : lacking.slice(0, NAMES_SHOWN);
  const hidden = lacking.length - shown.length;
  const beyond = count - lacking.length;
  return (
    <div className={styles.lacking}>
      <p>{say('waves.lacking', { count, n: figures.number(count), of: figures.number(of) })}</p>
      <ul>
        {shown.map(({ person, name, account, because: why }) => (
          <li key={`${person} ${account}`}>
            {hasPage('people') ? (
              <PageLink to="people" search={{ person }}>
                {name}
              </PageLink>
            ) : (
              name
            )}
            <span>
              {sayIfKnown(`waves.lack.${why}`, why)}
              {account && <small> · {account}</small>}
            </span>
          </li>
        ))}
      </ul>
      {hidden > 0 && (
        <Button kind="quiet" small className={styles.quiet} onClick={() => setAll(true)}>
          {say('runs.gates.all-lacking', { count: hidden, n: figures.number(hidden) })}
        </Button>
      )}
      {hidden === 0 && beyond > 0 && (
        <small>{say('runs.gates.beyond', { count: beyond, n: figures.number(beyond) })}</small>
      )}
    </div>
  );
}

function Ticked({ gate: { how, state, by, atMs, note } }: { gate: Gate }) {
  const { say, figures } = useWords();
  if (by === null || atMs === null) return null;
  const values = { by, at: figures.when(atMs), note: note ?? '' };
  if (how === 'computed')
    return (
      <p className={styles.ticked} data-past={state === 'met' || undefined}>
        {say('waves.tick.overridden', values)}
      </p>
    );
  return (
    <p className={styles.ticked}>
      {say('waves.tick.ticked', values)}
      {note && ` · ${note}`}
    </p>
  );
}

interface AskingProps {
  name: string;
  override: boolean;
  acting: boolean;
  onDone(note: string): void;
  onCancel(): void;
}

/** The note of a tick, or the reason of an override: that one must be there. */
function Asking({ name, override, acting, onDone, onCancel }: AskingProps) {
  const { say } = useWords();
  const [note, setNote] = useState('');
  const empty = override && note.trim() === '';
  return (
    <form
      className={styles.asking}
      aria-label={name}
      onSubmit={(event) => {
        event.preventDefault();
        if (!empty) onDone(note);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onCancel();
      }}
    >
      <Textarea
        label={say(override ? 'waves.tick.reason' : 'runs.gates.note')}
        description={override ? undefined : say('runs.gates.note-hint')}
        required={override}
        withAsterisk={false}
        autosize
        minRows={1}
        maxLength={NOTE_MAX}
        value={note}
        ref={(field) => {
          if (field && !field.dataset.seen) {
            field.dataset.seen = 'yes';
            field.focus();
          }
        }}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <div className={styles.acts}>
        <Button type="submit" kind="primary" small disabled={empty} acting={acting}>
          {say(override ? 'runs.gates.override' : 'runs.gates.tick')}
        </Button>
        <Button small onClick={onCancel}>
          {say('shell.cancel')}
        </Button>
      </div>
    </form>
  );
}
