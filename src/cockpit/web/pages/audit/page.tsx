import { useMemo } from 'react';
import { useAsk } from '../../api/ask.ts';
import { useHere } from '../../api/me.ts';
import { Card } from '../../components/Card.tsx';
import { type Column, DataTable } from '../../components/DataTable.tsx';
import { Empty } from '../../components/Empty.tsx';
import { useInAddress } from '../../components/PageLink.tsx';
import { PageTitle } from '../../components/PageTitle.tsx';
import { usePaged } from '../../components/paged.ts';
import { TableTools } from '../../components/TableTools.tsx';
import { type PageWords, useWords } from '../../words/words.tsx';
import { EntryPanel } from './EntryPanel.tsx';
import { type Entry, type Names, sentenceOf, whoOf } from './in-words.ts';
import styles from './page.module.css';

/** What was done, by whom, newest first. */
export default function AuditPage() {
  const words = useWords();
  const { say, figures } = words;
  const { id: organisation } = useHere();
  const [text, setText] = useInAddress('text');
  const [opened, setOpened] = useInAddress('entry');
  const rows = usePaged('GET /organisations/{organisation}/audit', {
    organisation,
    query: text ? { text } : {},
  });
  const names = useNames(organisation);
  const columns = useMemo(() => columnsOf(words, names), [words, names]);
  const total = rows.total ?? 0;
  const one = useOpened(rows, opened);
  return (
    <>
      <PageTitle title={say('settings.audit.title')} under={say('settings.audit.under')} />
      <Card flush label={say('settings.audit.list')}>
        <TableTools
          text={text}
          onText={setText}
          placeholder={say('settings.audit.filter')}
          aside={
            rows.total !== undefined &&
            say('settings.audit.count', { count: total, n: figures.number(total) })
          }
        />
        <DataTable
          label={say('settings.audit.list')}
          rows={rows}
          columns={columns}
          idOf={idOf}
          nameOf={(entry) => sentenceOf(entry, words, names)}
          onOpen={(entry) => setOpened(idOf(entry))}
          opened={opened}
          empty={
            <Empty title={say(text ? 'settings.audit.none' : 'settings.audit.none-yet')}>
              {say('settings.audit.none-body')}
            </Empty>
          }
          rowHeight={56}
          around={220}
        />
      </Card>
      {one && <EntryPanel key={one.id} entry={one} names={names} onClose={() => setOpened(undefined)} />}
    </>
  );
}

const idOf = ({ id }: Entry): string => String(id);

/** Looked for among what is loaded: a link from far back opens when one has scrolled there. */
function useOpened(
  rows: { total: number | undefined; rowAt(index: number): Entry | undefined },
  id: string | undefined,
) {
  if (id === undefined) return undefined;
  for (let index = 0; index < (rows.total ?? 0); index++) {
    const row = rows.rowAt(index);
    if (row && idOf(row) === id) return row;
  }
  return undefined;
}

/** The audit tells some things by their id: sites and waves that are still there have a name. */
function useNames(organisation: string): Names {
  const { may } = useHere();
  const sites = useAsk('GET /organisations/{organisation}/sites', { organisation });
  const waves = useAsk('GET /organisations/{organisation}/waves', { organisation }, { when: may('see') });
  return useMemo(
    () => new Map([...(sites.data ?? []), ...(waves.data ?? [])].map(({ id, name }) => [id, name])),
    [sites.data, waves.data],
  );
}

function columnsOf(words: PageWords, names: Names): Column<Entry>[] {
  const { say, figures } = words;
  return [
    {
      id: 'what',
      head: say('settings.audit.what'),
      width: 'minmax(0, 1fr)',
      cell: (entry) => (
        <span className={styles.what}>
          <span>{sentenceOf(entry, words, names)}</span>
          <small className={styles.narrowOnly}>
            {whoOf(entry, words)} · {figures.when(entry.atMs)}
          </small>
        </span>
      ),
    },
    {
      id: 'by',
      head: say('settings.audit.by'),
      width: 'minmax(90px, 200px)',
      cell: (entry) => whoOf(entry, words),
    },
    {
      id: 'when',
      head: say('settings.audit.when'),
      width: '130px',
      cell: ({ atMs }) => <time dateTime={new Date(atMs).toISOString()}>{figures.when(atMs)}</time>,
    },
  ];
}
