import { useMemo } from 'react';
import { useHere } from '../../api/me.ts';
import { type Column, DataTable } from '../../components/DataTable.tsx';
import { Empty } from '../../components/Empty.tsx';
import { useGoTo } from '../../components/PageLink.tsx';
import { type RowOf, usePaged } from '../../components/paged.ts';
import { Chip, State } from '../../components/State.tsx';
import { type PageWords, useWords } from '../../words/words.tsx';
import { hasPage } from '../pages.ts';
import type { Certified } from './lines.ts';

type Person = RowOf<'GET /organisations/{organisation}/people'>;

/** Of passes that are not proven to their end. */
const NOT_PROVEN = 'none,waiting,running,resting,stopped,proving,failed';

interface WithoutProps {
  text: string | undefined;
  site: string | undefined;
  certified: readonly Certified[];
  isFiltered: boolean;
}

/** Those whose newest pass is not proven, and why; a certificate from before stands beside them. */
export function Without({ text, site, certified, isFiltered }: WithoutProps) {
  const words = useWords();
  const { say } = words;
  const { id: organisation } = useHere();
  const goTo = useGoTo();
  const rows = usePaged('GET /organisations/{organisation}/people', {
    organisation,
    query: { state: NOT_PROVEN, ...(text ? { text } : {}), ...(site ? { site } : {}) },
  });
  const columns = useMemo(() => {
    const before = new Map(certified.map(({ id, atMs }) => [id, atMs]));
    return columnsOf(words, before);
  }, [words, certified]);
  return (
    <DataTable
      label={say('certificates.people.without')}
      rows={rows}
      columns={columns}
      idOf={({ id }) => id}
      nameOf={({ displayName }) => displayName}
      {...(hasPage('people') ? { onOpen: ({ id }: Person) => goTo('people', {}, { person: id }) } : {})}
      empty={
        isFiltered ? (
          <Empty title={say('certificates.people.none')}>{say('certificates.people.none-body')}</Empty>
        ) : (
          <Empty title={say('certificates.people.everybody')}>
            {say('certificates.people.everybody-body')}
          </Empty>
        )
      }
      around={280}
    />
  );
}

function columnsOf(words: PageWords, before: ReadonlyMap<string, number | null>): Column<Person>[] {
  const { say, figures } = words;
  return [
    {
      ...{ id: 'person', head: say('certificates.people.column.person'), width: 'minmax(0, 1fr)' },
      cell: ({ displayName, address }) => (
        <>
          {displayName}
          <small>{address}</small>
        </>
      ),
    },
    {
      ...{ id: 'why', head: say('certificates.people.column.why'), width: 'minmax(0, 2fr)', narrow: true },
      cell: (row) => <Why person={row} />,
    },
    {
      ...{ id: 'before', head: say('certificates.people.column.before'), width: '150px', end: true },
      cell: ({ id }) => {
        const atMs = before.get(id);
        return atMs === undefined || atMs === null ? '–' : figures.day(atMs);
      },
    },
  ];
}

function Why({ person }: { person: Person }) {
  const { say } = useWords();
  const { accounts, lastPass, wave } = person;
  const has = (role: 'source' | 'target'): boolean => accounts.some((account) => account.role === role);
  if (!has('target') || !has('source'))
    return (
      <Chip tone="bad" shape="ask">
        {say(has('target') ? 'certificates.why.no-source' : 'certificates.why.no-target')}
      </Chip>
    );
  const otherwise = wave === null ? 'certificates.why.no-wave' : 'certificates.why.waits';
  const more = lastPass?.trouble?.sentence ?? (lastPass === null ? say(otherwise) : null);
  return (
    <>
      <State of="pass" is={lastPass?.state ?? 'none'} />
      {more && <small title={more}>{more}</small>}
    </>
  );
}
