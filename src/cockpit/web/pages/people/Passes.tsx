import { useLiveMove } from '../../api/live.ts';
import { Bar } from '../../components/Bar.tsx';
import { State } from '../../components/State.tsx';
import { useWords } from '../../words/words.tsx';
import styles from './page.module.css';
import { OVER, type Pass, type PersonWhole } from './rows.ts';

/** What ran over a person's mail, newest first. */
export function Passes({ person }: { person: PersonWhole }) {
  const { say } = useWords();
  const newest = person.passes.toSorted((a, b) => b.number - a.number);
  return (
    <section className={styles.section}>
      <header>
        <h3>{say('people.panel.passes')}</h3>
      </header>
      {newest.length === 0 && <p className={styles.quiet}>{say('people.pass.none')}</p>}
      <ul className={styles.list}>
        {newest.map((pass) => (
          <One key={pass.id} pass={pass} person={person} />
        ))}
      </ul>
    </section>
  );
}

function One({ pass, person }: { pass: Pass; person: PersonWhole }) {
  const { say, figures } = useWords();
  const { counts } = pass;
  return (
    <li className={styles.item}>
      <header>
        <strong>{say(`people.pass.${pass.kind}`)}</strong>
        <State of="pass" is={pass.state} />
      </header>
      {OVER.includes(pass.state) ? null : <Moving person={person} />}
      {counts.entries > 0 && (
        <span>
          {say('people.pass.counts', {
            copied: figures.number(counts.copied),
            merged: figures.number(counts.merged),
            left: figures.number(counts.left),
          })}
        </span>
      )}
      {pass.trouble && <p>{pass.trouble.sentence}</p>}
      <small>{figures.when(pass.endedMs ?? pass.beganMs ?? pass.askedMs)}</small>
    </li>
  );
}

function Moving({ person }: { person: PersonWhole }) {
  const { say } = useWords();
  const move = useLiveMove(person.id);
  if (!move || move.entries === 0) return null;
  return (
    <>
      <Bar
        share={move.done / move.entries}
        tone="run"
        label={say('people.pass.progress', { name: person.displayName })}
      />
      {move.folder && <small>{say('people.pass.folder', { folder: move.folder })}</small>}
    </>
  );
}
