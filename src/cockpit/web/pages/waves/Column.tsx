import { type ReactNode, useCallback, useEffect, useId, useRef, useState } from 'react';
import type { AnswerOf } from '../../api/ask.ts';
import { PageLink } from '../../components/PageLink.tsx';
import { Chip, State } from '../../components/State.tsx';
import { useWords } from '../../words/words.tsx';
import { hasPage } from '../pages.ts';
import type { Chosen, ChosenPeople } from './chosen.ts';
import { momentSaid } from './moments.ts';
import { type Filter, PeopleList } from './PeopleList.tsx';
import styles from './page.module.css';

export type Wave = AnswerOf<'GET /organisations/{organisation}/waves'>[number];

interface ColumnProps {
  /** Null: those of no wave. */
  wave: Wave | null;
  filter: Filter;
  siteNames: ReadonlyMap<string, string>;
  chosen: Chosen | undefined;
  first: number;
  /** Whether people may be dropped here. */
  open: boolean;
  /** Buttons of the wave. */
  acts?: ReactNode;
  onDrag(people: ChosenPeople): void;
  onDrop(to: string | null): void;
  onMove(): void;
  onList(list: HTMLElement): void;
}

/** A stage of the road with its people. Those who are not in sight yet are not asked for. */
export function Column(props: ColumnProps) {
  const { wave, filter, open, acts } = props;
  const { say, figures } = useWords();
  const id = useId();
  const [over, setOver] = useState(false);
  const [total, setTotal] = useState<number>();
  const { ref, seen } = useSeen();
  const name = wave?.name ?? say('runs.board.of-none');
  const filtered = Boolean(filter.text || filter.site);
  const onTotal = useCallback((count: number) => setTotal(count), []);
  const all = wave?.stage.people ?? total;
  const counted = (): string => {
    if (all === undefined) return '';
    if (filtered && wave && total !== undefined)
      return say('runs.board.found', { n: figures.number(total), of: figures.number(all) });
    return say('runs.board.shown', { count: all, n: figures.number(all) });
  };
  return (
    <section
      ref={ref}
      className={styles.column}
      aria-labelledby={id}
      data-none={wave === null || undefined}
      data-over={(over && open) || undefined}
      onDragOver={(event) => {
        if (!open) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = 'move';
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
      }}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        if (open) props.onDrop(wave?.id ?? null);
      }}
    >
      <header className={styles.head}>
        <div className={styles.line}>
          <h2 id={id}>
            {wave && hasPage('waves/$wave') ? (
              <PageLink to="waves/$wave" params={{ wave: wave.id }}>
                {name}
              </PageLink>
            ) : (
              name
            )}
          </h2>
          {acts}
        </div>
        <div className={styles.facts}>
          {wave && <State of="wave" is={wave.state} />}
          {wave?.pilot && <Chip>{say('runs.board.pilot')}</Chip>}
          <span className={styles.count}>{counted()}</span>
        </div>
        {wave && <Under wave={wave} />}
      </header>
      {seen ? (
        <PeopleList {...props} wave={wave?.id ?? null} name={name} onTotal={onTotal} />
      ) : (
        <div className={styles.people} />
      )}
    </section>
  );
}

function Under({ wave }: { wave: Wave }) {
  const words = useWords();
  const { say, figures } = words;
  const { startsOn, deadlineMs, stage } = wave;
  const { secretsMissing, checksFailed } = stage;
  const counted = (key: 'secrets' | 'unreachable', count: number): string =>
    say(`road.stage.${key}`, { count, n: figures.number(count) });
  const facts = [
    startsOn !== null && say('runs.board.starts', { day: figures.day(startsOn) }),
    deadlineMs !== null && say('runs.board.deadline', { at: momentSaid(deadlineMs, words) }),
    secretsMissing > 0 && counted('secrets', secretsMissing),
    checksFailed > 0 && counted('unreachable', checksFailed),
  ].filter(Boolean);
  return facts.length === 0 ? null : <small className={styles.under}>{facts.join(' · ')}</small>;
}

/** Whether it has been in sight, once. */
function useSeen() {
  const ref = useRef<HTMLElement>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (!ref.current) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) setSeen(true);
      },
      { rootMargin: '200px' },
    );
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, []);
  return { ref, seen };
}
