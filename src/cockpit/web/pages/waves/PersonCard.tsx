import { memo } from 'react';
import type { AnswerOf } from '../../api/ask.ts';
import { Shape } from '../../components/Shape.tsx';
import { Chip, stateLook } from '../../components/State.tsx';
import { useWords } from '../../words/words.tsx';
import { sourceKinds } from './kinds.ts';
import styles from './page.module.css';

export type Person = AnswerOf<'GET /organisations/{organisation}/people'>['rows'][number];

/** More kinds than this are counted. */
const KINDS_SHOWN = 3;

interface PersonCardProps {
  id: string;
  person: Person;
  index: number;
  site: string;
  /** Undefined: nobody is chosen here. */
  chosen: boolean | undefined;
  active: boolean;
}

/** Somebody on the board; the list hears the keys and the mouse. */
export const PersonCard = memo(function PersonCard(props: PersonCardProps) {
  const { id, person, index, site, chosen, active } = props;
  const { say, sayIfKnown, figures } = useWords();
  const kinds = sourceKinds(person.accounts);
  const more = kinds.length - KINDS_SHOWN;
  const state = person.lastPass?.state;
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the list holds the focus and points at it
    <div
      role="option"
      id={id}
      className={styles.person}
      aria-selected={chosen ?? false}
      data-index={index}
      data-active={active || undefined}
      title={person.address}
      draggable={chosen !== undefined}
    >
      {chosen !== undefined && (
        <span className={styles.tick}>{chosen && <Shape name="check" size={12} />}</span>
      )}
      <span className={styles.who}>
        <strong>{person.displayName}</strong>
        <span className={styles.kinds}>
          {site && <small>{site}</small>}
          {kinds.slice(0, KINDS_SHOWN).map((kind) => (
            <Chip key={kind}>{kind}</Chip>
          ))}
          {more > 0 && <Chip>{say('runs.board.many-accounts', { n: figures.number(more) })}</Chip>}
          {kinds.length === 0 && <small>{say('runs.board.no-account')}</small>}
        </span>
      </span>
      {state !== undefined && (
        <span className={styles.state} data-tone={stateLook('pass', state)[0]}>
          <Shape name={stateLook('pass', state)[1]} size={14} />
          <span className="visually-hidden">{sayIfKnown(`shell.state.pass.${state}`, state)}</span>
        </span>
      )}
    </div>
  );
});
