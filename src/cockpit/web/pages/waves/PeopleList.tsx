import { type KeyboardEvent, type MouseEvent, useEffect, useId, useRef, useState } from 'react';
import { useHere } from '../../api/me.ts';
import { Button } from '../../components/Button.tsx';
import { useGoTo } from '../../components/PageLink.tsx';
import { usePaged } from '../../components/paged.ts';
import { keyInTable } from '../../components/table-keys.ts';
import { Wrong } from '../../components/Wrong.tsx';
import { useWords } from '../../words/words.tsx';
import { hasPage } from '../pages.ts';
import type { Chosen, ChosenPeople } from './chosen.ts';
import { type Person, PersonCard } from './PersonCard.tsx';
import styles from './page.module.css';

/** So many are drawn at first, and with each “show more”. */
const SHOWN = 200;
const ROW_PX = 50;

export interface Filter {
  text: string | undefined;
  site: string | undefined;
}

interface PeopleListProps {
  /** Null: those of no wave. */
  wave: string | null;
  name: string;
  filter: Filter;
  siteNames: ReadonlyMap<string, string>;
  /** Undefined: who looks may not place people. */
  chosen: Chosen | undefined;
  /** Drawn at first. */
  first?: number;
  onDrag(people: ChosenPeople): void;
  /** `M` was pressed: where to? */
  onMove(): void;
  /** This list has the focus now. */
  onList(list: HTMLElement): void;
  /** Told when it is known. */
  onTotal(total: number): void;
}

/** The people of one column: arrows walk, space chooses, M moves, Enter opens. */
export function PeopleList(props: PeopleListProps) {
  const { wave, name, filter, siteNames, chosen, first = SHOWN, onTotal } = props;
  const { say, figures } = useWords();
  const { id: organisation } = useHere();
  const goTo = useGoTo();
  const id = useId();
  const [shown, setShown] = useState(first);
  const [active, setActive] = useState(0);
  const anchor = useRef(0);
  const list = useRef<HTMLDivElement>(null);
  const query = { wave: wave ?? 'none', ...filter };
  const rows = usePaged('GET /organisations/{organisation}/people', { organisation, query });
  const { total, want } = rows;
  const count = Math.min(total ?? 0, shown);
  useEffect(() => want(0, shown - 1), [want, shown]);
  useEffect(() => {
    if (total !== undefined && !rows.old) onTotal(total);
  }, [total, rows.old, onTotal]);

  const here = Math.min(active, Math.max(0, count - 1));
  const people = Array.from({ length: count }, (_, index) => rows.rowAt(index));
  const choose = (from: number, to: number, is: boolean): void => {
    const range = people.slice(Math.min(from, to), Math.max(from, to) + 1);
    chosen?.set(new Map(range.flatMap((one) => (one ? [[one.id, one.wave]] : []))), is);
  };
  const toggle = (index: number): void => {
    const person = people[index];
    if (person) choose(index, index, !chosen?.people.has(person.id));
    anchor.current = index;
  };
  const walk = (to: number): void => {
    setActive(to);
    list.current?.querySelector(`[data-index="${to}"]`)?.scrollIntoView({ block: 'nearest' });
  };

  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') {
      listBeside(event.currentTarget, event.key === 'ArrowRight' ? 1 : -1)?.focus();
      return;
    }
    const person = people[here];
    if (event.key === 'm' && chosen && person && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      if (chosen.people.size === 0) choose(here, here, true);
      props.onMove();
      return;
    }
    const page = Math.max(1, Math.floor((list.current?.clientHeight ?? 0) / ROW_PX) - 1);
    const act = keyInTable(event, { here, total: count, page });
    if (!act) return;
    event.preventDefault();
    if (act.is === 'move') {
      if (act.choose) choose(anchor.current, act.to, true);
      else anchor.current = act.to;
      walk(act.to);
    } else if (act.is === 'choose') toggle(here);
    else if (act.is === 'all') choose(0, count - 1, true);
    else if (act.is === 'none') chosen?.clear();
    else if (person && hasPage('people')) goTo('people', {}, { person: person.id });
  };
  const onClick = (event: MouseEvent): void => {
    const index = indexAt(event.target);
    if (index === null) return;
    setActive(index);
    if (event.shiftKey) choose(anchor.current, index, true);
    else toggle(index);
  };
  const drag = (person: Person): ChosenPeople =>
    chosen?.people.has(person.id) ? chosen.people : new Map([[person.id, person.wave]]);

  if (rows.error && total === undefined) return <Wrong error={rows.error} again={rows.again} />;
  if (total === 0 && !rows.old)
    return (
      <p className={styles.nobody}>
        {filter.text || filter.site
          ? say('runs.board.nobody-found')
          : wave === null
            ? say('runs.board.of-none-hint')
            : say(chosen ? 'runs.board.nobody' : 'runs.board.nobody-read')}
      </p>
    );
  const more = Math.min((total ?? 0) - count, SHOWN);
  return (
    <div className={styles.people} data-old={rows.old || undefined} ref={list}>
      <div
        role="listbox"
        className={styles.list}
        aria-label={wave === null ? say('runs.board.list-none') : say('runs.board.list', { name })}
        aria-multiselectable={chosen !== undefined}
        aria-busy={total === undefined || rows.old}
        tabIndex={0}
        data-board-list
        {...(count > 0 ? { 'aria-activedescendant': `${id}${here}` } : {})}
        onFocus={(event) => props.onList(event.currentTarget)}
        onKeyDown={onKeyDown}
        onClick={onClick}
        onDragStart={(event) => {
          const person = people[indexAt(event.target) ?? -1];
          if (!person || !chosen) return event.preventDefault();
          const dragged = drag(person);
          event.dataTransfer.effectAllowed = 'move';
          event.dataTransfer.setData('text/plain', person.displayName);
          props.onDrag(dragged);
        }}
      >
        {people.map((person, index) =>
          person ? (
            <PersonCard
              key={person.id}
              id={`${id}${index}`}
              person={person}
              index={index}
              site={person.site === null ? '' : (siteNames.get(person.site) ?? '')}
              chosen={chosen?.people.has(person.id)}
              active={index === here}
            />
          ) : (
            // biome-ignore lint/suspicious/noArrayIndexKey: it has no other name yet
            <div key={index} className={styles.coming} aria-hidden="true" />
          ),
        )}
      </div>
      {(more > 0 || (chosen && (total ?? 0) > 1)) && (
        <div className={styles.more}>
          {more > 0 && (
            <Button kind="quiet" small onClick={() => setShown(shown + SHOWN)}>
              {say('runs.board.more', { count: more, n: figures.number(more) })}
            </Button>
          )}
          {chosen && (total ?? 0) > 1 && (
            <Button
              kind="quiet"
              small
              onClick={() =>
                void rows.fetchRange(0, total ?? 0).then((all) => {
                  chosen.set(new Map(all.map((one) => [one.id, one.wave])), true);
                })
              }
            >
              {say('runs.board.choose-all', { count: total ?? 0, n: figures.number(total ?? 0) })}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

function indexAt(target: EventTarget): number | null {
  const index = target instanceof Element ? target.closest('[data-index]')?.getAttribute('data-index') : null;
  return index == null ? null : Number(index);
}

function listBeside(list: HTMLElement, by: 1 | -1): HTMLElement | undefined {
  const lists = [...(list.closest('[data-board]')?.querySelectorAll<HTMLElement>('[data-board-list]') ?? [])];
  return lists[lists.indexOf(list) + by];
}
