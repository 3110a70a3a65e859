import { NativeSelect, SegmentedControl } from '@mantine/core';
import { useMemo, useState } from 'react';
import { Card } from '../../components/Card.tsx';
import { type Column, DataTable, type Sort } from '../../components/DataTable.tsx';
import { Empty } from '../../components/Empty.tsx';
import { useInAddress } from '../../components/PageLink.tsx';
import { listed } from '../../components/paged.ts';
import { useRoomy } from '../../components/roomy.ts';
import { Chip, State } from '../../components/State.tsx';
import { TableTools } from '../../components/TableTools.tsx';
import { type PageWords, useWords } from '../../words/words.tsx';
import styles from './Accounts.module.css';
import { foundLines, importantOf, kindOf, type Line, notesOf, SHOWS, shortAddress } from './lines.ts';
import { Opened } from './Opened.tsx';
import type { Site } from './page.tsx';
import { periodOf } from './period.ts';

interface AccountsProps {
  lines: readonly Line[];
  sites: readonly Site[];
  site: string | undefined;
}

/** All accounts side by side. */
export function Accounts({ lines, sites, site }: AccountsProps) {
  const words = useWords();
  const { say, figures } = words;
  const [, setSite] = useInAddress('site');
  const [text, setText] = useInAddress('text');
  const [kind, setKind] = useInAddress('kind');
  const [asked, setShow] = useInAddress('show');
  const [sort, setSort] = useState<Sort | null>(null);
  const [openedId, setOpened] = useState<string | null>(null);
  const show = SHOWS.find((one) => one === asked) ?? 'all';
  const kinds = useMemo(() => [...new Set(lines.map(kindOf))].sort(), [lines]);
  const found = useMemo(() => foundLines(lines, { text, kind, show, sort }), [lines, text, kind, show, sort]);
  const isRoomy = useRoomy(openedId !== null);
  const columns = useMemo(
    () => columnsOf(words).filter(({ id }) => isRoomy || !SPARED.has(id)),
    [words, isRoomy],
  );
  const opened = lines.find(({ account }) => account === openedId);
  return (
    <Card flush label={say('inventory.accounts.title')}>
      <TableTools
        text={text}
        onText={setText}
        placeholder={say('inventory.accounts.filter')}
        aside={say('inventory.accounts.shown', { count: found.length, n: figures.number(found.length) })}
      >
        <SegmentedControl
          size="sm"
          aria-label={say('inventory.accounts.show')}
          value={show}
          onChange={(value) => setShow(value === 'all' ? undefined : value)}
          data={SHOWS.map((value) => ({ value, label: say(`inventory.accounts.${value}`) }))}
        />
        {sites.length > 1 && (
          <NativeSelect
            className={styles.select}
            aria-label={say('inventory.accounts.site')}
            value={site ?? ''}
            onChange={(event) => setSite(event.currentTarget.value || undefined)}
            data={[
              { value: '', label: say('inventory.accounts.all-sites') },
              ...sites.map(({ id, name }) => ({ value: id, label: name })),
            ]}
          />
        )}
        {kinds.length > 1 && (
          <NativeSelect
            className={styles.select}
            aria-label={say('inventory.accounts.kind')}
            value={kind ?? ''}
            onChange={(event) => setKind(event.currentTarget.value || undefined)}
            data={[{ value: '', label: say('inventory.accounts.all-kinds') }, ...kinds]}
          />
        )}
      </TableTools>
      <DataTable
        label={say('inventory.accounts.title')}
        rows={{ ...listed(found), question: JSON.stringify([text, kind, show, sort, site]) }}
        columns={columns}
        idOf={({ account }) => account}
        nameOf={({ personName }) => personName}
        {...(sort ? { sort } : {})}
        onSort={setSort}
        onOpen={({ account }) => setOpened(account)}
        opened={opened?.account}
        empty={<Empty title={say('inventory.accounts.none')}>{say('inventory.accounts.none-body')}</Empty>}
        around={280}
      />
      {opened && (
        <Opened
          line={opened}
          site={sites.find(({ id }) => id === opened.site)?.name}
          onClose={() => setOpened(null)}
        />
      )}
    </Card>
  );
}

/** Where there is little room. */
const SPARED: ReadonlySet<string> = new Set(['period', 'folders', 'surveyed']);

function columnsOf({ say, figures }: PageWords): Column<Line>[] {
  const head = (
    name: 'account' | 'kind' | 'messages' | 'bytes' | 'period' | 'folders' | 'risks' | 'surveyed',
  ) => ({
    id: name,
    sort: name,
    head: say(`inventory.accounts.column.${name}`),
  });
  const number = (n: number | null): string => (n === null ? '–' : figures.number(n));
  return [
    {
      ...{ ...head('account'), width: 'minmax(0, 1.3fr)' },
      cell: (line) => (
        <>
          {line.personName}
          <small title={line.address}>
            <span className={styles.narrow}>{kindOf(line)} · </span>
            {shortAddress(line)}
          </small>
        </>
      ),
    },
    { ...{ ...head('kind'), width: '84px' }, cell: (line) => <Chip>{kindOf(line)}</Chip> },
    {
      ...{ ...head('messages'), width: '96px', end: true },
      cell: ({ messages }) => number(messages),
    },
    {
      ...{ ...head('bytes'), width: '88px', end: true, narrow: true },
      cell: ({ bytes }) => (bytes === null ? '–' : figures.bytes(bytes)),
    },
    { ...{ ...head('period'), width: '218px', end: true }, cell: (line) => periodOf(line, figures) },
    { ...{ ...head('folders'), width: '88px', end: true }, cell: ({ folders }) => number(folders) },
    {
      ...{ ...head('risks'), width: 'minmax(180px, 1.1fr)', narrow: true },
      cell: (line) => <Risks line={line} />,
    },
    {
      ...{ ...head('surveyed'), width: '112px' },
      cell: ({ surveyedMs, trouble }) =>
        trouble ? (
          <State of="check" is="failed" />
        ) : surveyedMs === null ? (
          <Chip tone="wait" shape="empty">
            {say('inventory.accounts.not-yet')}
          </Chip>
        ) : (
          figures.day(surveyedMs)
        ),
    },
  ];
}

function Risks({ line }: { line: Line }) {
  const { say, figures } = useWords();
  const { trouble, surveyedMs } = line;
  const [important, notes] = [importantOf(line).length, notesOf(line).length];
  return (
    <span className={styles.risks}>
      {trouble && (
        <span className={styles.narrow}>
          <State of="check" is="failed" />
        </span>
      )}
      {important > 0 && (
        <Chip tone="bad" shape="ask">
          {say('inventory.accounts.important', { count: important, n: figures.number(important) })}
        </Chip>
      )}
      {notes > 0 && (
        <Chip>{say('inventory.accounts.notes', { count: notes, n: figures.number(notes) })}</Chip>
      )}
      {important + notes === 0 && (
        <span className={styles.quiet}>{surveyedMs === null ? '–' : say('inventory.accounts.clear')}</span>
      )}
    </span>
  );
}
