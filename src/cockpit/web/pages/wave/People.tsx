import { NativeSelect } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useHere } from '../../api/me.ts';
import { Button } from '../../components/Button.tsx';
import { Card } from '../../components/Card.tsx';
import { type Column, DataTable, type Sort } from '../../components/DataTable.tsx';
import { useInAddress } from '../../components/PageLink.tsx';
import { usePaged } from '../../components/paged.ts';
import { TableTools } from '../../components/TableTools.tsx';
import { type PageWords, useWords } from '../../words/words.tsx';
import type { Person } from '../waves/PersonCard.tsx';
import { partOf, type Wave } from './acts.ts';
import { Access, Amount, Kinds } from './before-cells.tsx';
import { Left, Messages, PersonState, Progress, RowAct, Speed, Who } from './cells.tsx';
import styles from './People.module.css';
import { PersonPanel } from './PersonPanel.tsx';
import { useRoom } from './room.ts';

/** What one looks for among them, as states of their last passes. */
const SHOWN = {
  going: 'running,proving,resting,stopped',
  waiting: 'none,waiting',
  attention: 'failed,findings',
  over: 'proven',
} as const;
type Shown = keyof typeof SHOWN;
const ALL = 'all';
/** Columns that stay when there is little room: the others stand in the panel too. */
const ALWAYS: ReadonlySet<string> = new Set(['person', 'progress', 'left', 'access', 'state']);

/** Everybody of the wave, each with their progress; a row opens beside. */
export function People({ wave }: { wave: Wave }) {
  const { say, figures } = useWords();
  const { id: organisation, may } = useHere();
  const part = partOf(wave);
  const [text, setText] = useInAddress('text');
  const [shown, setShown] = useInAddress('state');
  const [sort, setSort] = useState<Sort>({ by: part === 'during' ? 'state' : 'name', descending: false });
  const [opened, setOpened] = useState<Person>();
  // While it moves one looks at those who do: of a large wave most wait.
  const looked = shown ?? (part === 'during' ? 'going' : ALL);
  const state = looked in SHOWN ? SHOWN[looked as Shown] : undefined;
  const query = {
    ...{ wave: wave.id, sort: sort.by as 'name', descending: sort.descending ? 'true' : undefined },
    ...{ text, state },
  };
  const rows = usePaged('GET /organisations/{organisation}/people', { organisation, query });
  const begun = part !== 'before' && wave.state !== 'rolled-back' && wave.state !== 'ended';
  const acts = begun && may('start');
  const roomy = useRoom() && opened === undefined;
  const columns = useMemo(() => {
    const all = part === 'before' ? beforeColumns(say) : goingColumns(say, acts);
    return roomy ? all : all.filter(({ id }) => ALWAYS.has(id));
  }, [say, part, acts, roomy]);
  const filtered = Boolean(text || state);
  return (
    <Card flush label={say('runs.people.title')} className={styles.table}>
      <TableTools
        text={text}
        onText={setText}
        placeholder={say('runs.board.filter')}
        aside={
          rows.total !== undefined &&
          say('runs.board.shown', { count: rows.total, n: figures.number(rows.total) })
        }
      >
        <NativeSelect
          aria-label={say('runs.people.state')}
          value={looked}
          onChange={(event) => setShown(event.currentTarget.value)}
          data={[
            { value: ALL, label: say('runs.people.any') },
            ...(Object.keys(SHOWN) as Shown[]).map((value) => ({
              value,
              label: say(`runs.people.${value}`),
            })),
          ]}
        />
      </TableTools>
      <DataTable<Person>
        label={say('runs.people.title')}
        rows={rows}
        columns={columns}
        idOf={({ id }) => id}
        nameOf={({ displayName }) => displayName}
        sort={sort}
        onSort={setSort}
        onOpen={setOpened}
        opened={opened?.id}
        around={part === 'during' ? 340 : 140}
        empty={
          <Nobody
            filtered={filtered}
            onAll={() => {
              setText(undefined);
              setShown(ALL);
            }}
          />
        }
      />
      {opened && (
        <PersonPanel key={opened.id} person={opened} acts={acts} onClose={() => setOpened(undefined)} />
      )}
    </Card>
  );
}

/** Before it starts: what there is, and whether one gets at it. */
function beforeColumns(say: PageWords['say']): Column<Person>[] {
  return [
    {
      ...{ id: 'person', head: say('runs.people.person'), sort: 'name', width: 'minmax(0, 1.6fr)' },
      cell: (person) => <Who person={person} />,
    },
    {
      ...{ id: 'accounts', head: say('runs.person.accounts'), width: 'minmax(0, 1fr)' },
      cell: (person) => <Kinds person={person} />,
    },
    {
      ...{ id: 'messages', head: say('runs.people.messages'), end: true, width: '120px' },
      cell: (person) => <Amount person={person} of="messages" />,
    },
    {
      ...{ id: 'volume', head: say('runs.people.volume'), end: true, width: '120px' },
      cell: (person) => <Amount person={person} of="bytes" />,
    },
    {
      ...{ id: 'access', head: say('runs.people.access'), width: '190px', narrow: true },
      cell: (person) => <Access person={person} />,
    },
  ];
}

function goingColumns(say: PageWords['say'], acts: boolean): Column<Person>[] {
  const columns: Column<Person>[] = [
    {
      ...{ id: 'person', head: say('runs.people.person'), sort: 'name', width: 'minmax(0, 1.5fr)' },
      cell: (person) => <Who person={person} />,
    },
    {
      ...{ id: 'progress', head: say('runs.people.progress'), width: 'minmax(0, 1.5fr)' },
      cell: (person) => <Progress person={person} />,
    },
    {
      ...{ id: 'messages', head: say('runs.people.messages'), end: true, sort: 'entries', width: '104px' },
      cell: (person) => <Messages person={person} />,
    },
    {
      ...{ id: 'left', head: say('runs.people.left'), end: true, width: '116px' },
      cell: (person) => <Left person={person} />,
    },
    {
      ...{ id: 'speed', head: say('runs.people.speed'), end: true, width: '92px' },
      cell: (person) => <Speed person={person} />,
    },
    {
      ...{ id: 'state', head: say('runs.people.state'), sort: 'state', width: '178px', narrow: true },
      cell: (person) => <PersonState person={person} />,
    },
  ];
  if (!acts) return columns;
  const act = { id: 'act', head: say('runs.people.act'), end: true, width: '106px' };
  return [...columns, { ...act, cell: (person) => <RowAct person={person} /> }];
}

function Nobody({ filtered, onAll }: { filtered: boolean; onAll(): void }) {
  const { say } = useWords();
  return (
    <div className={styles.nobody}>
      <p>{say(filtered ? 'runs.people.none-found' : 'runs.people.none')}</p>
      {filtered && (
        <Button small onClick={onAll}>
          {say('runs.people.show-all')}
        </Button>
      )}
    </div>
  );
}
